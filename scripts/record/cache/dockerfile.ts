import type { Tree } from '../case.js';
import type { Dice } from '../random/dice.js';
import { randomRun } from './commands.js';
import { type Draft, image, randomCopy, randomCopyFrom, randomHeredoc, type StageDraft } from './draft.js';

/** An instruction that makes no step. */
export function quietInstruction(dice: Dice): string {
  return dice.pick([
    'LABEL a=b',
    'LABEL org.x="1 2"',
    'EXPOSE 80',
    'CMD ["sh"]',
    'ENTRYPOINT ["sh", "-c"]',
    'HEALTHCHECK NONE',
    'STOPSIGNAL SIGTERM',
    'VOLUME /data',
    'MAINTAINER nobody',
    '# a comment',
    '',
  ]);
}

function variable(draft: Draft): string {
  const { dice, head, args } = draft;
  const name = dice.pick(['v', 'w']);
  if (dice.chance(20)) args[name] = dice.pick(['1', '2', 'x y']);
  return dice.weighted<() => string>([
    [25, () => `ARG ${name}=${dice.below(3)}`],
    [10, () => `ARG ${name}`],
    [head.length > 0 ? 10 : 0, () => 'ARG g'],
    [20, () => `ENV ${name}=${dice.below(3)}`],
    [8, () => `ENV ${name} ${dice.below(3)} more`],
    [12, () => `ENV v=${dice.below(3)} w=${dice.below(3)}`],
    [6, () => `ENV ${name}="$v-${dice.below(2)}"`],
    [3, () => 'ARG TARGETARCH'],
    [3, () => 'ARG HTTP_PROXY'],
  ])();
}

/** One instruction for a stage. */
export function randomInstruction(draft: Draft, stage: StageDraft): string {
  const { dice, stages } = draft;
  const others = stages.some((other) => other !== stage && other.made.length > 0);
  return dice.weighted<() => string>([
    [38, () => randomCopy(draft)],
    [others ? 16 : 0, () => randomCopyFrom(draft)],
    [5, () => randomHeredoc(draft)],
    [stage.shell ? 48 : 0, () => randomRun(draft, stage)],
    [16, () => variable(draft)],
    [8, () => dice.pick(['WORKDIR /@S@', 'WORKDIR /@S@/w', 'WORKDIR sub', 'WORKDIR /', 'WORKDIR /@S@/$v'])],
    [3, () => dice.pick(['USER 1000', 'USER 1:1', 'USER root', 'USER 0'])],
    [stage.shell ? 2 : 0, () => dice.pick(['SHELL ["/bin/bash", "-c"]', 'SHELL ["/bin/sh", "-ec"]'])],
    [8, () => quietInstruction(dice)],
    [2, () => `ONBUILD ${randomCopy(draft)}`],
    [stage.shell ? 1 : 0, () => `ONBUILD RUN mkdir -p /@S@; echo built > /@S@/onbuild`],
  ])();
}

function randomStage(draft: Draft, last: boolean): StageDraft {
  const { dice, stages } = draft;
  const parents = stages.filter(({ name }) => name !== undefined);
  const parent = parents.length > 0 && dice.chance(30) ? dice.pick(parents) : undefined;
  const scratch = parent === undefined && dice.chance(last && stages.length > 0 ? 25 : 6);
  const name = last && dice.chance(70) ? undefined : dice.chance(92) ? `s${stages.length}` : undefined;
  const from = parent?.name ?? (scratch ? 'scratch' : image);
  return {
    from: from === image && draft.head.length > 0 && dice.chance(20) ? `\${none:-${image}}` : from,
    name,
    lines: parent === undefined && !scratch ? ['WORKDIR /@S@'] : [],
    shell: parent?.shell ?? !scratch,
    made: [...(parent?.made ?? [])],
  };
}

/** A Dockerfile of one to four stages over `tree`. */
export function randomDraft(dice: Dice, tree: Tree): Draft {
  const draft: Draft = { dice, tree, head: [], stages: [], target: undefined, args: {}, next: 0 };
  if (dice.chance(8)) draft.head.push('# a first comment');
  if (dice.chance(15)) draft.head.push(`ARG g=${dice.below(3)}`);
  const count = dice.weighted([
    [46, 1],
    [30, 2],
    [17, 3],
    [7, 4],
  ]);
  for (let i = 0; i < count; i++) {
    const stage = randomStage(draft, i === count - 1);
    const length = 2 + dice.below(count === 1 ? 7 : 5);
    for (let k = 0; k < length; k++) stage.lines.push(randomInstruction(draft, stage));
    // Most stages are there for another.
    if (i > 0 && draft.stages.every(({ name }) => name !== stage.from) && dice.chance(75))
      stage.lines.splice(dice.below(length) + 1, 0, randomCopyFrom(draft));
    draft.stages.push(stage);
  }
  const named = draft.stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (named.length > 0 && dice.chance(8)) draft.target = dice.pick(named);
  return draft;
}
