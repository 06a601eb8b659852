import type { Dice } from './dice.js';
import { decorated, wildPath } from './patterns.js';
import type { RandomTree } from './tree.js';

/** Variables of a stage: what the sources may be written with. */
export type Variables = ReadonlyMap<string, string>;

/** Words in which a variable stands for a part of `text`; `text` itself where none can. */
function withVariable(dice: Dice, text: string, variables: Variables): string {
  const parts = text.split('/');
  const at = dice.below(parts.length);
  const part = parts[at] ?? '';
  const same = [...variables].filter(([, value]) => value === part).map(([name]) => name);
  const known = [...variables.keys()];
  const word = (name: string, set: boolean): string =>
    set
      ? dice.pick([
          `$${name}`,
          `\${${name}}`,
          `\${${name}:-zz}`,
          `\${${name}-zz}`,
          `\${${name}:+${part}}`,
          `\${${name}+${part}}`,
          `\${${name}:?gone}`,
          `\${none:-$${name}}`,
          `\${none:-\${${name}}}`,
          `"$${name}"`,
          `\${${name}%zz}`,
          `\${${name}#zz}`,
          `\${${name}%%zz*}`,
          `\${${name}##*zz}`,
          `\${${name}/zz/y}`,
          `\${${name}//zz/y}`,
        ])
      : dice.pick([
          `\${${name}:-${part}}`,
          `\${${name}-${part}}`,
          `\${${name}:+${part}}`,
          `${part}\${${name}}`,
          `${part}$${name}`,
          `\${${name}:+zz}${part}`,
          `\${${name}%?}${part}`,
          `\${${name}#*}${part}`,
        ]);
  const plain = /^[\w.-]*$/.test(part) && part !== '';
  if (!plain) return text;
  const put = (value: string): string => parts.map((p, i) => (i === at ? value : p)).join('/');
  if (same.length > 0) return put(word(dice.pick(same), true));
  return put(word(known.length > 0 && dice.chance(60) ? dice.pick(known) : 'none', false));
}

/** Everything that the word lexer reads as something else, escaped; `$` too. */
export function quoted(text: string): string {
  return text.replace(/[\\"'$]/g, '\\$&');
}

/** What a Dockerfile, a text, can say of a name that is none. */
export function sayable(path: string): string {
  return path.replace(/[\uDC80-\uDCFF]/gu, '?');
}

/** A path of the tree, or one that goes through a link, or one that is not there. */
function anyPath(dice: Dice, { tree, paths }: RandomTree): string {
  const links = Object.entries(tree).filter(([, v]) => typeof v === 'object' && v.symlink !== undefined);
  if (links.length > 0 && dice.chance(15)) {
    const [name] = dice.pick(links);
    const tail = paths.length > 0 ? (dice.pick(paths).split('/').at(-1) ?? 'a') : 'a';
    return dice.chance(50) ? name : `${name}/${tail}`;
  }
  if (paths.length === 0 || dice.chance(4)) return dice.pick(['missing', 'no/such', 'a/b/c/d']);
  return dice.pick(paths);
}

/** A source as a Dockerfile has it before quoting, and whether variables in it are to be replaced. */
export interface Source {
  readonly text: string;
  readonly raw: boolean;
}

/** A source of COPY, ADD (`wild`) or of a bind mount. */
export function randomSource(dice: Dice, tree: RandomTree, variables: Variables, wild: boolean): Source {
  if (dice.chance(9)) return { text: dice.pick(['.', './', '/', './.', '..', 'x/..', '']), raw: false };
  const path = sayable(anyPath(dice, tree));
  if (dice.chance(15)) return { text: withVariable(dice, quoted(path), variables), raw: true };
  if (wild && dice.chance(30)) {
    const text = wildPath(dice, path);
    return { text: dice.chance(20) ? decorated(dice, text) : text, raw: false };
  }
  return { text: dice.chance(35) ? decorated(dice, path) : path, raw: false };
}

/** Sources and a destination as the arguments of COPY: in JSON where a blank or the dice want it. */
export function copyWords(dice: Dice, sources: readonly Source[], to: string): string {
  const words = sources.map(({ text, raw }) => (raw || dice.chance(2) ? text : quoted(text)));
  const json = words.some((w) => /[\s\u0085\u00a0\u2000-\u3000]|^<<|^--|^#|^$|^\[/u.test(w));
  if (json || dice.chance(15)) return JSON.stringify([...words, to]);
  return [...words, to].join(' ');
}
