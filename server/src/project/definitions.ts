import { type BakeTarget, parseBakeJson } from '../syntax/bake/parse.js';
import { parseDevcontainer } from '../syntax/devcontainer/parse.js';
import type { WorkflowBuild } from '../syntax/workflow/model.js';
import { parseWorkflow } from '../syntax/workflow/parse.js';
import { baseName, dirName, joinPath, relativePath } from '../text/paths.js';
import type { Build } from './build.js';
import { classifyName } from './classify.js';
import { composeProjectOf, type ServiceBuild, serviceBuild } from './compose.js';
import { derive } from './memo.js';
import type { Snapshot } from './snapshot.js';
import type { VolatileArgument } from './volatile.js';
import { changingInBake, changingInService } from './volatileargs.js';

/** A build as a file of the project defines it. Paths are absolute. */
export interface Definition
  extends Pick<
    Build,
    'dockerfile' | 'context' | 'target' | 'args' | 'namedContexts' | 'source' | 'kind' | 'why'
  > {
  /** The file that defines it. */
  readonly path: string;
  /** BuildKit fetches the repository itself: no ignore file is read (SPEC A1). */
  readonly git: boolean;
  /** Arguments whose value changes by itself, and where they are passed. */
  readonly changing: readonly VolatileArgument[];
}

/** Where definitions are looked for. */
interface Project {
  readonly snapshot: Snapshot;
  readonly root: string;
}

/** A path as sentences show it: relative to the project root. */
function shown(project: Project, path: string): string {
  return relativePath(project.root, path);
}

function contextName(project: Project, context: string): string {
  return context === project.root ? 'the project root' : shown(project, context);
}

function definitionFiles(project: Project, kind: ReturnType<typeof classifyName>): readonly string[] {
  return project.snapshot
    .index(project.root)
    .filter((path) => /\.(?:ya?ml|json)$/i.test(path) && classifyName(path) === kind);
}

const sideFolder = /^(?:examples?|samples?|demos?|tests?|e2e|docs?|fixtures?|contrib|benchmarks?|ci)$/i;
const sideName =
  /(?:^|[._-])(?:tests?|e2e|ci|examples?|samples?|cypress|preview|nightly|scan(?:ning)?)(?=[._-])/i;
const defaultCompose = /^(?:docker-)?compose(?:\.override)?\.ya?ml$/i;
const kindOrder = ['compose', 'bake', 'workflow', 'devcontainer'];

/** In the order of CLI.md; within a kind side paths last, names Compose takes by itself first, then the nearest, then by name. */
function rank({ dockerfile, path, kind }: Definition): readonly (number | string)[] {
  const way = relativePath(dirName(dockerfile), dirName(path)).split('/');
  const name = baseName(path);
  const isSide = way.some((part) => sideFolder.test(part)) || (kind !== 'workflow' && sideName.test(name));
  return [
    kindOrder.indexOf(kind),
    isSide ? 1 : 0,
    defaultCompose.test(name) ? 0 : 1,
    way[0] === '.' ? 0 : way.length,
    path,
  ];
}

function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (y !== undefined && x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** What the files of a project define for a Dockerfile, the deciding definition first. */
export function definitionsOf(snapshot: Snapshot, root: string, dockerfile: string): readonly Definition[] {
  return definitionsIn(snapshot, root).get(dockerfile) ?? [];
}

/** The Dockerfiles, there or not, that files of a project define builds of: all, or those that the file `by` builds. Sorted. */
export function definedDockerfiles(snapshot: Snapshot, root: string, by?: string): readonly string[] {
  const all = [...definitionsIn(snapshot, root)];
  return all
    .filter(([, definitions]) => by === undefined || definitions.some(({ path }) => path === by))
    .map(([dockerfile]) => dockerfile)
    .sort();
}

/** What the files of a project define, by Dockerfile: for whoever asks about many. */
export function definitionsIn(snapshot: Snapshot, root: string): ReadonlyMap<string, readonly Definition[]> {
  return derive(snapshot, `definitions:${root}`, (known) => allDefinitions({ snapshot: known, root }));
}

/** All definitions of a project by Dockerfile. */
function allDefinitions(project: Project): ReadonlyMap<string, readonly Definition[]> {
  const all = [
    ...composeDefinitions(project),
    ...bakeDefinitions(project),
    ...workflowDefinitions(project),
    ...devcontainerDefinitions(project),
  ];
  const out = new Map<string, Definition[]>();
  for (const definition of all) {
    const others = out.get(definition.dockerfile);
    if (others === undefined) out.set(definition.dockerfile, [definition]);
    else others.push(definition);
  }
  for (const definitions of out.values()) {
    const ranked = new Map(definitions.map((definition) => [definition, rank(definition)]));
    definitions.sort((a, b) => compareRanks(ranked.get(a) ?? [], ranked.get(b) ?? []));
  }
  return out;
}

/** Whether a compose file can define a build at all: most only name images. */
function mentionsBuild(text: string): boolean {
  return /build|extends|include/.test(text);
}

function composeDefinitions(project: Project): readonly Definition[] {
  const seen = new Set<string>();
  return definitionFiles(project, 'compose').flatMap((path) => {
    const compose = composeProjectOf(project.snapshot, path);
    const key = compose.files.join('\0');
    if (seen.has(key) || !compose.files.some((file) => project.snapshot.parse(file, mentionsBuild)))
      return [];
    seen.add(key);
    return compose.services.flatMap((service) => {
      const build = serviceBuild(compose, service);
      const from = service.values.get('build')?.path ?? path;
      if (build === undefined) return [];
      const changing = changingInService(project.snapshot, compose, service);
      return composeDefinition(project, from, service.name, build, changing);
    });
  });
}

function composeDefinition(
  project: Project,
  path: string,
  service: string,
  build: ServiceBuild,
  changing: readonly VolatileArgument[],
): Definition[] {
  const { context, dockerfile } = build;
  if (context === undefined || dockerfile === undefined || build.remote) return [];
  const file = shown(project, path);
  const unsure = build.target === undefined ? ' Its target depends on a variable that is not known.' : '';
  return [
    {
      path,
      dockerfile,
      context,
      target: build.target ?? null,
      args: build.args,
      namedContexts: build.namedContexts,
      source: `${file} services.${service}`,
      kind: 'compose',
      git: false,
      changing,
      why: `${file} builds it for the service ${service}, with ${contextName(project, context)} as the context.${unsure}`,
    },
  ];
}

function bakeDefinitions(project: Project): readonly Definition[] {
  return definitionFiles(project, 'bake').flatMap((path) => {
    const base = path.replace(/\.override\.json$/i, '.json');
    const below = base === path ? undefined : project.snapshot.parse(base, parseBakeJson);
    const known = new Set(below?.targets.map(({ name }) => name));
    const targets = project.snapshot.parse(path, parseBakeJson)?.targets ?? [];
    // An override adds to a target what matters little here: its Dockerfile and context are the base's.
    return targets.flatMap((target) => (known.has(target.name) ? [] : bakeDefinition(project, path, target)));
  });
}

function bakeDefinition(project: Project, path: string, target: BakeTarget): Definition[] {
  if (target.inline || target.context === undefined || target.dockerfile === undefined) return [];
  if (/^(?:\w+:\/\/|git@|target:)/.test(target.context)) return [];
  const context = joinPath(dirName(path), target.context);
  const file = shown(project, path);
  return [
    {
      path,
      dockerfile: joinPath(context, target.dockerfile),
      context,
      target: target.target ?? null,
      args: target.args,
      namedContexts: target.namedContexts,
      source: `${file} target.${target.name}`,
      kind: 'bake',
      git: false,
      changing: changingInBake(project.snapshot, path, target),
      why: `${file} builds it as the target ${target.name}, with ${contextName(project, context)} as the context.`,
    },
  ];
}

/** The folder a workflow or an action in the repository is checked out to: the one that holds `.github`. */
function checkoutOf(project: Project, path: string): string {
  const at = path.indexOf('/.github/');
  return at < 0 ? project.root : path.slice(0, at) || '/';
}

function workflowBuilds(text: string): readonly WorkflowBuild[] {
  return /docker|depot/i.test(text) ? parseWorkflow(text).builds : [];
}

function workflowDefinitions(project: Project): readonly Definition[] {
  return definitionFiles(project, 'workflow').flatMap((path) =>
    (project.snapshot.parse(path, workflowBuilds) ?? []).flatMap((build) =>
      workflowDefinition(project, path, build),
    ),
  );
}

function workflowDefinition(project: Project, path: string, build: WorkflowBuild): Definition[] {
  if (build.remote || build.context === undefined || build.file === undefined) return [];
  const checkout = checkoutOf(project, path);
  const context = joinPath(checkout, build.context);
  const file = shown(project, path);
  const job = build.job === undefined ? '' : ` in the job ${build.job}`;
  const git = build.git === true ? ' It is a git context: only tracked files, and no ignore file.' : '';
  return [
    {
      path,
      dockerfile: joinPath(checkout, build.file),
      context,
      target: build.target ?? null,
      args: build.args,
      namedContexts: build.namedContexts,
      source: `${file} ${build.job === undefined ? 'runs' : `jobs.${build.job}`}.steps[${build.index}]`,
      kind: 'workflow',
      git: build.git === true,
      changing: build.changing.map((argument) => ({ ...argument, path })),
      why: `${file} builds it${job}, with ${contextName(project, context)} as the context.${git}`,
    },
  ];
}

function devcontainerDefinitions(project: Project): readonly Definition[] {
  return definitionFiles(project, 'devcontainer').flatMap((path) => {
    const build = project.snapshot.parse(path, parseDevcontainer)?.build;
    if (build?.dockerfile === undefined || build.context === undefined) return [];
    const context = joinPath(dirName(path), build.context);
    const file = shown(project, path);
    const definition: Definition = {
      path,
      dockerfile: joinPath(dirName(path), build.dockerfile),
      context,
      target: build.target ?? null,
      args: build.args,
      namedContexts: [],
      source: file,
      kind: 'devcontainer',
      git: false,
      changing: [],
      why: `${file} builds it, with ${contextName(project, context)} as the context.`,
    };
    return [definition];
  });
}
