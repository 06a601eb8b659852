import { classifyName } from '../../server/src/project/classify.js';
import { historyOff } from '../../server/src/project/history.js';
import { type Entry, parseCache, type TrackedSnapshot } from '../../server/src/project/snapshot.js';
import { measureContext } from '../../server/src/sim/context/measure.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../../server/src/text/paths.js';
import { declaredAnswer, readHistory } from './historyBlock.js';
import { type TreeItem, treeOf } from './tree.js';

/** Where the files of a page lie in memory. */
export const root = '/project';

interface Node {
  readonly kind: Entry['kind'];
  readonly size?: number;
  readonly target?: string;
  /** Permission bits; those of a usual checkout where left out. */
  readonly mode?: number;
}

const units: Readonly<Record<string, number>> = { B: 1, kB: 1000, MB: 1_000_000, GB: 1_000_000_000 };

/** One line of `.tree`: `path  400kB`, `run.sh  1kB mode 755`, `folder/  2MB 300 files`, `link -> target`. Throws on anything else. */
function treeLine(line: string): readonly (readonly [string, Node])[] {
  const link = /^(\S+)\s+->\s+(\S+)$/.exec(line);
  if (link?.[1] !== undefined && link[2] !== undefined) return [[link[1], { kind: 'link', target: link[2] }]];
  const match =
    /^(\S+?)(\/)?(?:\s+(\d+(?:\.\d+)?)\s*(B|kB|MB|GB)(?:\s+(\d+)\s+files?)?)?(?:\s+mode\s+([0-7]{3,4}))?$/.exec(
      line,
    );
  const path = match?.[1];
  if (match === null || path === undefined) throw new Error(`.tree: "${line}" is no entry`);
  const size = Math.round(Number(match[3] ?? 0) * (units[match[4] ?? 'B'] ?? 1));
  const mode = match[6] === undefined ? {} : { mode: Number.parseInt(match[6], 8) };
  if (match[2] === undefined) return [[path, { kind: 'file', size, ...mode }]];
  const count = Number(match[5] ?? 0);
  const files = Array.from({ length: count }, (_, i): readonly [string, Node] => [
    `${path}/file-${String(i + 1).padStart(4, '0')}`,
    { kind: 'file', size: Math.floor(size / count) },
  ]);
  return [[path, { kind: 'folder' }], ...files];
}

function addWithParents(nodes: Map<string, Node>, path: string, node: Node): void {
  if (!nodes.has(path)) nodes.set(path, node);
  for (let at = dirName(path); !nodes.has(at); at = dirName(at)) nodes.set(at, { kind: 'folder' });
}

function itemOf({ kind, size = 0, target, mode }: Node): TreeItem {
  if (kind === 'link') return { symlink: target ?? '' };
  if (kind !== 'file') return { kind: 'fifo' };
  return mode === undefined ? size : { kind: 'file', stat: { size, mode: 0o100000 | mode } };
}

/** What lies below `top`, ready to be measured. */
function treeBelow(nodes: ReadonlyMap<string, Node>, top: string): ReturnType<typeof treeOf> {
  const inside = [...nodes].filter(([path]) => path !== top && isInside(top, path));
  return treeOf(
    Object.fromEntries(
      inside.map(([path, node]) => {
        const name = relativePath(top, path);
        return node.kind === 'folder' ? [`${name}/`, 0] : [name, itemOf(node)];
      }),
    ),
  );
}

/**
 * A snapshot that knows everything: the files given (path → text; relative paths lie below `/project`), those of `tree`
 * (declared by size, their text is empty), and nothing else. Contexts are measured in it as on a disk. `history` declares
 * commits (see `readHistory`); without it nobody asks git.
 */
export function memorySnapshot(
  files: Readonly<Record<string, string>>,
  tree = '',
  folders: readonly string[] = [root],
  history?: string,
): TrackedSnapshot {
  const texts = new Map(Object.entries(files).map(([path, text]) => [joinPath(root, path), text]));
  const nodes = new Map<string, Node>([['/', { kind: 'folder' }]]);
  for (const folder of folders) addWithParents(nodes, folder, { kind: 'folder' });
  for (const [path, text] of texts)
    addWithParents(nodes, path, { kind: 'file', size: Buffer.byteLength(text) });
  for (const line of tree.split('\n')) {
    if (line.trim() === '') continue;
    for (const [path, node] of treeLine(line.trim())) addWithParents(nodes, joinPath(root, path), node);
  }
  const declared = history === undefined ? undefined : readHistory(history, root);
  const cache = parseCache();
  const text = (path: string): string | undefined =>
    texts.get(path) ?? (nodes.get(path)?.kind === 'file' ? '' : undefined);
  return {
    folders,
    text,
    list(folder) {
      if (nodes.get(folder)?.kind !== 'folder') return undefined;
      const inside = [...nodes].filter(([path]) => path !== folder && dirName(path) === folder);
      const entries = inside.map(([path, { mode, ...node }]): Entry => ({ name: baseName(path), ...node }));
      return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    },
    index: (top) =>
      [...nodes]
        .filter(([path, n]) => n.kind === 'file' && isInside(top, path) && classifyName(path) !== undefined)
        .map(([path]) => path)
        .sort(),
    parse(path, parser) {
      const found = text(path);
      return found === undefined ? undefined : cache.get(path, found, parser);
    },
    history: (query) =>
      declared === undefined
        ? historyOff
        : declaredAnswer(declared, query, treeBelow(nodes, query.root), {
            files: [...nodes].flatMap(([path, { kind }]) => (kind === 'file' ? [path] : [])),
            ownFolder: nodes.get(joinPath(query.root, '.git'))?.kind === 'folder',
          }),
    measure: (query) =>
      nodes.get(query.root)?.kind === 'folder'
        ? measureContext(query, treeBelow(nodes, query.root))
        : undefined,
    wanted: () => [],
    misses: () => 0,
  };
}
