import type { BuildStep } from '../sim/buildstep.js';
import { folderOf } from '../sim/commands.js';
import type { LocalCopy } from '../sim/copies.js';
import type { StageNode } from '../sim/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';

/** Flags of the build's RUN that a download needs as well. */
const NEEDED_FLAG = /^--(mount=(\S*,)?type=(secret|ssh)\b|network=)/;

/**
 * The RUN lines that download what the builds of `found` need, to stand where `before` stands now; undefined where one
 * can't be written.
 */
export function prefetchLines(
  dockerfile: Dockerfile,
  node: StageNode,
  found: BuildStep,
  before: LocalCopy,
): readonly string[] | undefined {
  const { instruction } = found.step;
  const flags = instruction.flags
    .map(({ span }) => dockerfile.text.slice(span.start, span.end))
    .filter((flag) => NEEDED_FLAG.test(flag));
  const here = folderOf(node, before.step);
  const written = dockerfile.text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const lines: string[] = [];
  for (const { prefetch } of found.builds) {
    const there = prefetch.folder;
    if (there !== here && !/^\/[\w./@+-]*$/.test(there)) return undefined;
    const script = there === here ? prefetch.script : `cd ${there} && ${prefetch.script}`;
    if (/[\r\n]/.test(script) || flags.some((flag) => /[\r\n]/.test(flag))) return undefined;
    lines.push([written === 'run' ? 'run' : 'RUN', ...flags, script].join(' '));
  }
  return [...new Set(lines)];
}
