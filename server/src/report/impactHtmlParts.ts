import { grouped } from '../text/counted.js';
import { rangeText, secondsText } from '../text/seconds.js';
import { type Html, html } from './html.js';
import type { ImpactStep, Seconds } from './impactModel.js';

/** `48 s`; `not known` where nobody can tell. Its source stands in the tooltip and, for all, in the notes. */
export function timeOf(seconds: Seconds): Html {
  if (seconds.value === null) return html`<span class="unknown" title="${seconds.source}">not known</span>`;
  // What takes time is not shown as nothing.
  const text = seconds.value > 0 && seconds.value < 0.05 ? '< 0.1 s' : secondsText(seconds.value);
  return html`<span title="${seconds.source}">${text}</span>`;
}

/** `15 – 90 s`; empty where the time has no width, or is not known. */
export function rangeOf(seconds: Seconds): string {
  if (seconds.value === null) return '';
  const range = rangeText(seconds.low, seconds.high);
  return range === secondsText(seconds.value) ? '' : range;
}

/** What a time rests on, in one word; an unknown one rests on nothing. */
export function basisOf(seconds: Seconds): Html {
  if (seconds.value === null) return html``;
  return html`<span title="${seconds.source}">${seconds.basis}</span>`;
}

/** Range and basis, small: `15 – 90 s, assumed`. */
export function detailOf(seconds: Seconds): Html {
  const range = rangeOf(seconds);
  return html`${range !== '' && `${range}, `}${basisOf(seconds)}`;
}

/** A bar for the eye; the number stands beside it. */
export function bar(part: number, whole: number): Html {
  const width = whole > 0 ? Math.min(100, (100 * part) / whole) : 0;
  return html`<svg class="bar" aria-hidden="true" focusable="false"><rect class="of" width="100%" height="100%"/><rect class="is" width="${width.toFixed(1)}%" height="100%"/></svg>`;
}

/** A link to a line of the Dockerfile. */
export function lineLink(line: number): Html {
  return html`<button type="button" class="link" data-do="open" data-line="${line}" title="Open the Dockerfile at this line">line ${line + 1}</button>`;
}

/** Links to the lines of steps, the first few. */
export function stepLinks(steps: readonly ImpactStep[], most = 4): Html {
  const shown = steps.slice(0, most).map(({ line }, i) => html`${i > 0 && ', '}${lineLink(line)}`);
  return html`${shown}${steps.length > most && `, ${steps.length - most} more`}`;
}

/** A button that runs a command of the editor about this build. */
export function commandButton(command: string, title: string, kind: 'link' | 'secondary' = 'link'): Html {
  return html`<button type="button" class="${kind}" data-do="run" data-command="${command}" data-key="${command}">${title}</button>`;
}

/** `83 of 200` */
export function ofCommits(commits: number, of: number): string {
  return `${grouped(commits)} of ${grouped(of)}`;
}

/** A section with its heading. */
export function section(id: string, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>`;
}

/** Columns of a table: title → how its cells stand. */
export function head(columns: Readonly<Record<string, 'text' | 'number'>>): Html {
  const cells = Object.entries(columns).map(
    ([title, kind]) => html`<th scope="col"${kind === 'number' && html` class="number"`}>${title}</th>`,
  );
  return html`<thead><tr>${cells}</tr></thead>`;
}
