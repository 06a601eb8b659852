import type { BuildStep } from '../sim/buildstep.js';
import { folderOf } from '../sim/commands.js';
import type { LocalCopy } from '../sim/copies.js';
import type { StageNode } from '../sim/model.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { dominantEol } from '../text/lines.js';
import { isInside } from '../text/paths.js';

/** Flags of the build's RUN that a download needs as well. */
const NEEDED_FLAG = /^--(mount=(\S*,)?type=(secret|ssh)\b|network=)/;
/** Those that it makes use of, where they keep downloads. */
const CACHE_FLAG = /^--mount=(\S*,)?type=cache\b/;

/** Characters of a line behind which a script goes on in the next one. */
const WIDE = 120;

/**
 * The RUN lines that download what the builds of `found` need, or (`compiles`) compile it too, to stand where `before` stands
 * now; undefined where one can't be written.
 */
export function prefetchLines(
  dockerfile: Dockerfile,
  node: StageNode,
  found: BuildStep,
  before: LocalCopy,
  compiles = false,
): readonly string[] | undefined {
  const { instruction } = found.step;
  const kept = found.builds.some(({ prefetch }) => prefetch.downloadsKept === true);
  const flags = instruction.flags
    .map(({ span }) => dockerfile.text.slice(span.start, span.end))
    .filter((flag) => NEEDED_FLAG.test(flag) || (kept && CACHE_FLAG.test(flag)));
  const here = folderOf(node, before.step);
  const written = dockerfile.text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const lines: string[] = [];
  for (const { prefetch } of found.builds) {
    const there = prefetch.folder;
    const brought = prefetch.closure.files.some((file) => isInside(there, file));
    if (there !== here && (!brought || !/^\/[\w./@+-]*$/.test(there))) return undefined;
    const commands = compiles ? prefetch.compile : [prefetch.script];
    if (commands === undefined) return undefined;
    const parts = there === here ? commands : [`cd ${there}`, ...commands];
    const start = [written === 'run' ? 'run' : 'RUN', ...flags, ''].join(' ');
    const line = `${start}${parts.join(' && ')}`;
    if (/[\r\n]/.test(line)) return undefined;
    lines.push(
      line.length <= WIDE
        ? line
        : `${start}${parts.join(` ${dockerfile.escape}${dominantEol(dockerfile.text)}    && `)}`,
    );
  }
  return [...new Set(lines)];
}
