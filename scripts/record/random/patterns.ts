import type { Dice } from './dice.js';

/** One part of a path with wildcards in it that may or may not still match. */
function wildPart(dice: Dice, part: string): string {
  const chars = Array.from(part);
  const at = dice.below(Math.max(1, chars.length));
  const char = chars[at] ?? 'a';
  const put = (text: string): string => [...chars.slice(0, at), text, ...chars.slice(at + 1)].join('');
  return dice.weighted([
    [20, '*'],
    [10, put('?')],
    [10, `${chars.slice(0, at).join('')}*`],
    [10, `*${chars.slice(at).join('')}`],
    [6, put(`[${/[\w.]/.test(char) ? char : 'a'}z]`)],
    [4, put('[a-c]')],
    [4, put('[^q]')],
    [2, put('[!a]')],
    [2, put('[^a-z]')],
    [3, put(`\\${char}`)],
    [6, '**'],
    [3, `**${chars.slice(at).join('')}`],
    [3, `${chars.slice(0, at).join('')}**`],
    [2, put('**')],
    [2, `${part}*`],
    [2, '*.*'],
    [1, put('[[]')],
    [1, put('[*]')],
    [1, put('[]-a]')],
    [0.5, put('[')],
    [0.5, `${part}\\`],
    [0.5, put('\\d')],
    [0.5, put('[z-a]')],
  ]);
}

/** `path` with wildcards in some of its parts. */
export function wildPath(dice: Dice, path: string): string {
  const parts = path.split('/');
  const at = dice.below(parts.length);
  const wild = parts.map((part, i) => (i === at || dice.chance(15) ? wildPart(dice, part) : part));
  const more = dice.weighted<readonly string[]>([
    [70, wild],
    [8, ['**', ...wild]],
    [6, [...wild, '*']],
    [5, [...wild, '**']],
    [3, [...wild.slice(0, at), '**', ...wild.slice(at)]],
    [3, ['*', ...wild.slice(1)]],
    [3, wild.slice(0, at + 1)],
    [2, [...wild, dice.pick(['a', 'x.js', '*'])]],
  ]);
  return more.join('/');
}

/** `path` in some other words for the same thing. */
export function decorated(dice: Dice, path: string): string {
  return dice.weighted([
    [50, path],
    [10, `./${path}`],
    [8, `/${path}`],
    [10, `${path}/`],
    [2, `${path}//`],
    [3, `${path}/.`],
    [3, `../${path}`],
    [2, `x/../${path}`],
    [2, path.replace('/', '//')],
    [2, path.replace('/', '/./')],
    [1, `//${path}`],
    [1, `./././${path}`],
    [1, `${path}/../${path.split('/').at(-1)}`],
    [1, `../../${path}`],
  ]);
}
