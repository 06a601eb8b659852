import { counted } from '../text/counted.js';
import type { ReportedBuild } from './contextModel.js';
import { fitted, labelled, wrapped } from './layout.js';
import { printable } from './names.js';
import type { Palette } from './text.js';
import { becauseText } from './why.js';
import type { WhyStep } from './whyModel.js';

/** What `why` tells. */
interface WhyReport {
  readonly build: ReportedBuild;
  readonly steps: readonly WhyStep[];
  /** What it was compared with. */
  readonly against: string;
  /** What limits the answer, one sentence each. */
  readonly notes: readonly string[];
}

function headline(steps: readonly WhyStep[]): string {
  const sure = steps.filter(({ cached }) => cached === false).length;
  const maybe = steps.filter(({ cached }) => cached === 'maybe').length;
  if (steps.length === 0) return 'this build has no steps';
  if (sure + maybe === 0) return `all ${counted(steps.length, 'step')} are cached`;
  const perhaps = maybe === 0 ? '' : `, ${maybe} perhaps`;
  const first =
    sure === 0 ? 'no step surely runs again' : `${sure} of ${counted(steps.length, 'step')} run again`;
  return first + perhaps;
}

/** A step that runs again, and below it why. */
function stepLines({ line, instruction, cached, because }: WhyStep, palette: Palette): readonly string[] {
  const place = `  ${String(line + 1).padStart(4)}  `;
  const text = fitted(printable(instruction), place.length);
  const reason = because === null ? '' : printable(becauseText(because));
  const word = cached === 'maybe' ? `perhaps: ${reason}` : reason;
  return [
    `${place}${cached === 'maybe' ? text : palette.strong(text)}`,
    ...wrapped(word, place.length + 2).map(palette.faint),
  ];
}

function stageLines(stage: string, steps: readonly WhyStep[], palette: Palette): readonly string[] {
  const run = steps.filter(({ cached }) => cached !== true);
  if (run.length === 0) return [];
  return ['', `  ${printable(stage)}`, ...run.flatMap((step) => stepLines(step, palette))];
}

/** The answer for a terminal: what runs again, stage by stage, and because of what. */
export function whyText({ build, steps, against, notes }: WhyReport, palette: Palette): string {
  const stages = [...new Set(steps.map(({ stage }) => stage))];
  const lines = [
    `${palette.strong(printable(build.dockerfile))}: ${headline(steps)}`,
    ...labelled('context', printable(build.context), 12),
    ...labelled('build', build.source === 'heuristic' ? 'as the files suggest' : printable(build.source), 12),
    ...labelled('before', printable(against), 12),
    ...stages.flatMap((stage) =>
      stageLines(
        stage,
        steps.filter((step) => step.stage === stage),
        palette,
      ),
    ),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `  ${printable(note)}`)]),
  ];
  return `${lines.join('\n')}\n`;
}
