import { joinPath } from '../../text/paths.js';
import { commandsOf } from '../commands.js';
import { lineOf, parentOf, stepsInLine } from '../lineage.js';
import type { StageGraph, StageNode, Step } from '../model.js';
import type { Start } from '../start.js';
import type { InstallPlace } from './model.js';

/** The image a stage comes from in the end, as written, without registry, tag and digest; '' where it is unknown. */
function baseImage(graph: StageGraph, node: StageNode): string {
  const parent = parentOf(graph, node);
  if (parent !== undefined) return baseImage(graph, parent);
  const written = node.base.kind === 'image' ? (node.base.name ?? node.stage.from.image?.raw ?? '') : '';
  return written
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(docker\.io|public\.ecr\.aws\/docker|mirror\.gcr\.io)\//, '')
    .replace(/^library\//, '');
}

/** Images known to set nothing that chooses dependency groups and to hold no tools; another base may do so. */
const PLAIN_BASES =
  /^(node|python|php|composer|ruby|alpine|debian|ubuntu|oven\/bun|dunglas\/frankenphp|ghcr\.io\/astral-sh\/uv|astral\/uv)$/;

/** Whether a stage comes from an image that sets nothing that chooses dependency groups, and holds no development tool. */
export function hasPlainBase({ graph, node }: Pick<InstallPlace, 'graph' | 'node'>): boolean {
  return PLAIN_BASES.test(baseImage(graph, node));
}

/** The major version of a `node:` base, undefined where it is unknown. */
export function nodeMajor(graph: StageGraph, node: StageNode): number | undefined {
  const parent = parentOf(graph, node);
  if (parent !== undefined) return nodeMajor(graph, parent);
  const name = node.base.kind === 'image' ? node.base.name : undefined;
  const major = /(?:^|\/)node:(\d+)/.exec(name ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}

/** The words of all commands that ran before an install, in the stages it builds on and in its own RUN: they may have changed settings. */
export function commandsBefore(place: InstallPlace): string {
  const at = place.step.instruction.span.start;
  const earlier = lineOf(place.graph, place.node).flatMap((node) =>
    node.steps
      .filter((s) => s.instruction.kind === 'RUN' && s.instruction.span.start < at)
      .flatMap((s) => commandsOf(node, s, place.shell) ?? []),
  );
  return [...earlier, ...place.commands].map((c) => c.words.map((w) => w.value).join(' ')).join('\n');
}

/** All instructions of a Dockerfile as one text. */
export function writtenText(graph: StageGraph): string {
  return graph.stages
    .map((s) => [s.stage.from.text, ...s.stage.instructions.map((i) => i.text)].join('\n'))
    .join('\n');
}

/** Whether what a container starts may be a command that `needs` development packages; what is not known may be. */
export function mayStart(
  start: Start,
  needs: (words: readonly string[], folder: string | undefined) => boolean,
): boolean {
  if (start === 'none' || start === 'unknown' || start.length === 0) return true;
  return start.some(
    ({ words, folder }) =>
      !words.every((w) => w.literal) ||
      needs(
        words.map((w) => w.value),
        folder,
      ),
  );
}

/** The folders that ENV surely puts in front of PATH before `step`, absolute, in order. */
export function pathHead(graph: StageGraph, node: StageNode, step: Step): readonly string[] {
  const front: string[] = [];
  for (const earlier of stepsInLine(graph, node).toReversed()) {
    const { instruction } = earlier;
    const inOwn = earlier.stage === step.stage;
    if (instruction.kind !== 'ENV' || (inOwn && instruction.span.start >= step.instruction.span.start))
      continue;
    const pair = instruction.pairs.findLast((p) => p.name === 'PATH');
    if (pair === undefined) continue;
    const parts = pair.value.value.split(':');
    const at = parts.findIndex((p) => /^\$(PATH|\{PATH\})$/.test(p));
    const own = (at < 0 ? parts : parts.slice(0, at)).map((p) => earlier.expand(p));
    const unknown = own.findIndex((p) => p === undefined || !p.startsWith('/'));
    front.push(
      ...own
        .slice(0, unknown < 0 ? undefined : unknown)
        .flatMap((p) => (p === undefined ? [] : joinPath('/', p))),
    );
    if (at < 0 || unknown >= 0) return front;
  }
  return front;
}
