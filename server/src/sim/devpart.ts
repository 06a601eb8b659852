import { ROOT_SCRIPTS } from '../project/closures/npm.js';
import { isLocalSpec, parseNpmrc, parsePackageJson, parsePackageLock } from '../syntax/manifests/npm.js';
import { parseComposerJson } from '../syntax/manifests/php.js';
import { type PyProject, parsePyproject } from '../syntax/manifests/python.js';
import { joinPath } from '../text/paths.js';
import type { ImageFiles } from './closures.js';
import { commandsOf, inFolder, type StepCommand } from './commands.js';
import { npmStartNeedsDev, pythonStartNeedsDev, unwrapped } from './devtools.js';
import type { Install } from './installs.js';
import { nodeLoads, pythonLoads } from './loads.js';
import type { ShellOf, StageGraph, StageNode, Step } from './model.js';
import type { Start } from './start.js';

/** The part of an install that only development needs. */
export interface DevelopmentPart {
  /** The folder that is installed into, absolute in the image. */
  readonly folder: string;
  /** Development dependencies the manifest names itself. */
  readonly count: number;
  /** What leaves them out. */
  readonly flag: string;
  /** `NAME=1` that leaves them out of every command; undefined where there is none. */
  readonly variable: string | undefined;
  /** Why leaving them out may break the install itself; undefined where it does not. */
  readonly obstacle: string | undefined;
  /** Whether what a container starts may need them. */
  startNeedsDev(start: Start): boolean;
}

export interface InstallPlace {
  readonly node: StageNode;
  readonly step: Step;
  /** All commands of the step. */
  readonly commands: readonly StepCommand[];
  readonly image: ImageFiles;
  /** The project's files in the stage that is shipped, after its last step. */
  readonly shipped: ImageFiles;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
}

/** The image a stage comes from in the end, without tag and digest; '' where it is unknown. */
function baseImage(graph: StageGraph, node: StageNode): string {
  if (node.base.kind === 'stage') {
    const base = graph.stages[node.base.index];
    return base === undefined ? '' : baseImage(graph, base);
  }
  const written = node.base.kind === 'image' ? (node.base.name ?? node.stage.from.image?.raw ?? '') : '';
  return written
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(docker\.io|public\.ecr\.aws\/docker|mirror\.gcr\.io)\//, '')
    .replace(/^library\//, '');
}

/** Images known to set nothing that chooses dependency groups; another base may have done so. */
const PLAIN_BASES =
  /^(node|python|php|composer|alpine|debian|ubuntu|dunglas\/frankenphp|ghcr\.io\/astral-sh\/uv|astral\/uv)$/;

/** The major version of a `node:` base, undefined where it is unknown. */
function nodeMajor(graph: StageGraph, node: StageNode): number | undefined {
  if (node.base.kind === 'stage') {
    const base = graph.stages[node.base.index];
    return base === undefined ? undefined : nodeMajor(graph, base);
  }
  const name = node.base.kind === 'image' ? node.base.name : undefined;
  const major = /(?:^|\/)node:(\d+)/.exec(name ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}

/** Texts of the step's own commands and of earlier RUNs of the stage, which may have changed settings. */
function settingsBefore(place: InstallPlace): string {
  const earlier = place.node.steps
    .filter(
      (s) => s.instruction.span.start < place.step.instruction.span.start && s.instruction.kind === 'RUN',
    )
    .flatMap((s) => commandsOf(place.node, s, place.shell) ?? []);
  return [...earlier, ...place.commands]
    .map((c) =>
      [...c.assignments.map((a) => `${a.name}=${a.value?.value ?? ''}`), ...c.words.map((w) => w.value)].join(
        ' ',
      ),
    )
    .join('\n');
}

/** What of `install` is for development only; undefined where it brings nothing of that kind or that can't be told. */
export function developmentPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  if (!PLAIN_BASES.test(baseImage(place.graph, place.node))) return undefined;
  switch (install.what) {
    case 'npm-ci':
    case 'npm-install':
      return npmPart(install, place);
    case 'uv-sync':
      return uvPart(install, place);
    case 'composer-install':
      return composerPart(install, place);
    default:
      return undefined;
  }
}

const NPM_CHOICE = /^--(omit|include|only|also|production|prod|dev)(=|$)/;

function npmPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  const { step, image } = place;
  if (install.flags.some((f) => NPM_CHOICE.test(f))) return undefined;
  if (
    [...step.environment.keys()].some(
      (k) => k === 'NODE_ENV' || /^npm_config_(omit|include|only|also|production|dev)$/i.test(k),
    )
  )
    return undefined;
  if (/NODE_ENV|npm_config_|npm\s+(config\s+)?set|\.npmrc/i.test(settingsBefore(place))) return undefined;
  const text = image.text(joinPath(install.folder, 'package.json'));
  const manifest = text === undefined ? undefined : parsePackageJson(text);
  if (manifest === undefined || manifest.workspaces) return undefined;
  const npmrc = parseNpmrc(image.text(joinPath(install.folder, '.npmrc')) ?? '');
  if (['omit', 'include', 'only', 'also', 'production', 'dev'].some((key) => npmrc.has(key)))
    return undefined;
  const lockText = image.text(joinPath(install.folder, 'package-lock.json'));
  const locked = lockText === undefined ? [] : (parsePackageLock(lockText)?.packages ?? []);
  // One that a run-time dependency needs too stays whatever is left out.
  const staying = new Set(locked.filter((p) => !p.dev).map((p) => p.place));
  const dev = Object.keys(manifest.devDependencies).filter(
    (n) => manifest.dependencies[n] === undefined && !staying.has(`node_modules/${n}`),
  );
  if (dev.length === 0) return undefined;
  const ignoresScripts = install.flags.includes('--ignore-scripts') || npmrc.get('ignore-scripts') === 'true';
  const script = ignoresScripts
    ? undefined
    : ROOT_SCRIPTS.find((name) => manifest.scripts[name] !== undefined);
  const local = Object.values(manifest.dependencies).some(isLocalSpec);
  // npm 6 of Node 14 and older does not know --omit.
  const old = (nodeMajor(place.graph, place.node) ?? 99) < 15;
  return {
    folder: joinPath(install.folder, 'node_modules'),
    count: dev.length,
    flag: old ? '--only=production' : '--omit=dev',
    variable: undefined,
    obstacle:
      script !== undefined
        ? `the script "${script}" of package.json runs during the install and may use them`
        : local
          ? 'a dependency is a folder of the project and may use them'
          : undefined,
    startNeedsDev: (start) =>
      mayStart(start, (words, folder = install.folder) =>
        npmStartNeedsDev(words, manifest, (files) =>
          nodeLoads(
            place.shipped,
            files.map((f) => inFolder(folder, f)),
            new Set(dev),
          ),
        ),
      ),
  };
}

/** Whether what a container starts may be a command that `needs` development packages; what is not known may be. */
function mayStart(
  start: Start,
  needs: (words: readonly string[], folder: string | undefined) => boolean,
): boolean {
  if (start === 'none' || start === 'unknown' || start.length === 0) return true;
  return start.some(
    ({ words, folder }) =>
      !words.every((w) => w.literal) ||
      needs(
        words.map((w) => w.value),
        folder,
      ),
  );
}

function defaultGroups(project: PyProject): readonly string[] {
  const chosen = project.uv.defaultGroups ?? ['dev'];
  return (chosen === 'all' ? Object.keys(project.groups) : chosen).filter(
    (g) => (project.groups[g]?.length ?? 0) > 0,
  );
}

const UV_CHOICE = /^--(no-dev|dev|only-dev|no-default-groups|all-groups|group|no-group|only-group)(=|$)/;

/** The version of uv the Dockerfile names, as one number; undefined where it names none. */
function uvVersion(text: string): number | undefined {
  const match = /(?:astral-sh\/uv:|\buv==|\buv~=|UV_VERSION=v?)(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null
    ? undefined
    : Number(match[1]) * 1e6 + Number(match[2]) * 1e3 + Number(match[3] ?? 999);
}

function uvPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  const { step, image } = place;
  if (install.unsure || install.flags.some((f) => UV_CHOICE.test(f))) return undefined;
  if (
    [...step.environment.keys()].some((k) =>
      /^UV_(NO_DEV|DEV|NO_DEFAULT_GROUPS|NO_GROUP|GROUP|CONFIG_FILE)$/.test(k),
    )
  )
    return undefined;
  if (/UV_(NO_DEV|NO_DEFAULT_GROUPS|NO_GROUP)/.test(settingsBefore(place))) return undefined;
  const text = image.text(joinPath(install.folder, 'pyproject.toml'));
  const project = text === undefined ? undefined : parsePyproject(text);
  if (project === undefined || project.uv.workspace) return undefined;
  const groups = defaultGroups(project);
  const names = new Set(
    groups.flatMap((g) => project.groups[g] ?? []).filter((n) => !project.dependencies.includes(n)),
  );
  if (names.size === 0) return undefined;
  const onlyDev = groups.every((g) => g === 'dev');
  const environment = step.environment.get('UV_PROJECT_ENVIRONMENT');
  if (step.environment.has('UV_PROJECT_ENVIRONMENT') && environment === undefined) return undefined;
  const written = place.graph.stages
    .map((s) => [s.stage.from.text, ...s.stage.instructions.map((i) => i.text)].join('\n'))
    .join('\n');
  const knowsVariable = (uvVersion(written) ?? Number.POSITIVE_INFINITY) >= 8007;
  return {
    folder: inFolder(install.folder, environment ?? '.venv'),
    count: names.size,
    flag: onlyDev ? '--no-dev' : '--no-default-groups',
    // Seen in the help texts: uv 0.8.7 is the first to know it.
    variable: onlyDev && knowsVariable ? 'UV_NO_DEV=1' : undefined,
    obstacle: undefined,
    startNeedsDev: (start) =>
      mayStart(start, (words, folder = install.folder) =>
        pythonStartNeedsDev(words, project, names, (entries) =>
          pythonLoads(place.shipped, folder, entries, names),
        ),
      ),
  };
}

const PHP_SERVERS = new Set(['php-fpm', 'apache2-foreground', 'frankenphp', 'docker-php-entrypoint']);

function composerPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  const { step, image } = place;
  if (install.flags.some((f) => /^--(no-)?dev$/.test(f)) || step.environment.has('COMPOSER_NO_DEV'))
    return undefined;
  if (
    /COMPOSER_NO_DEV|COMPOSER=|COMPOSER_VENDOR_DIR/.test(settingsBefore(place)) ||
    step.environment.has('COMPOSER') ||
    step.environment.has('COMPOSER_VENDOR_DIR')
  )
    return undefined;
  const text = image.text(joinPath(install.folder, 'composer.json'));
  const manifest = text === undefined ? undefined : parseComposerJson(text);
  if (manifest === undefined) return undefined;
  const dev = Object.keys(manifest.requireDev).filter(
    (n) => n.includes('/') && manifest.require[n] === undefined,
  );
  if (dev.length === 0) return undefined;
  // Symfony runs in the environment `dev` unless told otherwise, with bundles that only development installs.
  const environment = place.graph.target?.steps.at(-1)?.environment.get('APP_ENV');
  if (place.shipped.exists(joinPath(install.folder, 'config/bundles.php')) && environment !== 'prod')
    return undefined;
  const runsScripts =
    !install.flags.includes('--no-scripts') && manifest.scripts.some((s) => /^(pre|post)-/.test(s));
  return {
    folder: joinPath(install.folder, 'vendor'),
    count: dev.length,
    flag: '--no-dev',
    variable: undefined,
    obstacle: runsScripts ? 'scripts of composer.json run during the install and may use them' : undefined,
    startNeedsDev: (start) => {
      if (start === 'none') return false;
      if (start === 'unknown') return true;
      return start.some((c) => {
        const words = unwrapped(c.words.map((w) => w.value)).filter((w) => w !== 'docker-php-entrypoint');
        return (
          words.length > 0 &&
          !PHP_SERVERS.has(words[0] ?? '') &&
          !/^\/?([\w-]+\/)*[\w-]+\.php$/.test(words[1] ?? '')
        );
      });
    },
  };
}
