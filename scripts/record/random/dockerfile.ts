import type { Dice } from './dice.js';
import { wildPath } from './patterns.js';
import type { RandomTree } from './tree.js';
import { copyWords, quoted, randomSource, type Source } from './words.js';

export interface RandomDockerfile {
  readonly text: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
}

interface StageDraft {
  readonly name: string | undefined;
  readonly index: number;
  /** Whether it has a shell, so that RUN works. */
  readonly shell: boolean;
  readonly variables: Map<string, string>;
}

interface Draft {
  readonly dice: Dice;
  readonly tree: RandomTree;
  readonly stages: StageDraft[];
  readonly globals: Map<string, string>;
  readonly args: Record<string, string>;
  /** Number of the next destination: each copy has its own, so that none gets in another's way. */
  next: number;
}

function destination(draft: Draft): string {
  return `/d${draft.next++}/`;
}

function sourcesOf({ dice, tree }: Draft, stage: StageDraft): Source[] {
  const count = dice.weighted([
    [70, 1],
    [20, 2],
    [7, 3],
    [3, 5],
  ]);
  return Array.from({ length: count }, () => randomSource(dice, tree, stage.variables, true));
}

function copyFlags({ dice, tree }: Draft): string {
  const flags: string[] = [];
  if (dice.chance(8)) flags.push('--chmod=755');
  if (dice.chance(6)) flags.push('--chown=1:1');
  if (dice.chance(10)) flags.push('--link');
  while (dice.chance(10)) {
    const path = tree.paths.length > 0 ? dice.pick(tree.paths) : 'a';
    const pattern = dice.chance(50) ? wildPath(dice, path) : path;
    if (!/[\s"'\\$]/.test(pattern)) flags.push(`--exclude=${pattern}`);
  }
  return flags.map((f) => `${f} `).join('');
}

function withPivot(dice: Dice, { text, raw }: Source): Source {
  if (!dice.chance(60)) return { text, raw };
  const parts = text.split('/');
  const at = dice.below(parts.length);
  return { text: [...parts.slice(0, at), '.', ...parts.slice(at)].join('/'), raw };
}

function copy(draft: Draft, stage: StageDraft): string {
  const { dice } = draft;
  const parents = dice.chance(14);
  const sources = sourcesOf(draft, stage).map((s) => (parents ? withPivot(dice, s) : s));
  const flags = copyFlags(draft) + (parents ? '--parents ' : '');
  return `COPY ${flags}${copyWords(dice, sources, destination(draft))}`;
}

function add(draft: Draft, stage: StageDraft): string {
  const { dice } = draft;
  const flags = dice.chance(15) ? `--unpack=${dice.pick(['true', 'false'])} ` : copyFlags(draft);
  return `ADD ${flags}${copyWords(dice, sourcesOf(draft, stage), destination(draft))}`;
}

/** What another stage is called: by name in any case, or by number. */
function callName(dice: Dice, stage: StageDraft): string {
  if (stage.name === undefined || dice.chance(30)) return String(stage.index);
  return dice.chance(20) ? stage.name.toUpperCase() : stage.name;
}

function copyFrom(draft: Draft): string {
  const { dice, stages } = draft;
  if (stages.length === 0 || dice.chance(10)) return `COPY --from=base /bin/sh ${destination(draft)}`;
  return `COPY --from=${callName(dice, dice.pick(stages))} / ${destination(draft)}`;
}

function heredoc(draft: Draft, stage: StageDraft): string {
  const more = draft.dice.chance(40) ? sourcesOf(draft, stage).filter((s) => /^[\w./]+$/.test(s.text)) : [];
  const words = ['<<EOF', ...more.map((s) => s.text)].join(' ');
  return `${draft.dice.pick(['COPY', 'ADD'])} ${words} ${destination(draft)}\nCOPY a /b\nEOF`;
}

function mount(draft: Draft, stage: StageDraft): string {
  const { dice, tree, stages } = draft;
  const target = `target=/m${draft.next++}`;
  const named = stages.filter((s) => s.name !== undefined && s.shell);
  const source = (): string => {
    const { text, raw } = randomSource(dice, tree, stage.variables, dice.chance(10));
    const word = raw ? text : quoted(text);
    return /[\s,"]/.test(word) || word === '' ? 'source=.' : `${dice.pick(['source', 'src'])}=${word}`;
  };
  const other = named.length > 0 ? `from=${dice.pick(named).name}` : 'from=base';
  return dice.weighted<() => string>([
    [30, () => `type=bind,${source()},${target}`],
    [15, () => `${source()},${target}${dice.pick(['', ',rw', ',readwrite', ',ro'])}`],
    [8, () => `type=bind,${target}`],
    [12, () => `type=bind,${other},source=/bin,${target}`],
    [6, () => `type=tmpfs,${target}`],
    [3, () => `type=tmpfs,${target},size=1000000`],
    [8, () => `type=cache,${target}`],
    [3, () => `type=cache,${target},source=/bin,${other}`],
    [4, () => `type=secret,id=none,${target}`],
    [2, () => `type=bind,${other},${target}`],
  ])();
}

function run(draft: Draft, stage: StageDraft): string {
  const mounts = [mount(draft, stage), ...(draft.dice.chance(25) ? [mount(draft, stage)] : [])];
  const command = draft.dice.pick(['true', '["/bin/true"]', '<<EOF\ntrue\nEOF', 'cat a b']);
  return `RUN ${mounts.map((m) => `--mount=${m}`).join(' ')} ${command}`;
}

/** A part of a path, so that variables stand for something. */
function value({ dice, tree }: Draft): string {
  const parts = tree.paths.flatMap((p) => p.split('/')).filter((p) => /^[\w.-]+$/.test(p));
  return parts.length > 0 ? dice.pick(parts) : 'a';
}

function variable(draft: Draft, stage: StageDraft): string {
  const { dice, globals, args } = draft;
  const name = dice.pick(['v', 'w', 'V']);
  const given = value(draft);
  if (globals.size > 0 && dice.chance(30)) {
    const global = dice.pick([...globals.keys()]);
    stage.variables.set(global, args[global] ?? globals.get(global) ?? '');
    return `ARG ${global}`;
  }
  if (dice.chance(50)) {
    stage.variables.set(name, given);
    return dice.chance(30) ? `ENV ${name} ${given}` : `ENV ${name}=${given} other=${given}`;
  }
  if (dice.chance(40)) args[name] = value(draft);
  stage.variables.set(name, args[name] ?? given);
  return dice.chance(15) ? `ARG ${name}` : `ARG ${name}=${given}`;
}

function instruction(draft: Draft, stage: StageDraft): string {
  const { dice } = draft;
  return dice.weighted<() => string>([
    [50, () => copy(draft, stage)],
    [9, () => add(draft, stage)],
    [draft.stages.length > 0 ? 12 : 2, () => copyFrom(draft)],
    [4, () => heredoc(draft, stage)],
    [stage.shell ? 45 : 0, () => run(draft, stage)],
    [16, () => variable(draft, stage)],
    [3, () => dice.pick(['WORKDIR /w', 'WORKDIR w', 'USER 1:1', 'LABEL a=b', '# COPY a /b/', 'EXPOSE 80'])],
    [4, () => `ONBUILD ${copy(draft, stage)}`],
  ])();
}

function stageLines(draft: Draft, index: number, last: boolean): string[] {
  const { dice, stages } = draft;
  const parents = stages.filter((s) => s.name !== undefined);
  const parent = parents.length > 0 && dice.chance(40) ? dice.pick(parents) : undefined;
  const shell = parent?.shell ?? dice.chance(45);
  // What a base image sets is not known, but for scratch: there a shell is copied in.
  const plain = parent === undefined && shell && dice.chance(80);
  const name = last && dice.chance(70) ? undefined : dice.chance(90) ? `s${index}` : undefined;
  const base = parent?.name ?? (shell && !plain ? 'base' : 'scratch');
  const from = dice.chance(10) ? `\${none:-${base}}` : base;
  const stage: StageDraft = { name, index, shell, variables: new Map(parent?.variables ?? []) };
  const lines = [`FROM ${from}${name === undefined ? '' : ` ${dice.pick(['AS', 'as'])} ${name}`}`];
  if (plain) lines.push('COPY --from=base / /');
  const count = 1 + dice.below(4);
  for (let i = 0; i < count; i++) lines.push(instruction(draft, stage));
  stages.push(stage);
  return lines;
}

/** A stage that could not be built, for nobody. */
const brokenStages = [
  'FROM nowhere.invalid/no:image AS broken\nCOPY . /all/',
  'FROM scratch AS broken\nCOPY missing-in-broken /x/',
  'FROM base AS broken\nRUN --mount=type=bind,target=/m true',
];

/** A Dockerfile of one to four stages that copies from `tree`. */
export function randomDockerfile(dice: Dice, tree: RandomTree): RandomDockerfile {
  const draft: Draft = { dice, tree, stages: [], globals: new Map(), args: {}, next: 0 };
  const lines: string[] = [];
  if (dice.chance(15)) {
    const given = value(draft);
    draft.globals.set('g', given);
    lines.push(`ARG g=${given}`);
    if (dice.chance(30)) draft.args.g = value(draft);
  }
  const count = dice.weighted([
    [50, 1],
    [28, 2],
    [15, 3],
    [7, 4],
  ]);
  const broken = dice.chance(12) ? dice.below(count) : -1;
  for (let i = 0; i < count; i++) {
    if (broken === i) {
      lines.push(dice.pick(brokenStages));
      // It is counted, but nobody may choose it.
    }
    const index = i + (broken >= 0 && broken <= i ? 1 : 0);
    lines.push(...stageLines(draft, index, i === count - 1));
  }
  const named = draft.stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const target = named.length > 0 && dice.chance(15) ? dice.pick(named) : undefined;
  return { text: `${lines.join('\n')}\n`, args: draft.args, ...(target === undefined ? {} : { target }) };
}
