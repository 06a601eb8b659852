import { lineButton } from './contents.js';
import { type Html, html } from './html.js';
import type { Picture, Report } from './model.js';
import type { ReportView } from './view.js';
import { amountText, bytesText, countText, type Say, visible } from './words.js';

const shownAtOnce = 6;

/** Lines that the ignore file could have, each with a button that adds it. */
export function suggestionsSection(view: ReportView, { report }: Picture, say: Say): Html {
  const { suggestedIgnore: all } = report;
  if (all.length === 0) return html``;
  const file = visible(view.label(report.build.ignoreFile ?? '.dockerignore'));
  const items = all.map((one, i) => suggestion(one, file, i, say));
  return html`<section aria-labelledby="lines"><h2 id="lines">${say('Lines that would make it smaller')}</h2>
<ul class="suggestions">${items.slice(0, shownAtOnce)}</ul>
${moreOf(items.slice(shownAtOnce), 'suggestions', say)}</section>`;
}

function suggestion(one: Report['suggestedIgnore'][number], file: string, i: number, say: Say): Html {
  const pattern = visible(one.pattern);
  const saved = amountText(one, say);
  const label = say('Add {0} to {1}: {2} less', pattern, file, saved);
  return html`<li><button type="button" class="add" data-do="add" data-pattern="${one.pattern}" data-key="add${i}" aria-label="${label}">${say('Add')} <code>${pattern}</code></button>
<span class="saved">−${bytesText(one.bytes)}</span> <span class="reason">${visible(one.reason)}</span></li>`;
}

function moreOf(items: readonly Html[], kind: string, say: Say): Html {
  if (items.length === 0) return html``;
  return html`<details data-key="more-${kind}"><summary>${say('{0} more', items.length)}</summary><ul class="${kind}">${items}</ul></details>`;
}

const unusedShown = 10;

/** What is sent although no step takes it. */
export function unusedSection({ report }: Picture, say: Say): Html {
  const { unused } = report;
  if (unused.length === 0) return html``;
  const rows = unused.map(
    (one) =>
      html`<tr><th scope="row"><bdi>${visible(one.path)}</bdi></th><td class="number">${bytesText(one.bytes)}</td><td class="number">${countText(one.files)}</td></tr>`,
  );
  const table = (some: readonly Html[]): Html =>
    html`<div class="scroll"><table class="narrow"><caption class="unseen">${say('Sent, but taken by no step')}</caption>
<thead><tr><th scope="col">${say('Path')}</th><th scope="col" class="number">${say('Size')}</th><th scope="col" class="number">${say('Files')}</th></tr></thead><tbody>${some}</tbody></table></div>`;
  const more = rows.slice(unusedShown);
  return html`<section aria-labelledby="unused"><h2 id="unused">${say('Sent, but taken by no step')}</h2>
${table(rows.slice(0, unusedShown))}${more.length > 0 && html`<details data-key="more-unused"><summary>${say('{0} more', more.length)}</summary>${table(more)}</details>`}</section>`;
}

/** What each COPY, ADD and bind mount takes. */
export function copiesSection({ report }: Picture, say: Say): Html {
  const { copies } = report;
  if (copies.length === 0) return html``;
  const rows = copies.flatMap(({ line, stage, instruction, sources }) =>
    sources.map(
      (source, i) => html`<tr><td>${i === 0 && lineButton(line, say)}</td>
<td>${i === 0 && html`<code class="instruction">${visible(instruction)}</code> <span class="stage">${visible(stage)}</span>`}</td>
<th scope="row"><bdi>${visible(source.source)}</bdi></th><td class="number">${bytesText(source.bytes)}</td><td class="number">${countText(source.files)}</td></tr>`,
    ),
  );
  return html`<section aria-labelledby="copies"><h2 id="copies">${say('What each step takes')}</h2>
<div class="scroll"><table class="copies"><caption class="unseen">${say('What each step takes')}</caption><thead><tr><th scope="col">${say('Line')}</th><th scope="col">${say('Step and stage')}</th><th scope="col">${say('Source')}</th>
<th scope="col" class="number">${say('Size')}</th><th scope="col" class="number">${say('Files')}</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
