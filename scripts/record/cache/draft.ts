import type { Tree } from '../case.js';
import type { Dice } from '../random/dice.js';
import { filesOf, pathsOf } from './tree.js';

/* Random Dockerfiles kept as stages and lines, so that an edit can take hold of them. */

export interface StageDraft {
  /** What stands after FROM: an image, `scratch`, the name of a stage before. */
  from: string;
  name: string | undefined;
  /** Instructions after FROM; a heredoc is one of them, with its lines. */
  lines: string[];
  /** Whether RUN works in it. */
  shell: boolean;
  /** Paths in it that other stages may copy. */
  made: string[];
}

export interface Draft {
  readonly dice: Dice;
  readonly tree: Tree;
  /** Instructions before the first FROM. */
  head: string[];
  stages: StageDraft[];
  target: string | undefined;
  args: Record<string, string>;
  /** Number of the next destination or artefact. */
  next: number;
}

export const image = 'debian:12-slim';

/** The text of the Dockerfile. */
export function textOf({ head, stages }: Pick<Draft, 'head' | 'stages'>): string {
  const lines = stages.flatMap(({ from, name, lines: own }) => [
    `FROM ${from}${name === undefined ? '' : ` AS ${name}`}`,
    ...own,
  ]);
  return `${[...head, ...lines].join('\n')}\n`;
}

function flags(dice: Dice, folder: boolean): string {
  const chosen: string[] = [];
  if (dice.chance(12)) chosen.push('--link');
  if (dice.chance(6)) chosen.push(`--chmod=${dice.pick(['755', '644', 'u+x'])}`);
  if (dice.chance(5)) chosen.push(`--chown=${dice.pick(['1:1', '1000:1000', '0:0'])}`);
  if (folder && dice.chance(10))
    chosen.push(`--exclude=${dice.pick(['*.md', '**/*.js', 'lib', 'a.js', '*.txt'])}`);
  return chosen.map((flag) => `${flag} `).join('');
}

function spelled(dice: Dice, path: string, folder: boolean): string {
  return dice.weighted([
    [70, path],
    [10, `./${path}`],
    [8, `/${path}`],
    [folder ? 12 : 0, `${path}/`],
  ]);
}

function wild(dice: Dice, path: string): string {
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  const ending = /\.\w+$/.exec(last)?.[0];
  const star = ending === undefined ? `${last.slice(0, 1)}*` : `*${ending}`;
  return [...parts.slice(0, -1), dice.pick([star, star, `${last.slice(0, -1)}?`])].join('/');
}

/** Sources of a COPY from the context. */
function randomSources({ dice, tree }: Draft): { readonly words: string[]; readonly folder: boolean } {
  const paths = pathsOf(tree);
  const files = new Set([...filesOf(tree)]);
  const count = dice.weighted([
    [72, 1],
    [22, 2],
    [6, 3],
  ]);
  let folder = false;
  const words = Array.from({ length: count }, () => {
    if (dice.chance(14)) {
      folder = true;
      return dice.pick(['.', '.', './', '/']);
    }
    const path = dice.pick(paths);
    const isFolder = !files.has(path);
    folder ||= isFolder;
    return dice.chance(14) ? wild(dice, path) : spelled(dice, path, isFolder);
  });
  return { words, folder };
}

/** A COPY or ADD from the context. */
export function randomCopy(draft: Draft): string {
  const { dice } = draft;
  const { words, folder } = randomSources(draft);
  const number = draft.next++;
  const to = dice.weighted([
    [55, `/@S@/d${number}/`],
    [20, `/@S@/d${number % 3}/`],
    [15, `d${number}/`],
    [10, words.length > 1 || folder ? './' : `/@S@/f${number}`],
  ]);
  if (dice.chance(6) && !words.some((word) => /^[./]*$/.test(word)))
    return `COPY --parents ${[...words, `/@S@/d${number}/`].join(' ')}`;
  const keyword = dice.chance(8) ? 'ADD' : 'COPY';
  return `${keyword} ${flags(dice, folder)}${[...words, to].join(' ')}`;
}

/** A COPY of what another stage made. */
export function randomCopyFrom(draft: Draft): string {
  const { dice, stages } = draft;
  const from = stages.filter(({ made }) => made.length > 0);
  if (from.length === 0) return randomCopy(draft);
  const stage = dice.pick(from);
  const what = dice.chance(12) ? '/@S@' : dice.pick(stage.made);
  const to = dice.pick([`/@S@/g${draft.next}`, `/@S@/g${draft.next}/`, what]);
  draft.next++;
  return `COPY ${dice.chance(20) ? '--link ' : ''}--from=${called(draft, stage)} ${what} ${to}`;
}

/** A stage by its name, in any case, or by its number. */
function called({ dice, stages }: Draft, stage: StageDraft): string {
  if (stage.name === undefined || dice.chance(20)) return String(stages.indexOf(stage));
  return dice.chance(10) ? stage.name.toUpperCase() : stage.name;
}

export function randomHeredoc(draft: Draft): string {
  const { dice } = draft;
  const number = draft.next++;
  const word = dice.pick(['EOF', '"EOF"', 'conf.ini']);
  const end = word.replace(/"/g, '');
  return `COPY <<${word} /@S@/h${number}/\n@S@ text ${dice.below(3)} $v\n${end}`;
}
