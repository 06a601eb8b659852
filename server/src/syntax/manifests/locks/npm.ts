import { type Collector, collector, keysOf, type LockedPackages, object } from './model.js';

/** Version 1 nests packages. */
function addNested(into: Collector, dependencies: unknown): void {
  for (const [name, value] of Object.entries(object(dependencies))) {
    const entry = object(value);
    into.add(name, entry.dev !== true);
    addNested(into, entry.dependencies);
  }
}

/** The packages of a package-lock.json or npm-shrinkwrap.json; undefined where it is no JSON object or locks none. */
export function npmLocked(text: string): LockedPackages | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  const { packages, dependencies } = object(json);
  const into = collector();
  if (packages === undefined && dependencies === undefined) return undefined;
  for (const [place, value] of Object.entries(object(packages))) {
    const entry = object(value);
    const at = place.lastIndexOf('node_modules/');
    if (at < 0) {
      const { dependencies: own, optionalDependencies, devDependencies } = entry;
      into.member({
        folder: place === '' ? '.' : place,
        development: keysOf(devDependencies),
        dependencies: keysOf(own, optionalDependencies),
      });
    }
    if (place === '') continue;
    const name = typeof entry.name === 'string' ? entry.name : place.slice(at < 0 ? 0 : at + 13);
    into.add(name, entry.dev !== true);
    into.programs(name, entry.bin);
  }
  if (packages === undefined) addNested(into, dependencies);
  return into.done();
}
