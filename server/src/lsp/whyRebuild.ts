import { becauseText } from '../report/why.js';
import type { WhyStep } from '../report/whyModel.js';
import { counted } from '../text/counted.js';
import { code } from './words.js';

/** The answer as Markdown. `notes`: what limits it, one sentence each. */
export function whyMarkdown(steps: readonly WhyStep[], against: string, notes: readonly string[]): string {
  const rows = steps.map(
    ({ line, instruction, cached, because }) =>
      `| ${line + 1} | ${cell(code(shortened(instruction)))} | ${said(cached)} | ${because === null ? '' : plain(becauseText(because))} |`,
  );
  const parts = [
    `# Why would this rebuild?`,
    `The working tree against ${against}: ${summary(steps)}`,
    ...(rows.length === 0 ? [] : [['| Line | Step | | Because |', '|--:|:--|:--|:--|', ...rows].join('\n')]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** `text` as it stands, whatever characters it holds. */
function plain(text: string): string {
  return text.replace(/[\\`*_<>|[\]]/g, '\\$&');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function shortened(instruction: string): string {
  const line = instruction.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function said(cached: WhyStep['cached']): string {
  if (cached === true) return 'cached';
  return cached === 'maybe' ? 'may run again' : '**runs again**';
}

function summary(steps: readonly WhyStep[]): string {
  const sure = steps.filter(({ cached }) => cached === false).length;
  const maybe = steps.filter(({ cached }) => cached === 'maybe').length;
  if (steps.length === 0) return 'the build has no steps.';
  if (sure + maybe === 0)
    return `nothing runs again, all ${counted(steps.length, 'step')} come from the cache.`;
  const perhaps = maybe === 0 ? '' : `, and perhaps ${maybe} more`;
  return `${sure} of ${counted(steps.length, 'step')} ${sure === 1 ? 'runs' : 'run'} again${perhaps}.`;
}
