import type { InlayHint, Range } from 'vscode-languageserver';
import { counted } from '../text/counted.js';
import type { Rebuilt } from './rebuilds.js';
import { timeText } from './rebuildWords.js';
import { rowsText, stepHover } from './stepHover.js';

/** How long each step in `range` takes and how often it ran again, where that is worth a word. */
export function stepHints(rebuilt: Rebuilt, range: Range, markdown: boolean): InlayHint[] {
  const { replay, dockerfile, hintAbove } = rebuilt;
  const { lines } = dockerfile;
  const within = lines.spanOf(range);
  const told = new Set<number>();
  return replay.steps.flatMap(({ step, rebuilds, seconds }) => {
    const { end, start } = step.instruction.span;
    const time = timeText(seconds);
    if (time === undefined || (seconds.value ?? 0) < hintAbove) return [];
    // A trigger runs in several stages.
    if (end < within.start || end > within.end || told.has(end)) return [];
    told.add(end);
    const often =
      replay.commits === null ? '' : ` · ${rebuilds} of ${counted(replay.commits.replayed, 'commit')}`;
    const hover = stepHover(rebuilt, undefined, start);
    const text = hover === undefined ? '' : rowsText(hover, markdown);
    return [
      {
        position: lines.positionAt(end),
        label: `${time}${often}`,
        paddingLeft: true,
        tooltip: markdown ? { kind: 'markdown' as const, value: text } : text.replaceAll('`', ''),
      },
    ];
  });
}
