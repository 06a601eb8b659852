import { getNodeValue } from 'jsonc-parser';
import { readJson } from '../../json.js';
import { collector, keysOf, type LockedPackages, object, reachable } from './model.js';

/** What a package of the lock depends on, in its third or second place. */
function detailsOf(entry: unknown): Readonly<Record<string, unknown>> {
  const parts: readonly unknown[] = Array.isArray(entry) ? entry : [];
  return object(parts.find((part) => typeof part === 'object' && part !== null && !Array.isArray(part)));
}

/** The packages of a bun.lock; undefined where it is no JSON object or locks none. */
export function bunLocked(text: string): LockedPackages | undefined {
  const { root } = readJson(text);
  if (root?.type !== 'object') return undefined;
  const json = object(getNodeValue(root));
  const packages = object(json.packages);
  const workspaces = Object.entries(object(json.workspaces));
  if (workspaces.length === 0) return undefined;
  // `a/b` is the b that a alone sees; a scope's slash is part of a name.
  const resolve = (from: string, name: string): string | undefined => {
    for (let at = from; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
      if (packages[`${at}/${name}`] !== undefined) return `${at}/${name}`;
    }
    return packages[name] === undefined ? undefined : name;
  };
  const roots = workspaces.flatMap(([, value]) => {
    const { name, dependencies, optionalDependencies, peerDependencies } = object(value);
    const from = typeof name === 'string' ? name : '';
    return keysOf(dependencies, optionalDependencies, peerDependencies).flatMap(
      (n) => resolve(from, n) ?? [],
    );
  });
  const found = reachable(roots, (key) => {
    const { dependencies, optionalDependencies, peerDependencies } = detailsOf(packages[key]);
    return keysOf(dependencies, optionalDependencies, peerDependencies).flatMap((n) => resolve(key, n) ?? []);
  });
  const into = collector();
  for (const [key, entry] of Object.entries(packages)) {
    const id: unknown = Array.isArray(entry) ? entry[0] : undefined;
    const name = typeof id === 'string' ? id.slice(0, id.indexOf('@', 1)) : key;
    into.add(name, found.has(key));
    into.programs(name, detailsOf(entry).bin);
  }
  for (const [folder, value] of workspaces) {
    const { dependencies, optionalDependencies, devDependencies } = object(value);
    into.member({
      folder: folder === '' ? '.' : folder,
      development: keysOf(devDependencies),
      dependencies: keysOf(dependencies, optionalDependencies),
    });
  }
  return into.done();
}
