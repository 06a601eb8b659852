import type { Entry } from '../../project/snapshot.js';
import { entryPath } from '../../project/tree.js';
import type { StepCommand } from '../../sim/commands.js';
import { parsePackageJson } from '../../syntax/manifests/npm.js';
import { isInside } from '../../text/paths.js';
import { type Maker, type Proof, proofOf } from './made.js';
import {
  cargoTarget,
  composerVendor,
  dotnetFolders,
  gradleBuild,
  mavenTarget,
  mixFolders,
  nodeModules,
  usesAnything,
  usesNode,
  virtualEnvironment,
  wantsDevelopmentPackages,
} from './makers.js';
import type { BuildView, Candidate } from './model.js';
import { mentioned, namedBySource } from './needs.js';
import { mayUseOutput, outputMaker, outputNames } from './outputs.js';
import { arrivalsOf } from './sharing.js';
import { filesNamed, isThere, type Stack, type Survey, textIn } from './survey.js';

/** A folder that the tools of a stack make beside its manifest. */
interface MadeFolder {
  readonly name: string;
  readonly stack: Stack;
  readonly what: string;
  readonly maker: (survey: Survey, folder: string) => Maker | undefined;
  readonly uses: (command: StepCommand) => boolean;
  readonly wants?: (command: StepCommand) => boolean;
  /** A tool of the project writes it on every run. */
  readonly volatile: boolean;
  /** The making may be proved as far as to call the line safe. */
  readonly mayBeSafe: boolean;
  /** Worth a line before it is there: the project's own tools make it at this place. */
  readonly soon: boolean;
}

function isWorkspace(survey: Survey): boolean {
  if (filesNamed(survey, /^(pnpm-workspace\.yaml|lerna\.json)$/).length > 0) return true;
  return filesNamed(survey, /^package\.json$/).some(
    (path) => parsePackageJson(textIn(survey, path) ?? '')?.workspaces === true,
  );
}

/** What the .NET SDK and the IDEs put into `bin` and `obj`; folders of these names hold scripts elsewhere. */
const dotnetEntry =
  /^(debug|release|x64|x86|arm64|any ?cpu|net[\w.-]*|publish|container|host|.*\.(dll|pdb|json|cache|props|targets|nuget\..*))$/i;
/** What no build tool puts right into its folder. */
const ownFile = /(\.(sh|bash|ps1|cmd|gradle|kts|ya?ml|md|py|js|ts|rb)|file)$/i;

/** A maker, where nothing in the folder says that it is more than output. */
function unless(maker: Maker, name: string, foreign: (entry: Entry) => boolean) {
  return (survey: Survey, folder: string): Maker | undefined =>
    (survey.view.entries(entryPath(folder, name)) ?? []).some(foreign) ? undefined : maker;
}

const dotnet = (name: string) => unless(dotnetFolders, name, (entry) => !dotnetEntry.test(entry.name));
const unlessSources = (maker: Maker, name: string) =>
  unless(maker, name, ({ kind, name: file }) => kind !== 'folder' && ownFile.test(file));

/** Packages whose install leaves code in node_modules that the project's own commands make. */
const generating = /"(@prisma\/client|patch-package|contentlayer2?|@keystone-6\/core)"/;

/** Whether node_modules of this machine may hold code that no step of the builds generates. */
export function mayHoldGenerated(survey: Survey, texts: readonly string[]): boolean {
  if (texts.every((text) => /\bgenerate\b|patch-package|\brun\s+\S*build/.test(text))) return false;
  return filesNamed(survey, /^package\.json$/).some((path) => generating.test(textIn(survey, path) ?? ''));
}

const always = (maker: Maker) => () => maker;
const plain = { uses: usesAnything, volatile: false, mayBeSafe: false, soon: true };

const madeFolders: readonly MadeFolder[] = [
  {
    ...plain,
    name: 'node_modules',
    stack: 'node',
    what: 'packages',
    maker: (survey) => nodeModules(isWorkspace(survey)),
    uses: usesNode,
    wants: wantsDevelopmentPackages,
    mayBeSafe: true,
  },
  ...outputNames.map(
    (name): MadeFolder => ({
      ...plain,
      name,
      stack: 'node',
      what: 'build output',
      maker: (survey, folder) => outputMaker(survey, folder, name),
      uses: mayUseOutput,
      volatile: true,
    }),
  ),
  {
    ...plain,
    name: 'vendor',
    stack: 'php',
    what: 'packages',
    maker: always(composerVendor),
    mayBeSafe: true,
  },
  {
    ...plain,
    name: 'target',
    stack: 'rust',
    what: 'build output',
    maker: unlessSources(cargoTarget, 'target'),
    volatile: true,
  },
  {
    ...plain,
    name: 'target',
    stack: 'maven',
    what: 'build output',
    maker: unlessSources(mavenTarget, 'target'),
    volatile: true,
  },
  {
    ...plain,
    name: 'build',
    stack: 'gradle',
    what: 'build output',
    maker: unlessSources(gradleBuild, 'build'),
    volatile: true,
  },
  {
    ...plain,
    name: 'bin',
    stack: 'dotnet',
    what: 'build output',
    maker: dotnet('bin'),
    volatile: true,
  },
  {
    ...plain,
    name: 'obj',
    stack: 'dotnet',
    what: 'build output',
    maker: dotnet('obj'),
    volatile: true,
  },
  {
    ...plain,
    name: '_build',
    stack: 'elixir',
    what: 'build output',
    maker: always(mixFolders),
    volatile: true,
  },
  { ...plain, name: 'deps', stack: 'elixir', what: 'packages', maker: always(mixFolders) },
  ...['.venv', 'venv'].map(
    (name): MadeFolder => ({
      ...plain,
      name,
      stack: 'python',
      what: 'virtual environment',
      maker: always(virtualEnvironment),
      mayBeSafe: name === '.venv',
      soon: name === '.venv',
    }),
  ),
];

/** Whether every build that takes the folder makes it anew, and how; undefined where one does not, or none takes it. */
function proofFor(
  views: readonly BuildView[],
  survey: Survey,
  made: MadeFolder,
  folder: string,
): Proof | undefined {
  const maker = made.maker(survey, folder);
  if (maker === undefined) return undefined;
  let proof: Proof | undefined;
  for (const view of views) {
    const arrivals = arrivalsOf(view, entryPath(folder, made.name));
    if (arrivals === undefined) return undefined;
    if (arrivals.length === 0) continue;
    if (arrivals.some(({ at }) => !at.endsWith(`/${made.name}`))) return undefined;
    const found = proofOf(view, arrivals, {
      maker,
      uses: made.uses,
      ...(made.wants ? { wants: made.wants } : {}),
    });
    if (found === undefined) return undefined;
    proof = { by: found.by, sure: found.sure && (proof?.sure ?? true) };
  }
  return proof;
}

/** A virtual environment of this machine, in builds that install with pip elsewhere and never name it. */
function foreignEnvironments(
  views: readonly BuildView[],
  survey: Survey,
  texts: readonly string[],
): readonly Candidate[] {
  const installs = texts.every((text) => /\bpip[0-9.]*["',\s]+(["']?install)/.test(text));
  const finders = texts.some((text) =>
    /\b(poetry|pipenv|uv|pdm|hatch|rye|virtualenv|venv|activate)\b/.test(text),
  );
  if (!installs || finders || texts.length === 0) return [];
  return ['.venv', 'venv', 'env'].flatMap((name): Candidate[] =>
    survey.projects
      .filter(({ stack, folder }) => stack === 'python' && isThere(survey, entryPath(folder, name)))
      .filter(({ folder }) => survey.view.exists(entryPath(folder, `${name}/pyvenv.cfg`)))
      .map(({ folder }) => entryPath(folder, name))
      .filter(
        (path, i, all) => all.indexOf(path) === i && !namedBySource(path, views) && !mentioned(name, texts),
      )
      .map((pattern) => ({
        pattern,
        group: 'Made anew by the build',
        reason: 'virtual environment of this machine; the build installs with pip',
        applicability: 'unsafe',
        soon: false,
        volatile: false,
      })),
  );
}

/** Folders that the builds make anew wherever they get them, beside every manifest of the survey. */
export function madeCandidates(
  views: readonly BuildView[],
  survey: Survey,
  texts: readonly string[],
): readonly Candidate[] {
  // A source that depends on a value nobody knows may name any of them.
  if (views.some(({ needs }) => needs.unknown.length > 0)) return [];
  const generated = mayHoldGenerated(survey, texts);
  const found = madeFolders.flatMap((made): Candidate[] => {
    const folders = [...new Set(survey.projects.filter((p) => p.stack === made.stack).map((p) => p.folder))];
    return folders.flatMap((folder): Candidate[] => {
      const pattern = entryPath(folder, made.name);
      if (survey.view.isIgnored(pattern) || (!made.soon && !isThere(survey, pattern))) return [];
      if (namedBySource(pattern, views)) return [];
      const proof = proofFor(views, survey, made, folder);
      if (proof === undefined) return [];
      return [
        {
          pattern,
          group: 'Made anew by the build',
          reason: `${made.what} that "${proof.by}" makes anew`,
          applicability:
            proof.sure && made.mayBeSafe && !(made.stack === 'node' && generated) ? 'safe' : 'unsafe',
          soon: made.soon,
          volatile: made.volatile,
        },
      ];
    });
  });
  const all = [...found, ...foreignEnvironments(views, survey, texts)];
  return all.filter(
    ({ pattern }, i) =>
      all.findIndex((c) => c.pattern === pattern) === i &&
      !all.some((o) => o.pattern !== pattern && isInside(o.pattern, pattern)),
  );
}
