import { type Entry, trackedSnapshot } from '../../server/src/project/snapshot.js';
import { compareBytes } from '../../server/src/text/order.js';
import { dirName } from '../../server/src/text/paths.js';

/** A snapshot of `files` (absolute path → text); everything else is known not to exist. */
export function snapshotOf(files: Record<string, string>) {
  const texts = new Map<string, string | null>(Object.entries(files));
  const folders = new Map<string, Entry[]>();
  for (const path of Object.keys(files)) {
    for (let child = path, folder = dirName(path); ; child = folder, folder = dirName(folder)) {
      const entries = folders.get(folder) ?? [];
      folders.set(folder, entries);
      const name = child.slice(child.lastIndexOf('/') + 1);
      if (name !== '' && !entries.some((e) => e.name === name)) {
        entries.push({ name, kind: child === path ? 'file' : 'folder' });
      }
      if (folder === '.' || dirName(folder) === folder) break;
    }
  }
  for (const entries of folders.values()) entries.sort((a, b) => compareBytes(a.name, b.name));
  return trackedSnapshot({ texts, folders, indexes: new Map() }, ['/p']);
}
