import type { Draft, StageDraft } from './draft.js';
import { filesOf, pathsOf } from './tree.js';

/* RUN instructions: cheap ones, that never fail, whose artefact tells what it was made of or tells nothing. */

/** What a command writes to its artefact. */
function work({ dice, tree }: Draft, { made }: StageDraft): string {
  const other = made.length > 0 ? dice.pick(made) : '/@S@/d0';
  const file = dice.pick(filesOf(tree)).split('/').at(-1) ?? 'a.txt';
  return dice.weighted<() => string>([
    [22, () => `echo made ${dice.below(3)}`],
    [20, () => `cat ${other} 2>/dev/null`],
    [14, () => `cat /@S@/d*/${file} ${file} 2>/dev/null`],
    [14, () => 'ls -R /@S@'],
    [10, () => 'echo $v $w'],
    [6, () => 'env | sort'],
    [6, () => 'id -u; pwd'],
    [4, () => 'date +%N'],
    [4, () => 'find /@S@ -type f | sort | xargs cat 2>/dev/null | wc -l'],
  ])();
}

/** One option of a mount; its source may be missing later, then the build fails and says nothing. */
export function randomMount(draft: Draft): string {
  const { dice, tree, stages } = draft;
  const target = `target=/m${draft.next++}`;
  // A mount knows stages by name only.
  const from = stages.filter(({ made, name }) => made.length > 0 && name !== undefined);
  const path = dice.pick(pathsOf(tree).filter((one) => !one.includes('link') && one !== 'current'));
  const cache = (): string => {
    const id = dice.chance(40) ? `,id=@S@${dice.below(2)}` : '';
    return `type=cache,${target}${id}${dice.chance(20) ? ',sharing=locked' : ''}`;
  };
  const stage = (): string => {
    if (from.length === 0) return cache();
    const one = dice.pick(from);
    const source = dice.chance(70) ? `,source=${dice.pick(one.made)}` : '';
    return `type=bind,from=${one.name}${source},${target}`;
  };
  return dice.weighted<() => string>([
    [30, () => `type=bind,source=${path},${target}${dice.pick(['', '', ',rw', ',ro'])}`],
    [8, () => `type=bind,${target}`],
    [6, () => `source=${path},${target}`],
    [25, cache],
    [18, stage],
    [8, () => `type=secret,id=token${dice.chance(30) ? `,${target}` : ''}`],
    [5, () => `type=tmpfs,${target}`],
  ])();
}

/** A RUN that makes a file, which others may copy then. */
export function randomRun(draft: Draft, stage: StageDraft): string {
  const { dice } = draft;
  const mounts = dice.chance(28) ? [randomMount(draft)] : [];
  if (mounts.length > 0 && dice.chance(15)) mounts.push(randomMount(draft));
  const out = `/@S@/o${draft.next++}`;
  const mounted = mounts.map((mount) => /target=([^,]+)/.exec(mount)?.[1] ?? '/@S@');
  const command =
    mounted.length > 0 && dice.chance(75)
      ? `cat ${mounted.map((at) => `${at} ${at}/*`).join(' ')} 2>/dev/null`
      : work(draft, stage);
  stage.made.push(out);
  const options = mounts.map((mount) => `--mount=${mount} `).join('');
  return `RUN ${options}${inForm(draft, command, out)}`;
}

function inForm({ dice }: Draft, command: string, out: string): string {
  return dice.weighted<() => string>([
    [55, () => `mkdir -p /@S@; { ${command}; } > ${out}; true`],
    [15, () => `mkdir -p /@S@ \\\n  && { ${command}; true; } > ${out}`],
    [5, () => `mkdir -p /@S@; \\\n  # why\n  { ${command}; true; } > ${out}`],
    [12, () => `<<EOF\nmkdir -p /@S@\n{ ${command}; } > ${out}\ntrue\nEOF`],
    [8, () => JSON.stringify(['/bin/sh', '-c', `mkdir -p /@S@; { ${command}; } > ${out}; true`])],
    [5, () => `--network=${dice.pick(['default', 'none'])} mkdir -p /@S@; { ${command}; } > ${out}; true`],
  ])();
}
