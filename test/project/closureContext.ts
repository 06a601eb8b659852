import type { ContextFiles } from '../../server/src/project/closures/model.js';
import type { Entry } from '../../server/src/project/snapshot.js';

/** A build context that holds `files` (path → text), all folders listed; `ignored` are kept out by its ignore file. */
export function folderContext(
  files: Readonly<Record<string, string>>,
  ignored: readonly string[] = [],
): ContextFiles {
  const folders = new Map<string, Map<string, Entry>>([['.', new Map()]]);
  for (const path of Object.keys(files)) {
    const parts = path.split('/');
    parts.forEach((name, i) => {
      const folder = parts.slice(0, i).join('/') || '.';
      const kind = i === parts.length - 1 ? 'file' : 'folder';
      const entries = folders.get(folder) ?? new Map<string, Entry>();
      folders.set(folder, entries.set(name, { name, kind }));
    });
  }
  return {
    exists: (path) => Object.hasOwn(files, path) || folders.has(path),
    isIgnored: (path) => ignored.includes(path),
    text: (path) => files[path],
    entries: (folder) => {
      const found = folders.get(folder);
      return found && [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
