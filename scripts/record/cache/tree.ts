import type { Tree, TreeValue } from '../case.js';
import type { Dice } from '../random/dice.js';

/** Files of which a random context has some. Their contents hold the salt, so that no pair meets another's cache. */
const usualFiles: readonly (readonly [string, TreeValue])[] = [
  ['package.json', '@S@ {"name":"x"}'],
  ['package-lock.json', '@S@ {"lock":1}'],
  ['a.txt', '@S@ a'],
  ['b.txt', '@S@ b'],
  ['run.sh', { content: '@S@ run', mode: '755' }],
  ['.env', '@S@ K=1'],
  ['src/a.js', '@S@ a.js'],
  ['src/b.js', '@S@ b.js'],
  ['src/c.md', '@S@ c.md'],
  ['src/lib/d.js', '@S@ d.js'],
  ['src/lib/deep/e.js', '@S@ e.js'],
  ['test/t.js', '@S@ t.js'],
  ['docs/guide.md', '@S@ guide'],
  ['docs/img/x.png', '@S@ png'],
  ['conf/app.json', '@S@ {"app":1}'],
  ['conf/db.json', '@S@ {"db":1}'],
  ['empty/', 'dir'],
  ['same/1.txt', '@S@ twin'],
  ['same/2.txt', '@S@ twin'],
  ['links/to-a', { symlink: '../a.txt' }],
  ['current', { symlink: 'src' }],
];

/** A small context; `a.txt` and `src/a.js` are always there. */
export function randomContext(dice: Dice): Tree {
  const share = 45 + dice.below(50);
  return Object.fromEntries(
    usualFiles.filter(([name]) => name === 'a.txt' || name === 'src/a.js' || dice.chance(share)),
  );
}

/** What COPY and mounts can name in a context: its files, its folders. */
export function pathsOf(tree: Tree): string[] {
  const paths = new Set<string>();
  for (const name of Object.keys(tree)) {
    const parts = name.replace(/\/$/, '').split('/');
    for (const at of parts.keys()) paths.add(parts.slice(0, at + 1).join('/'));
  }
  return [...paths].sort();
}

export function filesOf(tree: Tree): string[] {
  return Object.keys(tree).filter((name) => {
    const value = tree[name];
    return !name.endsWith('/') && !(typeof value === 'object' && value.symlink !== undefined);
  });
}

/** Lines of an ignore file, as people write them. */
export function ignoreLine(dice: Dice, tree: Tree): string {
  const path = dice.pick(pathsOf(tree));
  const name = path.split('/').at(-1) ?? path;
  const ending = /\.\w+$/.exec(name)?.[0] ?? '.md';
  return dice.weighted<() => string>([
    [30, () => path],
    [8, () => `${path}/`],
    [8, () => `/${path}`],
    [10, () => `**/${name}`],
    [10, () => `**/*${ending}`],
    [10, () => `*${ending}`],
    [6, () => `${path}/**`],
    [12, () => `!${path}`],
    [4, () => 'Dockerfile'],
    [3, () => '.dockerignore'],
    [2, () => '*'],
    [4, () => '# a comment'],
  ])();
}

export function randomIgnoreFile(dice: Dice, tree: Tree): string | undefined {
  if (dice.chance(45)) return undefined;
  const lines = Array.from({ length: 1 + dice.below(4) }, () => ignoreLine(dice, tree));
  if (dice.chance(35)) lines.push('Dockerfile*', '.dockerignore');
  return `${lines.join('\n')}\n`;
}
