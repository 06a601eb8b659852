import { type BakeTarget, parseBakeJson } from '../syntax/bake/parse.js';
import type { ComposeFile } from '../syntax/compose/model.js';
import { parseCompose } from '../syntax/compose/parse.js';
import { parseDevcontainer } from '../syntax/devcontainer/parse.js';
import { parseWorkflow } from '../syntax/workflow/parse.js';
import { baseName, dirName, joinPath, relativePath } from '../text/paths.js';
import type { Build } from './build.js';
import { classifyName } from './classify.js';
import { composeProjectOf, type ServiceBuild, serviceBuild } from './compose.js';
import { ignoreFileOf } from './ignorefile.js';
import type { Snapshot } from './snapshot.js';

/** A Dockerfile that is asked about, in its project. */
export interface Subject {
  readonly snapshot: Snapshot;
  readonly dockerfile: string;
  readonly root: string;
}

type Found = Pick<Build, 'context' | 'target' | 'args' | 'namedContexts' | 'source' | 'kind' | 'why'>;

/** A path as sentences show it: relative to the project root. */
function shown(subject: Subject, path: string): string {
  return relativePath(subject.root, path);
}

function contextName(subject: Subject, context: string): string {
  return context === subject.root ? 'the project root' : shown(subject, context);
}

function toBuild(subject: Subject, found: Found, gitContext = false): Build {
  return {
    dockerfile: subject.dockerfile,
    remote: false,
    // A git context is fetched by BuildKit itself, which then reads no ignore file (SPEC A1).
    ignoreFile: gitContext ? null : ignoreFileOf(subject.snapshot, subject.dockerfile, found.context),
    ...found,
  };
}

/** Files of the project that may define builds, the likeliest first. */
function definitionFiles(subject: Subject, kind: ReturnType<typeof classifyName>): readonly string[] {
  return subject.snapshot
    .index(subject.root)
    .filter((path) => /\.(?:ya?ml|json)$/i.test(path) && classifyName(path) === kind)
    .map((path) => ({ path, key: rank(subject, path) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ path }) => path);
}

const sideFolder = /^(?:examples?|samples?|demos?|tests?|e2e|docs?|fixtures?|contrib|benchmarks?|ci)$/i;
const sideName =
  /(?:^|[._-])(?:tests?|e2e|ci|examples?|samples?|cypress|preview|nightly|scan(?:ning)?)(?=[._-])/i;
const defaultCompose = /^(?:docker-)?compose(?:\.override)?\.ya?ml$/i;

/** Side paths last, names Compose takes by itself first, then the nearest folder, then by name. */
function rank(subject: Subject, path: string): readonly (number | string)[] {
  const way = relativePath(dirName(subject.dockerfile), dirName(path)).split('/');
  const isSide = way.some((part) => sideFolder.test(part)) || sideName.test(baseName(path));
  return [isSide ? 1 : 0, defaultCompose.test(baseName(path)) ? 0 : 1, way[0] === '.' ? 0 : way.length, path];
}

function compareKeys(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (y !== undefined && x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** `build:` values of a file as written: enough to see whether its project may build a Dockerfile at all. */
function writtenBuilds(file: ComposeFile): { readonly contexts: Set<string>; readonly files: Set<string> } {
  const contexts = new Set(['.']);
  const files = new Set(['Dockerfile']);
  for (const service of file.services) {
    const build = service.values.get('build')?.value;
    if (typeof build === 'string') contexts.add(build);
    else if (typeof build === 'object' && build !== null) {
      const { context, dockerfile } = build as Record<string, unknown>;
      if (typeof context === 'string') contexts.add(context);
      if (typeof dockerfile === 'string') files.add(dockerfile);
    }
    if (service.values.has('extends')) contexts.add('$');
  }
  if (file.includes.length > 0) contexts.add('$');
  return { contexts, files };
}

function builtFrom(text: string): ReturnType<typeof writtenBuilds> | undefined {
  return /^[ \t]*["']?(?:build|extends|include)["']?[ \t]*:|[{,][ \t]*["']?build["']?[ \t]*:/m.test(text)
    ? writtenBuilds(parseCompose(text))
    : undefined;
}

/** A cheap test that is true for every compose file whose project builds the Dockerfile, and few others. */
function mayBuild(subject: Subject, files: readonly string[]): boolean {
  const folder = dirName(files[0] ?? '/');
  const written = files.flatMap((path) => subject.snapshot.parse(path, builtFrom) ?? []);
  const contexts = new Set(written.flatMap((w) => [...w.contexts]));
  const names = new Set(written.flatMap((w) => [...w.files]));
  return [...contexts].some((context) =>
    [...names].some(
      (name) =>
        context.includes('$') ||
        name.includes('$') ||
        joinPath(joinPath(folder, context), name) === subject.dockerfile,
    ),
  );
}

/** The compose files of one folder, any of which may be merged with `path`. */
function siblings(files: readonly string[], path: string): readonly string[] {
  return [path, ...files.filter((other) => other !== path && dirName(other) === dirName(path))];
}

/** Builds that compose services define. */
export function composeBuilds(subject: Subject): readonly Build[] {
  const files = definitionFiles(subject, 'compose');
  const seen = new Set<string>();
  return files.flatMap((path) => {
    if (!mayBuild(subject, siblings(files, path))) return [];
    const project = composeProjectOf(subject.snapshot, path);
    const key = project.files.join('\0');
    if (seen.has(key)) return [];
    seen.add(key);
    return project.services.flatMap((service) => {
      const build = serviceBuild(project, service);
      if (build?.dockerfile !== subject.dockerfile || build.context === undefined || build.remote) return [];
      const from = service.values.get('build')?.path ?? path;
      return [toBuild(subject, composeFound(subject, from, service.name, build, build.context))];
    });
  });
}

function composeFound(
  subject: Subject,
  path: string,
  service: string,
  build: ServiceBuild,
  context: string,
): Found {
  const file = shown(subject, path);
  const unsure = build.target === undefined ? ' Its target depends on a variable that is not known.' : '';
  return {
    context,
    target: build.target ?? null,
    args: build.args,
    namedContexts: build.namedContexts,
    source: `${file} services.${service}`,
    kind: 'compose',
    why: `${file} builds it for the service ${service}, with ${contextName(subject, context)} as the context.${unsure}`,
  };
}

/** Builds that JSON bake files define. */
export function bakeBuilds(subject: Subject): readonly Build[] {
  const files = definitionFiles(subject, 'bake');
  return files.flatMap((path) => {
    const base = path.replace(/\.override\.json$/i, '.json');
    const below = base === path ? undefined : subject.snapshot.parse(base, parseBakeJson);
    const known = new Set(below?.targets.map(({ name }) => name));
    const targets = subject.snapshot.parse(path, parseBakeJson)?.targets ?? [];
    return targets.flatMap((target) => (known.has(target.name) ? [] : bakeBuild(subject, path, target)));
  });
}

function bakeBuild(subject: Subject, path: string, target: BakeTarget): Build[] {
  if (target.inline || target.context === undefined || target.dockerfile === undefined) return [];
  const context = joinPath(dirName(path), target.context);
  if (joinPath(context, target.dockerfile) !== subject.dockerfile) return [];
  const file = shown(subject, path);
  const found: Found = {
    context,
    target: target.target ?? null,
    args: target.args,
    namedContexts: target.namedContexts,
    source: `${file} target.${target.name}`,
    kind: 'bake',
    why: `${file} builds it as the target ${target.name}, with ${contextName(subject, context)} as the context.`,
  };
  return [toBuild(subject, found)];
}

/** The folder a workflow or an action in the repository is checked out to: the one that holds `.github`. */
function checkoutOf(subject: Subject, path: string): string {
  const at = path.indexOf('/.github/');
  return at < 0 ? subject.root : path.slice(0, at) || '/';
}

function mentionsDocker(text: string): ReturnType<typeof parseWorkflow> | undefined {
  return /docker|depot/i.test(text) ? parseWorkflow(text) : undefined;
}

/** Builds that GitHub workflows and composite actions run. */
export function workflowBuilds(subject: Subject): readonly Build[] {
  return definitionFiles(subject, 'workflow').flatMap((path) => {
    const checkout = checkoutOf(subject, path);
    const builds = subject.snapshot.parse(path, mentionsDocker)?.builds ?? [];
    return builds.flatMap((build) => {
      if (build.remote || build.context === undefined || build.file === undefined) return [];
      if (joinPath(checkout, build.file) !== subject.dockerfile) return [];
      const context = joinPath(checkout, build.context);
      const file = shown(subject, path);
      const place = `${build.job === undefined ? 'runs' : `jobs.${build.job}`}.steps[${build.index}]`;
      const git = build.git === true ? ' It is a git context: only tracked files, and no ignore file.' : '';
      const found: Found = {
        context,
        target: build.target ?? null,
        args: build.args,
        namedContexts: build.namedContexts,
        source: `${file} ${place}`,
        kind: 'workflow',
        why: `${file} builds it${build.job === undefined ? '' : ` in the job ${build.job}`}, with ${contextName(subject, context)} as the context.${git}`,
      };
      return [toBuild(subject, found, build.git === true)];
    });
  });
}

/** Builds that devcontainer.json files ask for. */
export function devcontainerBuilds(subject: Subject): readonly Build[] {
  return definitionFiles(subject, 'devcontainer').flatMap((path) => {
    const build = subject.snapshot.parse(path, parseDevcontainer)?.build;
    if (build?.dockerfile === undefined || build.context === undefined) return [];
    if (joinPath(dirName(path), build.dockerfile) !== subject.dockerfile) return [];
    const context = joinPath(dirName(path), build.context);
    const file = shown(subject, path);
    const found: Found = {
      context,
      target: build.target ?? null,
      args: build.args,
      namedContexts: [],
      source: file,
      kind: 'devcontainer',
      why: `${file} builds it, with ${contextName(subject, context)} as the context.`,
    };
    return [toBuild(subject, found)];
  });
}
