import { type Html, html } from './html.js';
import { icon } from './icon.js';
import type { Amount, Picture, Report, Thresholds } from './model.js';
import { suggestionsSection } from './sections.js';
import type { Change, ReportView } from './view.js';
import { bytesText, countText, filesText, type Say, visible } from './words.js';

/** The one number, what it was before, the working (all, ignored, sent, on the wire), and beside it what would change it. */
export function totalSection(view: ReportView, picture: Picture, say: Say): Html {
  const { report } = picture;
  return html`<section class="total" aria-labelledby="total"><h2 id="total" class="unseen">${say('Size')}</h2>
${headline(report, view.thresholds, say)}
${view.change !== null && changeLine(view.change, say)}
${totalsBar(report)}</section>
<div class="overview">${totalsTable(report, say)}${suggestionsSection(view, picture, say)}</div>`;
}

function headline({ loaded, sent }: Report, thresholds: Thresholds, say: Say): Html {
  if (!loaded || sent.wireBytes === null) {
    const why = sent.exact
      ? say('No step that this build reaches takes anything from the folder, so nothing of it is sent.')
      : say(
          'Nothing is sent, as far as can be told: what the steps take depends on values that are not known.',
        );
    return html`<p class="headline"><strong class="size">${bytesText(0)}</strong> <span>${why}</span></p>`;
  }
  const size = bytesText(sent.bytes);
  return html`<p class="headline"><strong class="size" id="size">${sent.exact ? size : say('about {0}', size)}</strong>
<span>${say('sent to the builder in {0}', filesText(sent.files, say))}</span>${levelMark(sent.bytes, thresholds, say)}</p>
${
  !sent.exact &&
  html`<p class="inexact">${icon('note')}${say(
    'Not exact: something that counts is not known, such as a folder that can’t be read, extended attributes of files, or a source that depends on a variable. The notes at the end say which.',
  )}</p>`
}`;
}

function levelMark(bytes: number, { noteAbove, warnAbove }: Thresholds, say: Say): Html {
  if (bytes > warnAbove)
    return html`<span class="level warning">${icon('warning')}${say('above {0}', bytesText(warnAbove))}</span>`;
  if (bytes > noteAbove)
    return html`<span class="level note">${icon('note')}${say('above {0}', bytesText(noteAbove))}</span>`;
  return html``;
}

/** What an added line changed, in one sentence. */
export function changeText({ pattern, file, before, after }: Change, say: Say): string {
  const line = visible(pattern);
  const sizes: [string, string] = [bytesText(before), bytesText(after)];
  if (after === before) return say('{0} was added to {1}; the size is the same.', line, file);
  if (after > before) return say('{0} was added to {1}: {2} → {3}.', line, file, ...sizes);
  const saved = bytesText(before - after);
  return say('{0} was added to {1}: {2} → {3}, {4} less.', line, file, ...sizes, saved);
}

function changeLine(change: Change, say: Say): Html {
  return html`<p class="change">${changeText(change, say)}</p>`;
}

interface Part extends Amount {
  readonly kind: 'ignored' | 'unasked' | 'sent';
}

/** What lies in the folder, in parts that add up; undefined where it was not counted. */
function partsOf({ all, ignored, sent }: Report): readonly Part[] | undefined {
  if (all === null || ignored === null) return undefined;
  const unasked = {
    files: Math.max(0, all.files - ignored.files - sent.files),
    bytes: Math.max(0, all.bytes - ignored.bytes - sent.bytes),
  };
  return [
    { kind: 'sent', files: sent.files, bytes: sent.bytes },
    { kind: 'unasked', ...unasked },
    { kind: 'ignored', files: ignored.files, bytes: ignored.bytes },
  ];
}

/** A bar for the eye; the table below it has the numbers. */
function totalsBar(report: Report): Html {
  const parts = partsOf(report) ?? [];
  const whole = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (whole === 0) return html``;
  let at = 0;
  const drawn = parts.map(({ kind, bytes }) => {
    const width = (100 * bytes) / whole;
    const rect = html`<rect class="${kind}" x="${at.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
    at += width;
    return rect;
  });
  return html`<svg class="whole" aria-hidden="true" focusable="false">${drawn}</svg>`;
}

function totalsTable(report: Report, say: Say): Html {
  const { all, sent, build } = report;
  const file = build.ignoreFile === null ? undefined : build.ignoreFile.split('/').at(-1);
  const names: Readonly<Record<Part['kind'], string>> = {
    ignored:
      file === undefined ? say('Left out: there is no ignore file') : say('Left out by {0}', visible(file)),
    unasked: say('Asked for by no step'),
    sent: say('Sent'),
  };
  const parts = partsOf(report) ?? [{ kind: 'sent' as const, files: sent.files, bytes: sent.bytes }];
  const shown = parts.filter(({ kind, files }) => kind !== 'unasked' || files > 0);
  return html`<section aria-labelledby="parts"><h2 id="parts">${say('How the size comes about')}</h2>
<table class="totals"><caption class="unseen">${say('How the size comes about')}</caption>
<thead><tr><th scope="col"><span class="unseen">${say('Part')}</span></th><th scope="col" class="number">${say('Files')}</th><th scope="col" class="number">${say('Size')}</th></tr></thead>
<tbody>${all !== null && amountRow(say('In the folder'), 'all', all)}
${shown.toReversed().map((part) => amountRow(names[part.kind], part.kind, part))}
${wireRow(report, say)}</tbody></table></section>`;
}

function amountRow(name: string, kind: Part['kind'] | 'all', { files, bytes }: Amount): Html {
  return html`<tr class="${kind}"><th scope="row"><span class="key" aria-hidden="true"></span>${name}</th>
<td class="number">${countText(files)}</td><td class="number">${bytesText(bytes)}</td></tr>`;
}

function wireRow({ sent }: Report, say: Say): Html {
  if (sent.wireBytes === null) return html``;
  const bytes = say(sent.exact ? '{0} bytes' : 'about {0} bytes', countText(sent.wireBytes));
  return html`<tr class="wire"><th scope="row"><span class="key" aria-hidden="true"></span>${say('On the wire, folders and links too')}</th>
<td class="number">${say('{0} entries', countText(sent.entries))}</td><td class="number">${bytes}</td></tr>`;
}
