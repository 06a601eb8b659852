import { isInside, joinPath } from '../text/paths.js';
import { commandsOf } from './commands.js';
import {
  broughtFrom,
  type CopyContext,
  type LocalCopy,
  landingsOf,
  localCopyOf,
  placesOf,
} from './copies.js';
import { isNeutralIn } from './installers.js';
import type { BuildView } from './installstep.js';
import type { StageNode, Step } from './model.js';
import { namesMoved } from './surroundings.js';

const INERT = new Set([
  'LABEL',
  'EXPOSE',
  'CMD',
  'ENTRYPOINT',
  'HEALTHCHECK',
  'STOPSIGNAL',
  'MAINTAINER',
  'ONBUILD',
  'SHELL',
  'USER',
]);

/** Whether the places two copies write to can touch. */
function overlap(a: string, b: string): boolean {
  return isInside(a, b) || isInside(b, a);
}

/** Why `moved`, copies of the stage `node`, may not go behind `crossed`; undefined where they may. */
export function crossingReason(
  view: BuildView,
  node: StageNode,
  moved: readonly LocalCopy[],
  crossed: Step,
  context: CopyContext,
): string | undefined {
  const { instruction } = crossed;
  const written = moved.flatMap(({ instruction: { flags, sources, destination } }) => [
    ...flags.map(({ value }) => value),
    ...[...sources, ...(destination ? [destination] : [])].map(({ raw }) => raw),
  ]);
  switch (instruction.kind) {
    case 'ENV':
    case 'ARG':
      return written.some((w) => w?.includes('$')) ? `${instruction.keyword} stands between` : undefined;
    case 'WORKDIR':
      return moved.some((c) => !/^["']?\//.test(c.instruction.destination?.raw ?? ''))
        ? 'WORKDIR stands between'
        : undefined;
    case 'RUN': {
      const commands = commandsOf(node, crossed, view.shell);
      if (instruction.mounts.some((m) => m.type === 'bind')) return 'a RUN with a bind mount stands between';
      const touching = commands?.some((c) =>
        namesMoved(
          c.words.map((w) => w.value),
          moved,
        ),
      );
      return commands?.every((c) => isNeutralIn(commands, c)) === true && touching === false
        ? undefined
        : 'a RUN that may read the source stands between';
    }
    case 'COPY':
    case 'ADD': {
      const local = localCopyOf(node, crossed, context, view.dockerfile.escape);
      if (local !== undefined) return overlayReason(local, moved, context);
      const place = instruction.destination?.value ?? '';
      const apart =
        /^\/[^$]*$/.test(place) && moved.every((c) => !overlap(c.destination, joinPath('/', place)));
      return apart ? undefined : `another ${instruction.keyword} stands between`;
    }
    default:
      return INERT.has(instruction.keyword) ? undefined : `${instruction.keyword} stands between`;
  }
}

/** The flags that decide what becomes of a copied file. */
function flagsOf({ instruction }: LocalCopy): string {
  return instruction.flags
    .filter(({ name }) => name !== 'parents' && name !== 'exclude')
    .map((f) => `${f.name}=${f.value ?? ''}`)
    .sort()
    .join(' ');
}

/** A copy that stays must not bring what a moved one brings too: the later one wins, and their order changes. */
function overlayReason(
  stays: LocalCopy,
  moved: readonly LocalCopy[],
  context: CopyContext,
): string | undefined {
  for (const [i, source] of stays.sources.entries()) {
    const place = placesOf(stays)[i] ?? stays.destination;
    for (const copy of moved) {
      // The same files with the same owner and mode, whichever comes last.
      const same = flagsOf(copy) === flagsOf(stays) && landingsOf(copy, source.path).includes(place);
      if (source.folder && !same && overlap(place, copy.destination))
        return 'another COPY of a folder stands between';
      const other = source.folder ? undefined : broughtFrom(copy, place, context);
      if (other !== undefined && !same) return `${source.path} is copied twice`;
    }
  }
  return undefined;
}
