import { parseDotenv } from '../syntax/compose/dotenv.js';
import { interpolate, interpolateTree, type Lookup } from '../syntax/compose/interpolate.js';
import { canonical, isBindSource, isPlain, mergeValue } from '../syntax/compose/merge.js';
import type {
  ComposeInclude,
  ComposeService,
  ResolvedService,
  SourcedValue,
} from '../syntax/compose/model.js';
import { parseCompose } from '../syntax/compose/parse.js';
import { fromEntries } from '../syntax/yaml/nodes.js';
import { dirName, joinPath } from '../text/paths.js';
import type { Snapshot } from './snapshot.js';

/** Where a set of compose files is read: what their relative paths and variables mean. */
export interface ComposeScope {
  readonly snapshot: Snapshot;
  /** Absolute folder that relative paths start from. */
  readonly folder: string;
  readonly lookup: Lookup;
  /** Files that are being included, outermost first: an include of one of them is a cycle. */
  readonly including: readonly string[];
}

type Services = ReadonlyMap<string, ResolvedService>;
type Values = ReadonlyMap<string, SourcedValue>;

/** The services of `files`, later files laid over earlier ones as Compose does; `include` and `extends` followed. */
export function resolveServices(scope: ComposeScope, files: readonly string[]): Map<string, ResolvedService> {
  const merged = new Map<string, ResolvedService>();
  for (const path of files) {
    const file = scope.snapshot.parse(path, parseCompose);
    for (const include of file?.includes ?? []) {
      for (const [name, service] of includedServices(scope, path, include)) {
        if (!merged.has(name)) merged.set(name, service);
      }
    }
    for (const service of file?.services ?? []) {
      if (service.removed.some((keys) => keys.length === 0)) merged.delete(service.name);
      if (isReset(service)) continue;
      merged.set(service.name, resolved(scope, path, service, merged.get(service.name), merged, []));
    }
  }
  return merged;
}

/** `service: !reset null`, of any value. */
function isReset({ node, removed }: ComposeService): boolean {
  return removed.some((keys) => keys.length === 0) && (node === undefined || node.tag === '!reset');
}

function includedServices(scope: ComposeScope, path: string, include: ComposeInclude): Services {
  const { snapshot, lookup, including } = scope;
  const known = (text: string): string | undefined => {
    const { value } = interpolate(text, lookup);
    return value === undefined || /^\w+:\/\//.test(value) ? undefined : joinPath(scope.folder, value);
  };
  const files = include.paths.flatMap((p) => known(p) ?? []);
  const [first] = files;
  if (first === undefined || including.includes(path)) return new Map();
  const folder = include.projectDirectory === undefined ? dirName(first) : known(include.projectDirectory);
  if (folder === undefined) return new Map();
  const envFiles =
    include.envFiles.length > 0
      ? include.envFiles.flatMap((p) => known(p) ?? [])
      : [joinPath(folder, '.env')];
  const variables = envFiles.map((env) => snapshot.parse(env, parseDotenv));
  const inner: Lookup = (name) =>
    lookup(name) ?? variables.map((v) => v?.get(name)).findLast((v) => v !== undefined);
  return resolveServices({ snapshot, folder, lookup: inner, including: [...including, path] }, files);
}

/** `service` of the file at `path`, with what it extends, over `below`. `trail` holds the services it is extended by. */
function resolved(
  scope: ComposeScope,
  path: string,
  service: ComposeService,
  below: ResolvedService | undefined,
  merged: Services,
  trail: readonly string[],
): ResolvedService {
  const base = extendedService(scope, path, service, merged, trail);
  const own = ownValues(scope, path, service);
  const extended = base === undefined ? own : overlaid(without(base.values, service), own);
  const values = below === undefined ? extended : overlaid(without(below.values, service), extended);
  const missing = base === undefined && service.values.has('extends');
  return {
    name: service.name,
    values,
    definedIn: [...(below?.definedIn ?? []), ...(base?.definedIn ?? []), { path, service }],
    incomplete: below?.incomplete === true || base?.incomplete === true || missing,
  };
}

/** What `extends` names; undefined without it, and where it cannot be found or goes round in a circle. */
function extendedService(
  scope: ComposeScope,
  path: string,
  service: ComposeService,
  merged: Services,
  trail: readonly string[],
): ResolvedService | undefined {
  const written = interpolateTree(service.values.get('extends')?.value, scope.lookup);
  const { file, service: name } = isPlain(written) ? written : { file: undefined, service: written };
  const here = `${path}\n${service.name}`;
  if (typeof name !== 'string' || trail.includes(here)) return undefined;
  if (file !== undefined && typeof file !== 'string') return undefined;
  const from = file === undefined ? path : joinPath(scope.folder, file);
  const found = scope.snapshot.parse(from, parseCompose)?.services.find((s) => s.name === name);
  if (found === undefined) return file === undefined ? merged.get(name) : undefined;
  // What another file writes means its own folder; `extends` in the same file keeps the project's.
  const folder = file === undefined ? scope.folder : dirName(from);
  return resolved({ ...scope, folder }, from, found, undefined, merged, [...trail, here]);
}

function ownValues(scope: ComposeScope, path: string, service: ComposeService): Map<string, SourcedValue> {
  const values = new Map<string, SourcedValue>();
  for (const [key, written] of service.values) {
    if (written.tag === 'reset' || key === 'extends') continue;
    const filled = interpolateTree(namesKept(written.value, scope.lookup), scope.lookup);
    const value = absolute(key, canonical(key, filled), scope.folder);
    values.set(key, { ...written, value, path, raw: written.value });
  }
  return values;
}

/** `["NAME=${X}"]` as `["NAME"]` where X is not known: the name still is, the value is taken from elsewhere. */
function namesKept(value: unknown, lookup: Lookup): unknown {
  if (isPlain(value) && Array.isArray(value.args)) return { ...value, args: namesKept(value.args, lookup) };
  if (!Array.isArray(value)) return value;
  return value.map((entry) => {
    const name = typeof entry === 'string' ? /^(\w+)=/.exec(entry)?.[1] : undefined;
    return name !== undefined && interpolate(String(entry), lookup).value === undefined ? name : entry;
  });
}

function overlaid(below: Values, own: Values): Map<string, SourcedValue> {
  const out = new Map(below);
  for (const [key, sourced] of own) {
    out.set(key, { ...sourced, value: mergeValue(key, out.get(key)?.value, sourced.value) });
  }
  return out;
}

/** `values` without what `!reset` and `!override` of `service` take away. */
function without(values: Values, service: ComposeService): Values {
  const out = new Map(values);
  for (const [key, ...inner] of service.removed) {
    const sourced = key === undefined ? undefined : out.get(key);
    if (key === undefined || sourced === undefined) continue;
    if (inner.length === 0) out.delete(key);
    else out.set(key, { ...sourced, value: withoutKey(sourced.value, inner) });
  }
  return out;
}

function withoutKey(value: unknown, [key, ...inner]: readonly string[]): unknown {
  if (key === undefined || !isPlain(value) || !(key in value)) return value;
  const kept = Object.entries(value).filter(([k]) => k !== key || inner.length > 0);
  return fromEntries(kept.map(([k, v]) => [k, k === key ? withoutKey(v, inner) : v]));
}

/** Paths that Compose makes absolute: build contexts and the sources of bind mounts. */
function absolute(key: string, value: unknown, folder: string): unknown {
  const join = (path: string): string => joinPath(folder, path);
  if (key === 'volumes' && Array.isArray(value)) {
    return value.map((v) =>
      isPlain(v) && v.type === 'bind' && typeof v.source === 'string' && isRelative(v.source)
        ? { ...v, source: join(v.source) }
        : v,
    );
  }
  if (key !== 'build' || !isPlain(value)) return value;
  const contexts = value.additional_contexts;
  const named = isPlain(contexts)
    ? {
        additional_contexts: fromEntries(Object.entries(contexts).map(([n, c]) => [n, contextPath(c, join)])),
      }
    : {};
  return { ...value, ...named, ...('context' in value ? { context: contextPath(value.context, join) } : {}) };
}

function isRelative(source: string): boolean {
  return !isBindSource(source) || source.startsWith('.');
}

function contextPath(context: unknown, join: (path: string) => string): unknown {
  return typeof context !== 'string' || isRemoteContext(context) || context.startsWith('~')
    ? context
    : join(context);
}

/** Whether a context is fetched (an address, an image, another service's image) instead of read from a folder. */
export function isRemoteContext(context: string): boolean {
  return /^(?:https?:\/\/|git:\/\/|git@|ssh:\/\/|github\.com\/|docker-image:\/\/|oci-layout:\/\/|service:)/.test(
    context,
  );
}
