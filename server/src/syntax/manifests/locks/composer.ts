import { collector, type LockedPackages, object } from './model.js';

/** The packages of a composer.lock, their programs by file name; undefined where it is no JSON or locks none. */
export function composerLocked(text: string): LockedPackages | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  const root = object(json);
  if (!Array.isArray(root.packages)) return undefined;
  const into = collector();
  for (const [list, stays] of [
    [root.packages, true],
    [root['packages-dev'], false],
  ] as const) {
    for (const value of Array.isArray(list) ? list : []) {
      const { name, bin } = object(value);
      if (typeof name !== 'string') continue;
      into.add(name.toLowerCase(), stays);
      const files = (Array.isArray(bin) ? bin : [bin]).filter((b): b is string => typeof b === 'string');
      into.programs(name.toLowerCase(), Object.fromEntries(files.map((f) => [f.replace(/^.*\//, ''), f])));
    }
  }
  return into.done();
}
