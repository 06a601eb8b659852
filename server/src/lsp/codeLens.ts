import type { CodeLens, Range } from 'vscode-languageserver';
import type { Replay } from '../sim/replay/model.js';
import type { Rebuilt } from './rebuilds.js';
import { stageText } from './rebuildWords.js';
import { type Sized, sizeWords } from './sizes.js';

/** What a lens carries until it is resolved. */
export interface LensData {
  readonly uri: string;
  /** Index of the stage whose steps it is about; left out for the one about the context. */
  readonly stage?: number;
}

/** The commands our own client shows more with. */
const showContextCommand = 'plimsoll.showContextSize';
const showImpactCommand = 'plimsoll.estimateImpact';

/** A lens on the first stage, for a build that loads a local context; its text may come later. */
export function lensOf(sized: Sized, uri: string): CodeLens | undefined {
  const { dockerfile, needs, build } = sized;
  const first = dockerfile.stages[0];
  if (first === undefined || !needs.loaded || build.remote) return undefined;
  const { lines } = dockerfile;
  return { range: lines.rangeOf(first.from.keywordSpan), data: { uri } satisfies LensData };
}

/** A lens on each stage that has steps, about what they cost. Editors show it on one line with others of the same place. */
export function stageLenses(stages: readonly StagePlace[], uri: string): CodeLens[] {
  return stages.map(({ range, stage }) => ({ range, data: { uri, stage } satisfies LensData }));
}

/** Where a stage with steps begins. */
export interface StagePlace {
  readonly stage: number;
  readonly range: Range;
}

function withTitle(lens: CodeLens, title: string, command: string, ours: boolean): CodeLens {
  const { uri } = lens.data as LensData;
  return {
    ...lens,
    command: ours ? { title, command, arguments: [uri] } : { title, command: '' },
  };
}

/** The lens about the context with its text; `ours`: the client knows the command that shows more. */
export function resolvedLens(lens: CodeLens, sized: Sized | undefined, ours: boolean): CodeLens {
  const words = sized && sizeWords(sized);
  return withTitle(lens, words?.text ?? 'Context: size not known', showContextCommand, ours);
}

/** The lens about the steps of a stage with its text. `fixed`: the replay with the fixes. */
export function resolvedStage(
  lens: CodeLens,
  rebuilt: Rebuilt | undefined,
  fixed: Replay | undefined,
  ours: boolean,
): CodeLens {
  const { stage } = lens.data as LensData;
  if (rebuilt === undefined || stage === undefined) {
    return withTitle(lens, 'Rebuilds: not known', showImpactCommand, ours);
  }
  const text = stageText(rebuilt.replay, fixed, stage) ?? 'The build does not need this stage';
  return withTitle(lens, text, showImpactCommand, ours);
}
