import type { CodeLens } from 'vscode-languageserver';
import { type Sized, sizeWords } from './sizes.js';

/** What a lens carries until it is resolved. */
export interface LensData {
  readonly uri: string;
}

/** The command our own client shows the report with. */
const showContextCommand = 'plimsoll.showContextSize';

/** A lens on the first stage, for a build that loads a local context; its text may come later. */
export function lensOf(sized: Sized, uri: string): CodeLens | undefined {
  const { dockerfile, needs, build } = sized;
  const first = dockerfile.stages[0];
  if (first === undefined || !needs.loaded || build.remote) return undefined;
  const { lines } = dockerfile;
  return { range: lines.rangeOf(first.from.keywordSpan), data: { uri } satisfies LensData };
}

/** The lens with its text; `ours`: the client knows the command that shows more. */
export function resolvedLens(lens: CodeLens, sized: Sized | undefined, ours: boolean): CodeLens {
  const words = sized && sizeWords(sized);
  const { uri } = lens.data as LensData;
  const title = words?.text ?? 'Context: size not known';
  return {
    ...lens,
    command: ours ? { title, command: showContextCommand, arguments: [uri] } : { title, command: '' },
  };
}
