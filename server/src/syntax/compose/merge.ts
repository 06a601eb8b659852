import { normalizePath } from '../../text/paths.js';
import { fromEntries } from '../yaml/nodes.js';

type Plain = Record<string, unknown>;

/** Whether `value` is a map. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys whose lists `K=V` and maps mean the same; Compose merges them by name. */
const mappings = new Set(['environment', 'labels', 'annotations', 'sysctls', 'args', 'additional_contexts']);
/** Keys that take one value or a list. */
const lists = new Set([
  'tmpfs',
  'env_file',
  'dns',
  'dns_search',
  'dns_opt',
  'label_file',
  'extra_hosts',
  'profiles',
]);
/** Keys in which a later file's value stands alone. */
const replaced = new Set(['command', 'entrypoint', 'image', 'test']);

/** One value of a service in the form in which Compose merges: short forms written out as far as merging needs it. */
export function canonical(key: string, value: unknown): unknown {
  if (mappings.has(key)) return mapping(value);
  if (lists.has(key)) return value === null || Array.isArray(value) ? value : [value];
  if (key === 'build') return canonicalBuild(value);
  if (key === 'volumes' && Array.isArray(value)) return value.map(canonicalVolume);
  if ((key === 'depends_on' || key === 'networks') && Array.isArray(value)) {
    return fromEntries(value.map((name) => [String(name), null]));
  }
  return value;
}

function canonicalBuild(value: unknown): unknown {
  if (!isPlain(value)) return value === null ? null : { context: value };
  return fromEntries(Object.entries(value).map(([key, inner]) => [key, canonical(key, inner)]));
}

/** `["A=1", "B"]` as `{A: "1", B: null}`; an entry that is not known (undefined) is left out. */
function mapping(value: unknown): unknown {
  if (isPlain(value)) {
    return fromEntries(
      Object.entries(value).map(([k, v]) => [
        k,
        typeof v === 'number' || typeof v === 'boolean' ? String(v) : v,
      ]),
    );
  }
  if (!Array.isArray(value)) return value;
  return fromEntries(
    value
      .filter((entry) => typeof entry === 'string')
      .map((entry) => {
        const at = entry.indexOf('=');
        return at < 0 ? [entry, null] : [entry.slice(0, at), entry.slice(at + 1)];
      }),
  );
}

/** A volume in the long form: `{type, source, target, …}`; Compose 2 drops a short form's `cached` and the like. A short form that is not known stays undefined. */
export function canonicalVolume(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const { source, target: written, options } = splitVolume(value);
  const target = written === undefined ? undefined : normalizePath(written);
  if (target === undefined) return { type: 'volume', target: source };
  const type = isBindSource(source) ? 'bind' : 'volume';
  return {
    type,
    source,
    target,
    ...(options.includes('ro') ? { read_only: true } : {}),
  };
}

/** A short volume at its colons; a drive letter's colon does not count. Without a target it is an anonymous volume. */
export function splitVolume(value: string): {
  readonly source: string;
  readonly target: string | undefined;
  readonly options: readonly string[];
} {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < value.length; i++) {
    if (value.charAt(i) !== ':') continue;
    const drive = i - from === 1 && /[a-z]/i.test(value.charAt(from)) && /[\\/]/.test(value.charAt(i + 1));
    if (drive) continue;
    parts.push(value.slice(from, i));
    from = i + 1;
  }
  parts.push(value.slice(from));
  const [source = '', target, options = ''] = parts;
  return { source, target, options: options.split(',').filter((o) => o !== '') };
}

/** Whether the source of a short volume is a path, as Compose tells it from a volume's name. */
export function isBindSource(source: string): boolean {
  return /^(?:[./~\\]|[a-z]:[\\/])/i.test(source);
}

/** `over` laid on `base` as Compose merges override files and `extends`: both canonical. */
export function mergeValue(key: string, base: unknown, over: unknown): unknown {
  if (base === undefined || base === null) return over;
  if (over === undefined || replaced.has(key)) return over;
  if (over === null) return base;
  if (isPlain(base) && isPlain(over)) return mergeMaps(base, over);
  if (Array.isArray(base) && Array.isArray(over)) return mergeLists(key, base, over);
  return over;
}

function mergeMaps(base: Plain, over: Plain): Plain {
  const out = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over))
    out.set(key, out.has(key) ? mergeValue(key, out.get(key), value) : value);
  return fromEntries(out);
}

/** Appended; entries that name the same thing (a volume's target, say) are replaced in their place. */
function mergeLists(key: string, base: readonly unknown[], over: readonly unknown[]): unknown[] {
  const out = [...base];
  for (const item of over) {
    const id = identity(key, item);
    const at = id === undefined ? -1 : out.findIndex((other) => identity(key, other) === id);
    if (at < 0) out.push(item);
    else out[at] = item;
  }
  return out;
}

function identity(key: string, item: unknown): string | undefined {
  if (item === undefined) return undefined;
  if (isPlain(item)) {
    const named = key === 'volumes' ? item.target : (item.target ?? item.source ?? item.path);
    return typeof named === 'string' ? named : undefined;
  }
  const text = String(item);
  return key === 'tmpfs' ? text.split(':')[0] : text;
}
