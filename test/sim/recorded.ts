import type { BuildCase, OddEntry, TreeValue } from '../../scripts/record/case.js';
import { answer, ask, buildOf, type Simulated } from '../../scripts/record/simulated.js';
import { type Entry, type Facts, trackedSnapshot } from '../../server/src/project/snapshot.js';
import type { Tree, TreeStat } from '../../server/src/sim/context/tree.js';
import { compareBytes } from '../../server/src/text/order.js';
import { baseName, dirName, joinPath } from '../../server/src/text/paths.js';
import { type TreeItem, treeOf } from '../harness/tree.js';

/** Where the context of a recorded case lies; what it calls `../x` lies beside. */
const context = '/recorded/context';

function isOdd(value: TreeValue | undefined): value is OddEntry {
  return typeof value === 'object';
}

/** All that lies on the disk: the Dockerfile and the ignore file too. */
function allOf(one: BuildCase): Readonly<Record<string, TreeValue>> {
  return {
    ...one.tree,
    [one.dockerfileName ?? 'Dockerfile']: one.dockerfile,
    ...(one.ignore === undefined ? {} : { '.dockerignore': one.ignore }),
  };
}

/** Whether someone whom permissions hold back may do with an entry what `bit` of its owner says. */
function may({ bound }: BuildCase, entry: OddEntry, bit: number): boolean {
  return bound !== true || entry.mode === undefined || (Number.parseInt(entry.mode, 8) & bit) !== 0;
}

/** Bytes of a text in which U+DC80…U+DCFF stand for one each. */
function byteLength(text: string): number {
  return Buffer.byteLength(text.replace(/[\uDC80-\uDCFF]/gu, 'x'));
}

function kindOf(name: string, entry: OddEntry): 'file' | 'folder' | 'link' | 'fifo' | 'socket' | 'device' {
  if (name.endsWith('/')) return 'folder';
  if (entry.symlink !== undefined) return 'link';
  if (entry.fifo === true) return 'fifo';
  if (entry.socket === true) return 'socket';
  return entry.device === undefined ? 'file' : 'device';
}

const typeBits = { file: 0o100000, folder: 0o040000, link: 0o120000, fifo: 0o010000, socket: 0o140000 };

function typeOf(kind: ReturnType<typeof kindOf>, entry: OddEntry): number {
  if (kind === 'device') return entry.device?.startsWith('b') === true ? 0o060000 : 0o020000;
  return typeBits[kind];
}

/** What the recorder gives an entry that says nothing of its mode. */
const usualModes = { file: 0o644, folder: 0o755, link: 0o777, fifo: 0o644, socket: 0o755, device: 0o644 };

function statOf(one: BuildCase, name: string, entry: OddEntry): Partial<TreeStat> {
  const kind = kindOf(name, entry);
  const mode = entry.mode === undefined ? usualModes[kind] : Number.parseInt(entry.mode, 8);
  const [, major, minor] = entry.device?.split(' ').map(Number) ?? [];
  return {
    size: entry.content === undefined ? (entry.size ?? 0) : byteLength(entry.content),
    mode: typeOf(kind, entry) | mode,
    ...(entry.mtime === undefined ? {} : { mtime: entry.mtime * 1e9 }),
    ...(entry.symlink === undefined ? {} : { size: byteLength(entry.symlink), target: entry.symlink }),
    ...(entry.device === undefined ? {} : { device: { major: major ?? 0, minor: minor ?? 0 } }),
    ...(kind === 'file' && !may(one, entry, 0o400) ? { unreadable: true as const } : {}),
  };
}

function itemsOf(one: BuildCase): Readonly<Record<string, TreeItem>> {
  const all = allOf(one);
  const odd = (value: TreeValue | undefined): OddEntry => {
    if (isOdd(value)) return value;
    return typeof value === 'string' ? { content: value } : { size: value ?? 0 };
  };
  const shared = new Set(Object.values(all).flatMap((v) => (isOdd(v) && v.hardlink ? [v.hardlink] : [])));
  const items = Object.entries(all)
    .filter(([name]) => !name.startsWith('../'))
    .map(([name, value]): [string, TreeItem] => {
      const own = odd(value).hardlink ?? name;
      const entry = odd(all[own]);
      const inode = shared.has(own) ? { inode: own } : {};
      return [
        name.replace(/\/$/, ''),
        {
          kind: kindOf(name, entry),
          stat: { ...statOf(one, own, name.endsWith('/') && value === 'dir' ? {} : entry), ...inode },
        },
      ];
    });
  // Folders first, so that what is told of them is not taken from what lies in them.
  const depth = ([name, item]: [string, TreeItem]): number =>
    typeof item === 'object' && 'kind' in item && item.kind === 'folder' ? name.split('/').length : 1000;
  return Object.fromEntries(items.sort((a, b) => depth(a) - depth(b)));
}

/** The tree of a recorded case, in which nobody may read what the one who built it could not. */
export function recordedTree(one: BuildCase): Tree {
  const tree = treeOf(itemsOf(one));
  const closed = new Set(
    Object.entries(one.tree).flatMap(([name, value]) =>
      name.endsWith('/') && isOdd(value) && !(may(one, value, 0o400) && may(one, value, 0o100))
        ? [name.slice(0, -1)]
        : [],
    ),
  );
  const hasXattrs = Object.values(one.tree).some((value) => isOdd(value) && value.xattrs !== undefined);
  return {
    entries: (folder) => (closed.has(folder) ? undefined : tree.entries(folder)),
    ...(hasXattrs ? { xattrs: 'unreadable' as const } : {}),
  };
}

/** A text as it is read from the disk: bytes that are no UTF-8 are lost. */
function readable(text: string): string {
  return text.replace(/[\uDC80-\uDCFF]/gu, '\uFFFD');
}

/** What the server would read of it: texts and listings. */
function factsOf(one: BuildCase): Facts {
  const texts = new Map<string, string>();
  const folders = new Map<string, Map<string, Entry>>([[context, new Map()]]);
  const put = (path: string, entry: Omit<Entry, 'name'>): void => {
    const folder = dirName(path);
    if (folder !== path && !folders.has(folder)) {
      folders.set(folder, new Map());
      put(folder, { kind: 'folder' });
    }
    folders.get(folder)?.set(baseName(path), { name: baseName(path), ...entry });
  };
  for (const [name, value] of Object.entries(allOf(one))) {
    const path = joinPath(context, name);
    const kind = isOdd(value) ? kindOf(name, value) : name.endsWith('/') ? 'folder' : 'file';
    if (kind === 'folder') {
      if (!folders.has(path)) folders.set(path, new Map());
      put(path, { kind });
    } else if (isOdd(value) && value.symlink !== undefined)
      put(path, { kind: 'link', target: value.symlink });
    else put(path, { kind: kind === 'file' ? 'file' : 'other' });
    const text = isOdd(value) ? value.content : value;
    if (typeof text === 'string' && kind === 'file' && (!isOdd(value) || may(one, value, 0o400)))
      texts.set(path, readable(text));
  }
  const sorted = new Map(
    [...folders].map(([folder, entries]) => [
      folder,
      [...entries.values()].sort((a, b) => compareBytes(a.name, b.name)),
    ]),
  );
  return {
    texts: { get: (path) => texts.get(path) ?? null },
    folders: { get: (folder) => sorted.get(folder) ?? null },
    indexes: { get: () => [] },
  };
}

/** What the simulation says of a recorded case, without a disk. */
export function simulateRecorded(one: BuildCase): Simulated {
  const build = buildOf({ context, dockerfile: joinPath(context, one.dockerfileName ?? 'Dockerfile') }, one);
  const asked = ask(trackedSnapshot(factsOf(one), ['/recorded']), build);
  if (asked === undefined) throw new Error(`${one.id}: no Dockerfile`);
  return answer(asked, recordedTree(one));
}
