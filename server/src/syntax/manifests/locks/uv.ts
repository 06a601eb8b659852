import { parse as parseToml } from 'smol-toml';
import { normalizeName } from '../python.js';
import { collector, type LockedPackages, object, reachable } from './model.js';

function names(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).flatMap((item) => {
    const { name } = object(item);
    return typeof name === 'string' ? [normalizeName(name)] : [];
  });
}

function lists(value: unknown): string[] {
  return Object.values(object(value)).flatMap(names);
}

/**
 * The packages of a uv.lock; undefined where it is no TOML or locks none. What the project and its workspace members
 * depend on counts as run-time, extras included, since any of them may be installed.
 */
export function uvLocked(text: string): LockedPackages | undefined {
  let root: Readonly<Record<string, unknown>>;
  try {
    root = parseToml(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  const packages = (Array.isArray(root.package) ? root.package : []).map(object);
  if (packages.length === 0) return undefined;
  const next = new Map<string, string[]>();
  const own: string[] = [];
  for (const entry of packages) {
    const name = typeof entry.name === 'string' ? normalizeName(entry.name) : '';
    const leads = [...names(entry.dependencies), ...lists(entry['optional-dependencies'])];
    next.set(name, [...(next.get(name) ?? []), ...leads]);
    const source = object(entry.source);
    if ('virtual' in source || 'editable' in source || 'directory' in source) own.push(name);
  }
  const runtime = reachable(own, (name) => next.get(name) ?? []);
  const into = collector();
  for (const name of next.keys()) into.add(name, runtime.has(name));
  return into.done();
}
