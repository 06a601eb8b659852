import { normalizeName } from './python.js';
import { parseTables, table } from './toml.js';

/** What Plimsoll needs of a Pipfile or Pipfile.lock. */
export interface Pipfile {
  /** Names by category: `packages` and `dev-packages` of a Pipfile, `default` and `develop` of a lock file. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
  /** Folders and archives, as written. */
  readonly paths: readonly string[];
  /** Runs a script of the project, or names an index on the disk. */
  readonly localIndexes: readonly string[];
}

const NO_CATEGORY = /^(source|requires|scripts|pipenv|_meta|pipfile|build-system)$/;

function read(root: Readonly<Record<string, unknown>>, sources: unknown): Pipfile {
  const categories: Record<string, readonly string[]> = {};
  const paths: string[] = [];
  for (const [category, value] of Object.entries(root)) {
    if (NO_CATEGORY.test(category)) continue;
    const packages = table(value);
    categories[category] = Object.keys(packages).map(normalizeName);
    for (const one of Object.values(packages)) {
      const { path, file } = table(one);
      if (typeof path === 'string') paths.push(path);
      if (typeof file === 'string' && !/^[a-z][a-z0-9+.-]*:/i.test(file)) paths.push(file);
      if (typeof file === 'string' && /^file:/i.test(file)) paths.push(file.replace(/^file:(\/\/)?/i, ''));
    }
  }
  const localIndexes = (Array.isArray(sources) ? sources : [])
    .map((source) => table(source).url)
    .filter((url): url is string => typeof url === 'string' && !/^(https?:|\$)/i.test(url));
  return { categories, paths, localIndexes };
}

/** A Pipfile; undefined where it is empty or no TOML. */
export function parsePipfile(text: string): Pipfile | undefined {
  const root = parseTables(text);
  return root && read(root, root.source);
}

/** A Pipfile.lock; undefined where it can't be read. */
export function parsePipfileLock(text: string): Pipfile | undefined {
  try {
    const root = table(JSON.parse(text.replace(/^\uFEFF/, '')));
    return read(root, table(root._meta).sources);
  } catch {
    return undefined;
  }
}
