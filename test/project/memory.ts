import { classifyName } from '../../server/src/project/classify.js';
import type { ContextQuery } from '../../server/src/project/measure.js';
import {
  type Entry,
  type Facts,
  type TrackedSnapshot,
  trackedSnapshot,
} from '../../server/src/project/snapshot.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import { dirName, isInside, relativePath } from '../../server/src/text/paths.js';
import { type TreeItem, treeOf } from '../harness/tree.js';

export type Files = Readonly<Record<string, string | { readonly link: string }>>;

function treeBelow(files: Files, root: string): ReturnType<typeof treeOf> {
  return treeOf(
    Object.fromEntries(
      Object.entries(files)
        .filter(([path]) => isInside(root, path) && path !== `${root}/`)
        .map(([path, value]): [string, TreeItem] => {
          const name = relativePath(root, path) + (path.endsWith('/') ? '/' : '');
          return [name, typeof value === 'string' ? value : { symlink: value.link }];
        }),
    ),
  );
}

/** A snapshot over files held in memory: texts by path; `{ link }` for a symbolic link; a path ending in `/` for an empty folder. */
export function memory(files: Files, folders: readonly string[]): TrackedSnapshot {
  return trackedSnapshot(factsOf(files), folders);
}

/** All that is to be known of files held in memory. */
export function factsOf(files: Files): Facts {
  const listing = new Map<string, Map<string, Entry>>([['/', new Map()]]);
  const add = (path: string, entry: Omit<Entry, 'name'>): void => {
    for (let at = path, kind = entry; at !== '/'; at = dirName(at), kind = { kind: 'folder' }) {
      const parent = listing.get(dirName(at)) ?? new Map<string, Entry>();
      const name = at.slice(at.lastIndexOf('/') + 1);
      if (!parent.has(name)) parent.set(name, { name, ...kind });
      listing.set(dirName(at), parent);
      if (kind.kind === 'folder' && !listing.has(at)) listing.set(at, new Map());
    }
  };
  for (const [path, value] of Object.entries(files)) {
    if (path.endsWith('/')) add(path.slice(0, -1), { kind: 'folder' });
    else add(path, typeof value === 'string' ? { kind: 'file' } : { kind: 'link', target: value.link });
  }
  const known = Object.keys(files).filter(
    (path) => classifyName(path) !== undefined && typeof files[path] === 'string',
  );
  return {
    texts: {
      get: (path) => {
        const value = files[path];
        return typeof value === 'string' ? value : null;
      },
    },
    folders: {
      get: (folder) => {
        const entries = listing.get(folder);
        return entries === undefined
          ? null
          : [...entries.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
      },
    },
    indexes: {
      get: (root) => known.filter((path) => path.startsWith(root === '/' ? '/' : `${root}/`)).sort(),
    },
    measures: {
      get: (key) => {
        const query = JSON.parse(key) as ContextQuery;
        return listing.has(query.root) ? measureContext(query, treeBelow(files, query.root)) : null;
      },
    },
  };
}
