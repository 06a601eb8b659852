import type { BuildCase, TreeValue } from '../case.js';
import { type Dice, dice } from './dice.js';
import { randomDockerfile } from './dockerfile.js';
import { randomIgnore } from './ignore.js';
import { randomTree } from './tree.js';
import { sayable } from './words.js';

const dockerfileNames = [
  'app.Dockerfile',
  'Dockerfile.dev',
  'docker/Dockerfile',
  'foo/Dockerfile',
  'my docker/My File',
  '../outer.Dockerfile',
  '../Dockerfile',
  'dockerfile',
];

/** Where the ignore file stands and what it is: a file, a link to one, a folder. */
function ignoreEntries(roll: Dice, name: string, text: string): Record<string, TreeValue> {
  return roll.weighted<Record<string, TreeValue>>([
    [82, { [name]: text }],
    [5, { 'ignore.txt': text, [name]: { symlink: name.includes('/') ? '../ignore.txt' : 'ignore.txt' } }],
    [2, { 'ignore.txt': text, [name]: { symlink: '/ignore.txt' } }],
    [2, { 'in/ignore.txt': text, [name]: { symlink: 'in/ignore.txt' } }],
    [1, { '../ignore.txt': text, [name]: { symlink: '../ignore.txt' } }],
    [1, { [name]: { symlink: 'nowhere' } }],
    [1, { [name]: { symlink: name.split('/').at(-1) ?? name } }],
    [1, { chain1: { symlink: 'chain2' }, chain2: text, [name]: { symlink: 'chain1' } }],
    [1, { [`${name}/`]: 'dir' }],
    [1, { [name]: { content: text, mode: '0' } }],
  ]);
}

/** The case of number `index` of the run with `seed`: always the same. */
export function randomCase(seed: number, index: number): BuildCase {
  const roll = dice(seed, index);
  const made = randomTree(roll);
  const dockerfileName = roll.chance(25) ? roll.pick(dockerfileNames) : 'Dockerfile';
  // Dockerfiles and ignore files are texts: of what is none they can say only so much.
  const paths = [...made.paths.map(sayable), 'Dockerfile', '.dockerignore'];
  const dockerfile = randomDockerfile(roll, roll.chance(8) ? { ...made, paths } : made);
  const root = roll.chance(60) ? ignoreEntries(roll, '.dockerignore', randomIgnore(roll, paths)) : {};
  const own = roll.chance(dockerfileName === 'Dockerfile' ? 6 : 40)
    ? ignoreEntries(roll, `${dockerfileName}.dockerignore`, randomIgnore(roll, paths))
    : {};
  const taken = new Set([...Object.keys({ ...root, ...own }), dockerfileName]);
  const kept = Object.entries(made.tree).filter(([name]) => !clashes(name, taken));
  const tree = Object.fromEntries(kept.filter(([, value]) => !isLonely(value, new Map(kept))));
  return {
    id: `${seed}-${index}`,
    tree: { ...tree, ...root, ...own },
    dockerfile: dockerfile.text,
    ...(dockerfileName === 'Dockerfile' ? {} : { dockerfileName }),
    ...(dockerfile.target === undefined ? {} : { target: dockerfile.target }),
    ...(Object.keys(dockerfile.args).length > 0 ? { args: dockerfile.args } : {}),
  };
}

/** Whether something stands where one of `taken` is to stand, or where its folder is. */
function clashes(name: string, taken: ReadonlySet<string>): boolean {
  const plain = name.replace(/\/$/, '');
  return [...taken].some((t) => t === plain || t.startsWith(`${plain}/`) || plain.startsWith(`${t}/`));
}

/** Whether it is another name of a file that is not there, or of one that is itself such a name. */
function isLonely(value: TreeValue, tree: ReadonlyMap<string, TreeValue>): boolean {
  if (typeof value !== 'object' || value.hardlink === undefined) return false;
  const file = tree.get(value.hardlink);
  return file === undefined || (typeof file === 'object' && (file.hardlink ?? file.symlink) !== undefined);
}
