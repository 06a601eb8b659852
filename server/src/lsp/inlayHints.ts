import type { InlayHint, MarkupContent, Range } from 'vscode-languageserver';
import { sumOf } from '../project/measure.js';
import { amountText } from '../report/layout.js';
import type { Instruction } from '../syntax/dockerfile/model.js';
import { touches } from '../text/span.js';
import { limitsOf, type MeasuredSource, measuredSources, type Sized } from './sizes.js';
import { basis, buildName, code } from './words.js';

/** Bytes below which a hint would be noise. */
const shownFrom = 1000;
/** Paths that a tooltip names. */
const namedPaths = 5;

/** What one hint is about: a COPY or ADD, or one mount of a RUN. */
interface Shown {
  readonly offset: number;
  readonly instruction: Instruction;
  readonly sources: readonly MeasuredSource[];
}

/** Where the hint of a source stands: behind its mount, else behind the whole instruction. */
function offsetOf({ use, source }: MeasuredSource): number {
  const { instruction, kind } = use;
  const mount = instruction.flags.find(({ span }) => kind === 'mount' && touches(span, source.span));
  return mount?.span.end ?? instruction.span.end;
}

function shownOf(sized: Sized): readonly Shown[] {
  const byOffset = new Map<number, Shown>();
  for (const one of measuredSources(sized)) {
    const offset = offsetOf(one);
    const known = byOffset.get(offset);
    // A trigger runs in several stages, each time with the same sources.
    if (known?.sources.some(({ source }) => source.span === one.source.span) === true) continue;
    const sources = [...(known?.sources ?? []), one];
    byOffset.set(offset, { offset, instruction: one.use.instruction, sources });
  }
  return [...byOffset.values()];
}

function sourceLine({ source, measure }: MeasuredSource): string {
  const { written, query } = source;
  const paths = measure.matches.slice(0, namedPaths).map(code);
  const more = measure.matches.length > namedPaths ? ', …' : '';
  const wild = query.wildcards && /[*?[]/.test(query.path) && paths.length > 0;
  return `- ${code(written)}: ${amountText(measure)}${wild ? ` (${paths.join(', ')}${more})` : ''}`;
}

function tooltip(sized: Sized, { sources }: Shown, markdown: boolean): MarkupContent | string {
  const { build } = sized;
  const except =
    build.ignoreFile === null ? 'There is no ignore file.' : 'What the ignore file hides is not counted.';
  const parts = [
    `From the build context (${buildName(build)}):`,
    sources.map(sourceLine).join('\n'),
    [except, ...limitsOf(sized), basis].join(' '),
  ];
  const value = parts.join('\n\n');
  return markdown ? { kind: 'markdown', value } : value.replaceAll('`', '');
}

/** How much each COPY, ADD and bind mount in `range` takes from the context. Empty while that is not known. */
export function inlayHints(sized: Sized, range: Range, markdown: boolean): InlayHint[] {
  const { lines } = sized.dockerfile;
  const within = lines.spanOf(range);
  return shownOf(sized).flatMap((shown) => {
    const amount = sumOf(shown.sources.map(({ measure }) => measure));
    const { offset } = shown;
    if (amount.bytes < shownFrom || offset < within.start || offset > within.end) return [];
    const about = limitsOf(sized).length > 0 ? 'about ' : '';
    return [
      {
        position: lines.positionAt(offset),
        label: `${about}${amountText(amount)}`,
        paddingLeft: true,
        tooltip: tooltip(sized, shown, markdown),
      },
    ];
  });
}
