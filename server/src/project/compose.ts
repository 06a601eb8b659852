import { parseDotenv } from '../syntax/compose/dotenv.js';
import { interpolate, interpolateTree, type Lookup } from '../syntax/compose/interpolate.js';
import { canonical, isPlain, mergeValue } from '../syntax/compose/merge.js';
import type {
  ComposeFile,
  ComposeProject,
  ComposeService,
  ResolvedService,
  SourcedValue,
} from '../syntax/compose/model.js';
import { parseCompose } from '../syntax/compose/parse.js';
import { baseName, dirName, joinPath } from '../text/paths.js';
import type { Snapshot } from './snapshot.js';

/** The names Compose looks for, in its order (compose-go cli.DefaultFileNames, DefaultOverrideFileNames). */
const baseNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * The project a compose file belongs to: the folder's default file with its override, that file alone where it is used
 * by `-f`, or an overlay such as compose.prod.yaml on the folder's default file where it cannot stand alone.
 */
export function composeProjectOf(snapshot: Snapshot, path: string): ComposeProject {
  const files = projectFiles(snapshot, path);
  const folder = dirName(files[0] ?? path);
  const lookup = dotenvLookup(snapshot, folder);
  const merged = new Map<string, ResolvedService>();
  for (const file of files) {
    const parsed = snapshot.parse(file, parseCompose);
    for (const service of parsed?.services ?? []) {
      merged.set(service.name, addService(merged.get(service.name), service, file, folder, lookup));
    }
  }
  return { files, folder, services: [...merged.values()], interpolate: (text) => interpolate(text, lookup) };
}

/** Variables of the project's `.env`; anything else is unknown. */
function dotenvLookup(snapshot: Snapshot, folder: string): Lookup {
  const variables = snapshot.parse(joinPath(folder, '.env'), parseEnvFile);
  return (name) => variables?.get(name);
}

function parseEnvFile(text: string): ReadonlyMap<string, string> {
  return parseDotenv(text);
}

function projectFiles(snapshot: Snapshot, path: string): readonly string[] {
  const folder = dirName(path);
  const base = firstOf(snapshot, folder, baseNames);
  const override = firstOf(snapshot, folder, overrideNames);
  if (base === undefined || path === base)
    return override === undefined || base === undefined ? [path] : [base, override];
  if (path === override) return [base, override];
  return isOverlay(snapshot, path, base) ? [base, path] : [path];
}

function firstOf(snapshot: Snapshot, folder: string, names: readonly string[]): string | undefined {
  const entries = snapshot.list(folder);
  const name = names.find((n) => entries?.some((e) => e.name === n && e.kind !== 'folder'));
  return name === undefined ? undefined : joinPath(folder, name);
}

/**
 * Whether `path` only makes sense on top of `base`: its name says `compose.…` and it writes a service of the base
 * without an image or a build. Assumed, since only the command line (`-f base -f path`) knows.
 */
function isOverlay(snapshot: Snapshot, path: string, base: string): boolean {
  if (!/^(?:docker-)?compose[.-]/.test(baseName(path)) || baseNames.includes(baseName(path))) return false;
  const own = snapshot.parse(path, parseCompose);
  const below = new Set(snapshot.parse(base, parseCompose)?.services.map((s) => s.name));
  return own?.services.some((s) => below.has(s.name) && isPartial(s)) === true;
}

function isPartial(service: ComposeService): boolean {
  return !['image', 'build', 'extends'].some((key) => service.values.has(key));
}

function addService(
  below: ResolvedService | undefined,
  service: ComposeService,
  path: string,
  folder: string,
  lookup: Lookup,
): ResolvedService {
  const values = new Map(below?.values);
  for (const [key, written] of service.values) {
    if (written.tag === 'reset') {
      values.delete(key);
      continue;
    }
    const own = absolute(key, canonical(key, interpolateTree(written.value, lookup)), folder);
    const value = written.tag === 'override' ? own : mergeValue(key, values.get(key)?.value, own);
    const sourced: SourcedValue = { ...written, value, path, raw: written.value };
    values.set(key, sourced);
  }
  return {
    name: service.name,
    values,
    definedIn: [...(below?.definedIn ?? []), { path, service }],
    incomplete: (below?.incomplete ?? false) || service.values.has('extends'),
  };
}

/** Paths that Compose makes absolute: the build context. */
function absolute(key: string, value: unknown, folder: string): unknown {
  if (key !== 'build' || !isPlain(value) || typeof value.context !== 'string' || isRemote(value.context))
    return value;
  return { ...value, context: joinPath(folder, value.context) };
}

function isRemote(context: string): boolean {
  return /^(?:https?:\/\/|git:\/\/|git@|ssh:\/\/|github\.com\/|docker-image:\/\/|oci-layout:\/\/|service:)/.test(
    context,
  );
}

/** How a service builds its image. */
export interface ServiceBuild {
  /** Absolute; an address where `remote`; undefined where it depends on an unknown variable. The project's folder where none is given. */
  readonly context: string | undefined;
  readonly remote: boolean;
  /** Absolute; undefined where unknown, inline (`dockerfile_inline`) or in a remote context. */
  readonly dockerfile: string | undefined;
  readonly inline: boolean;
  /** Null = the last stage. */
  readonly target: string | null | undefined;
  /** Null = from the environment, or not known. */
  readonly args: Readonly<Record<string, string | null>>;
  readonly namedContexts: readonly string[];
}

/** The `build:` of a resolved service; undefined where it has none. */
export function serviceBuild(project: ComposeProject, service: ResolvedService): ServiceBuild | undefined {
  const build = service.values.get('build')?.value;
  if (!isPlain(build)) return undefined;
  const context = 'context' in build ? text(build.context) : project.folder;
  const remote = context !== undefined && isRemote(context);
  const inline = build.dockerfile_inline !== undefined && build.dockerfile_inline !== null;
  const file = 'dockerfile' in build ? text(build.dockerfile) : 'Dockerfile';
  const local = !remote && !inline && context !== undefined && file !== undefined;
  const args = isPlain(build.args) ? Object.entries(build.args) : [];
  return {
    context,
    remote,
    dockerfile: local ? joinPath(context, file) : undefined,
    inline,
    target: 'target' in build && build.target !== null ? text(build.target) : null,
    args: Object.fromEntries(args.map(([name, value]) => [name, text(value) ?? null])),
    namedContexts: isPlain(build.additional_contexts) ? Object.keys(build.additional_contexts) : [],
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The compose file at `path`; undefined where there is none. */
export function composeFileAt(snapshot: Snapshot, path: string): ComposeFile | undefined {
  return snapshot.parse(path, parseCompose);
}
