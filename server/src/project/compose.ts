import { parseDotenv } from '../syntax/compose/dotenv.js';
import { interpolate, type Lookup } from '../syntax/compose/interpolate.js';
import { isPlain } from '../syntax/compose/merge.js';
import type {
  ComposeFile,
  ComposeProject,
  ComposeService,
  ResolvedService,
} from '../syntax/compose/model.js';
import { parseCompose } from '../syntax/compose/parse.js';
import { baseName, dirName, joinPath } from '../text/paths.js';
import { isRemoteContext, resolveServices } from './composeload.js';
import { entryNamed, type Snapshot } from './snapshot.js';

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
 * by `-f`, or an overlay such as compose.prod.yaml on the folder's default file where it cannot stand alone. `include`
 * and `extends` are followed. Variables come from the project's `.env`; any other is unknown.
 */
export function composeProjectOf(snapshot: Snapshot, path: string): ComposeProject {
  const files = projectFiles(snapshot, path);
  const folder = dirName(files[0] ?? path);
  // Asked by name first: most folders have none, and a text that is not there would have to be looked for.
  const hasVariables = entryNamed(snapshot.list(folder), '.env') !== undefined;
  const variables = hasVariables ? snapshot.parse(joinPath(folder, '.env'), parseDotenv) : undefined;
  const lookup: Lookup = (name) => variables?.get(name);
  const services = resolveServices({ snapshot, folder, lookup, including: [] }, files);
  return {
    files,
    folder,
    services: [...services.values()],
    interpolate: (text) => interpolate(text, lookup),
  };
}

function projectFiles(snapshot: Snapshot, path: string): readonly string[] {
  const folder = dirName(path);
  const base = firstOf(snapshot, folder, baseNames);
  if (base === undefined) return [path];
  const override = firstOf(snapshot, folder, overrideNames);
  if (path === base || path === override) return override === undefined ? [base] : [base, override];
  return isOverlay(snapshot, path, base) ? [base, path] : [path];
}

function firstOf(snapshot: Snapshot, folder: string, names: readonly string[]): string | undefined {
  const entries = snapshot.list(folder);
  const name = names.find((n) => (entryNamed(entries, n)?.kind ?? 'folder') !== 'folder');
  return name === undefined ? undefined : joinPath(folder, name);
}

/**
 * Whether `path` only makes sense on top of `base`: its name says `compose.…` and it writes a service of the base
 * without an image or a build context. Assumed, since only the command line (`-f base -f path`) knows.
 */
function isOverlay(snapshot: Snapshot, path: string, base: string): boolean {
  if (!/^(?:docker-)?compose[._-]/.test(baseName(path)) || baseNames.includes(baseName(path))) return false;
  const own = composeFileAt(snapshot, path);
  const below = new Set(composeFileAt(snapshot, base)?.services.map((s) => s.name));
  return own?.services.some((s) => below.has(s.name) && isPartial(s)) === true;
}

function isPartial({ values }: ComposeService): boolean {
  if (values.has('image') || values.has('extends')) return false;
  const build = values.get('build')?.value;
  // Build arguments alone are meant for a context that another file names.
  return build === undefined || (isPlain(build) && !('context' in build) && !('dockerfile' in build));
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
  const remote = context !== undefined && isRemoteContext(context);
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
