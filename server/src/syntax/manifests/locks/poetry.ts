import { normalizeName } from '../python.js';
import { parseTables, table, texts } from '../toml.js';
import { collector, type LockedPackages } from './model.js';

const DEVELOPMENT_ONLY =
  /^(dev|develop|development|tests?|testing|lint|linting|docs?|typing|types|ci|qa|format)$/;

/** Whether a group of dependencies is for development by its name. */
export function isDevelopmentGroup(name: string): boolean {
  return DEVELOPMENT_ONLY.test(name);
}

/** The packages of a poetry.lock that says to which groups they belong (Poetry 2, and before 1.5); undefined for others. */
export function poetryLocked(text: string): LockedPackages | undefined {
  const root = parseTables(text);
  const packages = (Array.isArray(root?.package) ? root.package : []).map(table);
  const into = collector();
  for (const { name, groups, category } of packages) {
    if (typeof name !== 'string') continue;
    const list = typeof category === 'string' ? [category] : texts(groups);
    if (list.length === 0) return undefined;
    into.add(
      normalizeName(name),
      list.some((g) => !isDevelopmentGroup(normalizeName(g))),
    );
  }
  return packages.length === 0 ? undefined : into.done();
}
