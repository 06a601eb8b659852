import type { OddEntry, TreeValue } from '../case.js';
import type { Dice } from './dice.js';

const plainNames =
  'a b ab abc foo bar src lib docs x.js y.txt b.md .env .git README.md node_modules c^d d-e 1 Makefile'.split(
    ' ',
  );

const oddNames = [
  'a b',
  ' a',
  'a ',
  'new\nline',
  'tab\there',
  'café',
  'cafe\u0301',
  '😀.png',
  '日本',
  '-x',
  '--help',
  '#x',
  '!x',
  '[',
  '[a]',
  'a[0].txt',
  '*',
  'a*b',
  '?',
  '\\',
  'a\\b',
  '"q"',
  "it's",
  '$x',
  '${a}',
  '`b`',
  '{a,b}',
  '^a',
  '..a',
  '...',
  '~',
  'a:b',
  'C:',
  'a,b',
  'a=b',
  '%41',
  '\x7f',
  '\u00a0',
  '\ufeffbom',
  'l'.repeat(127),
  'm'.repeat(255),
  'é'.repeat(64),
];

/** Bytes that are no UTF-8 (see case.ts). */
const badNames = ['\udcff', 'a\udc80b', '\udcc3(', '\udce2\udc82.txt'];

const sizes = [0, 1, 2, 5, 99, 126, 127, 128, 255, 16_383, 16_384];
const largeSizes = [32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 100_000, 2_097_151, 2_097_152];
const modes = ['0', '400', '600', '644', '664', '700', '755', '777', '1777', '2755', '4755', '6711', '7777'];
const times = [
  0, -1, -0.5, 0.000_001, 0.5, 1, 1.5, 31_536_000, 72_057_594.04, 72_057_593.9, -1_000_000_000, 1_000_000_000,
  4_102_444_800, 9_223_372_035, 10_000_000_000, 15_000_000_000,
];

export interface RandomTree {
  readonly tree: Readonly<Record<string, TreeValue>>;
  /** Paths of everything in it, folders without `/`. */
  readonly paths: readonly string[];
  readonly folders: readonly string[];
}

interface Draft {
  readonly dice: Dice;
  readonly tree: Map<string, TreeValue>;
  readonly folders: string[];
  readonly odd: boolean;
}

function nameIn({ dice, odd }: Draft): string {
  if (odd && dice.chance(35)) return dice.pick(oddNames);
  if (odd && dice.chance(3)) return dice.pick(badNames);
  return dice.pick(plainNames);
}

/** Where a link leads, as written in a link that lies in `folder`. */
function linkTarget({ dice, tree, folders }: Draft, folder: string): string {
  const known = [...tree.keys(), ...folders].filter((p) => p !== '');
  const any = known.length > 0 ? dice.pick(known) : 'a';
  const up = folder === '' ? '' : '../'.repeat(folder.split('/').length);
  return dice.weighted([
    [30, up + any],
    [15, `/${any}`],
    [8, any],
    [5, `./${any}`],
    [4, `${up}../${any}`],
    [4, '.'],
    [4, '..'],
    [3, '/'],
    [3, `../../../../${any}`],
    [4, 'nowhere'],
    [3, '/no/where'],
    [3, `${any}/`],
    [3, `${up}${any}/../${dice.pick(plainNames)}`],
    [3, `${any}/${dice.pick(plainNames)}`],
    [2, dice.pick(plainNames)],
    [2, '*'],
    [2, 'f*'],
    [1, '/proc/self/root'],
    [1, '/etc/hostname'],
  ]);
}

function sized(draft: Draft): TreeValue {
  const { dice } = draft;
  const size = dice.chance(6) ? dice.pick(largeSizes) : dice.chance(15) ? dice.pick(sizes) : dice.below(9);
  if (dice.chance(70)) return size;
  const entry: OddEntry = {
    size,
    ...(dice.chance(10) ? { sparse: true } : {}),
    ...(dice.chance(50) ? { mode: dice.pick(modes) } : {}),
    ...(dice.chance(50) ? { mtime: dice.pick(times) } : {}),
  };
  return entry;
}

function entryIn(draft: Draft, folder: string): TreeValue {
  const { dice, tree } = draft;
  const files = [...tree].filter(
    ([, v]) => typeof v === 'number' || (typeof v === 'object' && v.symlink === undefined),
  );
  const hard = files.filter(([name]) => !name.endsWith('/')).map(([name]) => name);
  return dice.weighted<() => TreeValue>([
    [75, () => sized(draft)],
    [
      16,
      () => ({ symlink: linkTarget(draft, folder), ...(dice.chance(15) ? { mtime: dice.pick(times) } : {}) }),
    ],
    [hard.length > 0 ? 5 : 0, () => ({ hardlink: dice.pick(hard) })],
    [draft.odd ? 2 : 0.3, () => ({ fifo: true, ...(dice.chance(30) ? { mode: dice.pick(modes) } : {}) })],
    [draft.odd ? 2 : 0.3, () => ({ socket: true })],
  ])();
}

function fill(draft: Draft, folder: string, depth: number): void {
  const { dice, tree, folders } = draft;
  const count = dice.below(depth === 0 ? 9 : 6) + (depth === 0 ? 1 : 0);
  for (let i = 0; i < count; i++) {
    const name = nameIn(draft);
    const at = folder === '' ? name : `${folder}/${name}`;
    if (tree.has(at) || tree.has(`${at}/`) || folders.includes(at) || /^c?\.?dockerignore$/i.test(name))
      continue;
    if (depth < 4 && dice.chance(depth === 0 ? 45 : 30)) {
      const before = tree.size;
      folders.push(at);
      fill(draft, at, depth + 1);
      if (tree.size === before) tree.set(`${at}/`, emptyFolder(dice));
    } else {
      tree.set(at, entryIn(draft, folder));
    }
  }
}

function emptyFolder(dice: Dice): TreeValue {
  if (!dice.chance(25)) return 'dir';
  return { mode: dice.pick(modes), ...(dice.chance(50) ? { mtime: dice.pick(times) } : {}) };
}

/** Enough small files that the numbers of entries take two bytes. */
function crowd({ dice, tree, folders }: Draft): void {
  folders.push('crowd');
  const count = 100 + dice.below(150);
  for (let i = 0; i < count; i++) tree.set(`crowd/${i}`, dice.below(3));
}

/** A tree of up to a few dozen entries of every kind. */
export function randomTree(dice: Dice): RandomTree {
  const draft: Draft = { dice, tree: new Map(), folders: [''], odd: dice.chance(30) };
  fill(draft, '', 0);
  if (dice.chance(4)) crowd(draft);
  const folders = draft.folders.filter((f) => f !== '');
  for (const folder of folders) {
    if (dice.chance(6)) draft.tree.set(`${folder}/`, emptyFolder(dice));
  }
  const paths = [...new Set([...draft.tree.keys()].map((p) => p.replace(/\/$/, '')).concat(folders))];
  return { tree: Object.fromEntries(draft.tree), paths, folders };
}
