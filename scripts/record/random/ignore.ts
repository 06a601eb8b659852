import type { Dice } from './dice.js';
import { decorated, wildPath } from './patterns.js';

function pattern(dice: Dice, paths: readonly string[]): string {
  const path = paths.length > 0 ? dice.pick(paths) : 'a';
  const name = path.split('/').at(-1) ?? path;
  return dice.weighted<() => string>([
    [30, () => decorated(dice, path)],
    [25, () => wildPath(dice, path)],
    [8, () => `**/${name}`],
    [4, () => `**/${wildPath(dice, name)}`],
    [4, () => `${path}/**`],
    [2, () => `${path}/*`],
    [3, () => `**/*${/\.\w+$/.exec(name)?.[0] ?? ''}`],
    [6, () => '*'],
    [3, () => '**'],
    [2, () => '.*'],
    [2, () => `*${/\.\w+$/.exec(name)?.[0] ?? '.md'}`],
    [2, () => 'Dockerfile*'],
    [1, () => '.dockerignore'],
    [1, () => dice.pick(['.', '/', '..', '../a', './', '/.', '//'])],
    [1, () => `\\${path}`],
    [1, () => path.replace(/[*?[\]\\]/g, '\\$&')],
    [1, () => path.toUpperCase()],
    [1, () => dice.pick(['[', '[]', '[a-', 'a\\', '[^]', '[]a]', '[z-a]', '\\x', '[a-\\'])],
  ])();
}

function line(dice: Dice, paths: readonly string[]): string {
  const one = pattern(dice, paths);
  return dice.weighted([
    [66, one],
    [24, `!${one}`],
    [2, ` ${one}  `],
    [1, `! ${one}`],
    [1, `!/${one}`],
    [1, `\t${one}\t`],
    [1, `${one} # no comment`],
    [2, '# a comment'],
    [1, ' # a pattern'],
    [2, ''],
    [1, '   '],
    [0.3, '!'],
    [0.3, '!/'],
    [0.3, '!!a'],
    [0.5, '\\#x'],
    [0.5, '\\!x'],
    [0.5, '#x'],
    [0.5, 'caf?'],
    [0.5, '\u00a0a'],
  ]);
}

/** The text of an ignore file that is about some of `paths`. */
export function randomIgnore(dice: Dice, paths: readonly string[]): string {
  if (dice.chance(4)) return dice.pick(['', '\n', '# nothing\n', '\ufeff', '\ufeff# bom\n', ' ']);
  const count = 1 + dice.below(dice.chance(20) ? 9 : 4);
  const lines = Array.from({ length: count }, () => line(dice, paths));
  const end = dice.chance(8) ? '\r\n' : '\n';
  const text = lines.join(end) + (dice.chance(85) ? end : '');
  return dice.chance(3) ? `\ufeff${text}` : text;
}
