import type { Measurer, MeasureWish } from '../../server/src/node/facts.js';
import type { DiskFs } from '../../server/src/node/fs.js';
import type { ContextQuery } from '../../server/src/project/measure.js';
import type { Entry } from '../../server/src/project/snapshot.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import { isInside, relativePath } from '../../server/src/text/paths.js';
import { treeOf } from './tree.js';

/** What lies on a disk in memory: core path → text, or bytes of a file whose text is of no interest. */
export type MemoryFiles = ReadonlyMap<string, string | number>;

/** A disk in memory. The map may be changed while the server runs. */
export function memoryDisk(files: MemoryFiles): DiskFs {
  return {
    async readText(path) {
      const text = files.get(path);
      if (text === undefined) return { unread: 'missing' };
      return { text: typeof text === 'string' ? text : '' };
    },
    async list(folder) {
      const prefix = folder.endsWith('/') ? folder : `${folder}/`;
      const entries = new Map<string, Entry>();
      for (const path of files.keys()) {
        if (!path.startsWith(prefix)) continue;
        const [name = '', ...more] = path.slice(prefix.length).split('/');
        entries.set(name, { name, kind: more.length > 0 ? 'folder' : 'file' });
      }
      return entries.size === 0 ? null : [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/** Called before a context is measured; may delay it. */
export type BeforeMeasure = (query: ContextQuery, wish: MeasureWish) => Promise<void>;

/** Measures contexts of a disk in memory. Nothing is remembered, so every measurement is fresh. */
export function memoryMeasurer(files: MemoryFiles, before: BeforeMeasure = async () => {}): Measurer {
  return {
    async measure(query, wish = {}) {
      const { signal } = wish;
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
      await Promise.race([before(query, wish), aborted]);
      signal?.throwIfAborted();
      const inside = [...files].filter(([path]) => path !== query.root && isInside(query.root, path));
      if (inside.length === 0) return null;
      const items = inside.map(([path, item]) => [relativePath(query.root, path), item] as const);
      return measureContext(query, treeOf(Object.fromEntries(items)));
    },
    changed() {},
    clear() {},
    async close() {},
  };
}
