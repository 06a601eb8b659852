import type { Dice } from '../random/dice.js';
import { randomMount } from './commands.js';
import { quietInstruction, randomInstruction } from './dockerfile.js';
import { type Draft, image, type StageDraft } from './draft.js';
import type { Edit } from './project.js';

/* Edits of the Dockerfile. */

/** A line that `wanted` takes, of any stage. */
function lineOf(
  { stages }: Draft,
  dice: Dice,
  wanted: RegExp,
): { readonly stage: StageDraft; readonly at: number; readonly line: string } | undefined {
  const all = stages.flatMap((stage) =>
    stage.lines.flatMap((line, at) => (wanted.test(line) ? [{ stage, at, line }] : [])),
  );
  return all.length === 0 ? undefined : dice.pick(all);
}

/** An edit of one line: `change` gives what stands there then, undefined where it can't be changed so. */
function rewrite(
  name: string,
  wanted: RegExp,
  change: (line: string, dice: Dice, draft: Draft) => string | undefined,
): Edit {
  return ({ draft }, dice) => {
    const found = lineOf(draft, dice, wanted);
    if (found === undefined) return undefined;
    const next = change(found.line, dice, draft);
    if (next === undefined || next === found.line) return undefined;
    found.stage.lines[found.at] = next;
    return `${name}: ${found.line.split('\n')[0]} -> ${next.split('\n')[0]}`;
  };
}

const inserted: Edit = ({ draft }, dice) => {
  const stage = dice.pick(draft.stages);
  const earlier = draft.stages.slice(0, draft.stages.indexOf(stage));
  const line = randomInstruction({ ...draft, dice, stages: earlier }, { ...stage, made: [...stage.made] });
  draft.next += 10;
  stage.lines.splice(dice.below(stage.lines.length + 1), 0, line);
  return `new instruction ${line.split('\n')[0]}`;
};

const removed: Edit = ({ draft }, dice) => {
  const found = lineOf(draft, dice, /^/);
  if (found === undefined) return undefined;
  found.stage.lines.splice(found.at, 1);
  return `removed ${found.line.split('\n')[0]}`;
};

const swapped: Edit = ({ draft }, dice) => {
  const { lines } = dice.pick(draft.stages);
  if (lines.length < 2) return undefined;
  const at = dice.below(lines.length - 1);
  const [a = '', b = ''] = lines.slice(at, at + 2);
  lines.splice(at, 2, b, a);
  return `swapped ${a.split('\n')[0]} and ${b.split('\n')[0]}`;
};

const quiet: Edit = ({ draft }, dice) => {
  const { lines } = dice.pick(draft.stages);
  const line = quietInstruction(dice);
  lines.splice(dice.below(lines.length + 1), 0, line);
  return `new line without a step: ${line}`;
};

const comment: Edit = ({ draft }, dice) => {
  if (dice.chance(30)) {
    draft.head.unshift('# at the top');
    return 'comment at the top';
  }
  const { lines } = dice.pick(draft.stages);
  lines.splice(dice.below(lines.length + 1), 0, dice.pick(['# explained', '']));
  return 'comment or blank line';
};

const stageRenamed: Edit = ({ draft }, dice) => {
  const named = draft.stages.filter(({ name }) => name !== undefined);
  if (named.length === 0) return undefined;
  const stage = dice.pick(named);
  const before = stage.name ?? '';
  const after = `${before}x`;
  const reference = new RegExp(`(from=)${before}\\b`, 'gi');
  stage.name = after;
  for (const other of draft.stages) {
    if (other.from === before) other.from = after;
    other.lines = other.lines.map((line) => line.replace(reference, `$1${after}`));
  }
  if (draft.target === before) draft.target = after;
  return `stage ${before} renamed`;
};

const unreachable: Edit = ({ draft }, dice) => {
  const stage = {
    from: image,
    name: `u${dice.below(100)}`,
    lines: ['RUN false', 'COPY . /u'],
    shell: true,
    made: [],
  };
  draft.stages.splice(draft.stages.length - 1, 0, stage);
  return 'new stage that nobody needs';
};

const otherBase: Edit = ({ draft }, dice) => {
  const stages = draft.stages.filter(({ from }) => from === image);
  if (stages.length === 0) return undefined;
  dice.pick(stages).from = 'debian:12';
  return 'another base image';
};

const globalArgument: Edit = ({ draft }, dice) => {
  const at = draft.head.findIndex((line) => line.startsWith('ARG g'));
  if (at >= 0) draft.head[at] = `ARG g=${dice.below(10)}`;
  else draft.head.push('ARG g=new');
  return 'global argument';
};

function inserter(name: string, lines: readonly string[]): Edit {
  return ({ draft }, dice) => {
    const stage = dice.pick(draft.stages);
    if (!stage.shell && /SHELL|USER/.test(name)) return undefined;
    const line = dice.pick(lines);
    stage.lines.splice(dice.below(stage.lines.length + 1), 0, line);
    return `new ${name}: ${line}`;
  };
}

function withFlag(flags: readonly string[]): (line: string, dice: Dice) => string {
  return (line, dice) => {
    const flag = dice.pick(flags);
    const name = flag.split('=')[0] ?? flag;
    if (line.includes(name)) return line.replace(new RegExp(`${name}(?:=\\S+)? `), '');
    return line.replace(/^(COPY|ADD) /, `$1 ${flag} `);
  };
}

const plainCopy = /^COPY (?!.*--parents)(?!.*<<)/;

/** The mounts of a RUN with one of their options changed, added or gone. */
function otherMount(line: string, dice: Dice, draft: Draft): string | undefined {
  const mount = /--mount=(\S+)/.exec(line)?.[1];
  if (mount === undefined)
    return line.replace(/^RUN /, `RUN --mount=${randomMount({ ...draft, dice, stages: [] })} `);
  const next = mount.startsWith('type=cache')
    ? dice.pick([
        `${mount},id=@S@x`,
        `${mount},sharing=locked`,
        `${mount},sharing=private`,
        mount.replace(/,(?:id|sharing)=[^,]+/, ''),
      ])
    : dice.pick([
        `${mount.replace(/,r[wo]$/, '')},rw`,
        `${mount.replace(/,r[wo]$/, '')},ro`,
        mount.replace(/target=\/m/, 'dst=/m'),
        mount.replace(/target=\/m/, 'target=/n'),
      ]);
  if (mount.startsWith('type=secret') || mount.startsWith('type=tmpfs'))
    return line.replace(`--mount=${mount} `, '');
  return line.replace(mount, next);
}

function execForm(line: string): string | undefined {
  const command = /^RUN ((?!<<|\[|--)[^\\\n]*)$/.exec(line)?.[1];
  return command === undefined ? undefined : `RUN ${JSON.stringify(['/bin/sh', '-c', command])}`;
}

export const dockerfileEdits: readonly (readonly [number, Edit])[] = [
  [8, inserted],
  [6, removed],
  [6, swapped],
  [6, quiet],
  [4, comment],
  [3, stageRenamed],
  [2, unreachable],
  [2, otherBase],
  [2, globalArgument],
  [3, inserter('ARG', ['ARG v=1', 'ARG w', 'ARG fresh=1', 'ARG TARGETOS', 'ARG g'])],
  [3, inserter('ENV', ['ENV fresh=1', 'ENV v=1', 'ENV v=9 w=9'])],
  [2, inserter('WORKDIR', ['WORKDIR /@S@/other', 'WORKDIR /'])],
  [1, inserter('USER', ['USER 1000', 'USER root'])],
  [1, inserter('SHELL', ['SHELL ["/bin/bash", "-c"]', 'SHELL ["/bin/sh", "-c"]'])],
  [6, rewrite('RUN text', /^RUN /, (line) => line.replace(/(mkdir -p \/@S@)/, '$1 /@S@/more'))],
  [3, rewrite('RUN blanks', /^RUN .*\\\n {2}/, (line) => line.replace(/\\\n {2}/, '\\\n    '))],
  [2, rewrite('RUN joined', /^RUN .*\\\n/, (line) => line.replace(/\\\n/, ''))],
  [2, rewrite('RUN split', /^RUN (?!<<|\[)[^\\\n]*; /, (line) => line.replace('; ', '; \\\n'))],
  [2, rewrite('RUN double blank', /^RUN [^\n]*; /, (line) => line.replace('; ', ';  '))],
  [2, rewrite('RUN comment inside', /^RUN .*\\\n/, (line) => line.replace(/\\\n/, '\\\n# inside\n'))],
  [2, rewrite('RUN exec form', /^RUN /, execForm)],
  [2, rewrite('lower case', /^[A-Z]+ /, (line) => line.replace(/^[A-Z]+/, (word) => word.toLowerCase()))],
  [
    2,
    rewrite('blanks around', /^(?!.*<<)[A-Z]+ [^\\]*$/, (line, dice) =>
      dice.pick([`  ${line}`, `${line}  `, line.replace(' ', '   ')]),
    ),
  ],
  [
    3,
    rewrite('ENV in two lines', /^ENV v=\S+ w=/, (line) =>
      line.replace(/^ENV (\S+) (\S+)$/, 'ENV $1\nENV $2'),
    ),
  ],
  [2, rewrite('ENV order', /^ENV v=\S+ w=/, (line) => line.replace(/^ENV (\S+) (\S+)$/, 'ENV $2 $1'))],
  [2, rewrite('ENV quotes', /^ENV \w=\d/, (line) => line.replace(/=(\d)/, '="$1"'))],
  [3, rewrite('ENV value', /^ENV \w+=/, (line, dice) => line.replace(/=\S*/, `=${dice.below(20)}`))],
  [3, rewrite('ARG default', /^ARG \w=/, (line, dice) => line.replace(/=.*/, `=${dice.below(20)}`))],
  [
    3,
    rewrite('WORKDIR path', /^WORKDIR /, (line, dice) =>
      dice.pick([`${line}/deeper`, `${line}/`, `${line}/../@S@w2`]),
    ),
  ],
  [
    3,
    rewrite('source spelled', plainCopy, (line, dice) =>
      line.replace(/ (?!--|\.|\/)(\S+) /, dice.pick([' ./$1 ', ' /$1 ', ' $1/ '])),
    ),
  ],
  [
    2,
    rewrite('destination spelled', /^(?:COPY|ADD) (?!.*<<)/, (line) =>
      line.endsWith('/') ? line.slice(0, -1) : `${line}/`,
    ),
  ],
  [2, rewrite('COPY to ADD', /^COPY (?!.*from=)(?!.*--parents)/, (line) => line.replace('COPY', 'ADD'))],
  [3, rewrite('link', plainCopy, withFlag(['--link']))],
  [
    4,
    rewrite(
      'flag',
      plainCopy,
      withFlag([
        '--chmod=700',
        '--chmod=0755',
        '--chown=2:2',
        '--exclude=*.md',
        '--exclude=a.txt',
        '--link=false',
      ]),
    ),
  ],
  [
    2,
    rewrite('order of sources', /^COPY (?:--\S+ )*[^-\s]\S* [^\s<]\S* \S+$/, (line) =>
      line.replace(/(\S+) (\S+) (\S+)$/, '$2 $1 $3'),
    ),
  ],
  [3, rewrite('heredoc text', /<<.*\n/, (line) => line.replace(/\n(@S@ text|mkdir)/, '\n$1 @S@'))],
  [1, rewrite('heredoc word', /<<EOF\b/, (line) => line.replace(/EOF/g, 'END'))],
  [5, rewrite('mount', /^RUN (?!\[)/, otherMount)],
];
