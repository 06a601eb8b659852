import { bytesText } from '../text/bytes.js';
import { counted } from '../text/counted.js';
import { type Html, html } from './html.js';
import { lineLink, section, timeOf } from './impactHtmlParts.js';
import type { ImpactFix, ImpactPicture, RebuildSeconds } from './impactModel.js';

/** Every fix with what it would change, and a button where a program may apply it. */
export function fixesSection(picture: ImpactPicture): Html {
  const { fixes } = picture;
  if (fixes.length === 0)
    return section(
      'fixes',
      'Fixes',
      html`<p class="none">Nothing that Plimsoll could make cheaper here.</p>`,
    );
  const all = picture.rebuild === null || onlyTogether(picture);
  const paying = fixes.filter((fix) => all || pays(fix));
  const others = fixes.filter((fix) => !paying.includes(fix));
  const total = fixes.length > 1 && html`<tfoot>${together(picture)}</tfoot>`;
  const title = paying.length === 1 ? 'One fix' : `${paying.length} fixes`;
  const rest =
    others.length > 0 &&
    html`<details data-key="more-fixes"><summary>${counted(others.length, 'other fix', 'other fixes')}: rebuilds stay as they are</summary>${table(picture, others)}</details>`;
  const note =
    onlyTogether(picture) &&
    html`<p class="legend">Some save nothing alone, because another cause runs the same steps again; together they do.</p>`;
  return section(
    'fixes',
    paying.length === 0 ? 'Fixes' : title,
    html`${note}${paying.length > 0 && table(picture, paying, total)}${rest}`,
  );
}

/** Whether all fixes together save more than the best does, so that one which saves nothing alone may count. */
function onlyTogether({ fixes, allFixes, safeFixes }: ImpactPicture): boolean {
  const best = Math.max(0, ...fixes.map(({ savedPercent }) => savedPercent ?? 0));
  const joint = Math.max(allFixes?.savedPercent ?? 0, safeFixes?.savedPercent ?? 0);
  return joint > best + 1 && fixes.some((fix) => !pays(fix));
}

/** Whether a fix changes a number of this report. */
function pays({ savedPercent, bytesSaved, applicability }: ImpactFix): boolean {
  return (savedPercent ?? 0) > 0 || (bytesSaved ?? 0) > 0 || applicability === 'manual';
}

function table(picture: ImpactPicture, fixes: readonly ImpactFix[], foot: Html | false = false): Html {
  const columns = [
    'Fix',
    ...(picture.rebuild === null ? [] : ['Average commit']),
    ...(savesAnything(picture) ? ['Saves'] : []),
  ];
  const heads = columns.map(
    (title, i) => html`<th scope="col"${i > 0 && html` class="number"`}>${title}</th>`,
  );
  const rows = fixes.map((fix) => fixRow(fix, picture.fixes.indexOf(fix), picture));
  return html`<div class="scroll"><table class="fixes"><caption class="unseen">Fixes and what they save</caption>
<thead><tr>${heads}<td></td></tr></thead>
<tbody>${rows}</tbody>
${foot}</table></div>`;
}

/** Whether there is anything for the column. */
function savesAnything({ rebuild, fixes }: ImpactPicture): boolean {
  return rebuild !== null || fixes.some(({ bytesSaved }) => bytesSaved !== null && bytesSaved > 0);
}

/** What an applicability means to the one who presses the button. */
const care: Readonly<Record<ImpactFix['applicability'], string>> = {
  safe: 'safe',
  unsafe: 'look first: the image changes, or may',
  manual: 'by hand',
};

function fixRow(fix: ImpactFix, i: number, picture: ImpactPicture): Html {
  const here = fix.path === picture.dockerfile;
  const place = here ? lineLink(fix.line) : html`${fix.path}:${fix.line + 1}`;
  return html`<tr><th scope="row">${fix.title}<span class="sub">${fix.rule}, ${place}; ${care[fix.applicability]}</span></th>
${changeCell(picture, fix.rebuild)}${savesAnything(picture) && html`<td class="number">${saved(fix)}</td>`}
<td class="act">${fix.applicability !== 'manual' && applyButton(fix.id, fix.applicability === 'safe' ? 'Apply' : 'Apply…', fix.title, `fix${i}`)}</td></tr>`;
}

function applyButton(id: string, text: string, title: string, key: string): Html {
  return html`<button type="button" class="secondary" data-do="fix" data-fix="${id}" data-key="${key}" aria-label="${text} ${title}">${text}</button>`;
}

function changeCell({ rebuild }: ImpactPicture, after: RebuildSeconds | null): Html {
  if (rebuild === null) return html``;
  if (after === null) return html`<td class="number"><span class="unknown">not known</span></td>`;
  return html`<td class="number">${timeOf(rebuild.meanSeconds)} <span aria-hidden="true">→</span><span class="unseen">becomes</span> <strong>${timeOf(after.meanSeconds)}</strong></td>`;
}

function saved({ savedPercent, bytesSaved }: ImpactFix): Html {
  const parts = [
    savedPercent === null ? undefined : percent(savedPercent),
    bytesSaved === null || bytesSaved <= 0 ? undefined : `${bytesText(bytesSaved)} of context`,
  ].filter((one) => one !== undefined);
  return html`${parts.map((one, i) => html`${i > 0 && html`<br>`}${one}`)}`;
}

/** `71 %`; less than half a percent is not called nothing, and a change for the worse not a saving. */
function percent(share: number): string {
  if (share <= 0) return 'nothing';
  if (share && share < 0.5) return '< 1 %';
  return `${Math.round(share)} %`;
}

function together(picture: ImpactPicture): Html {
  const { safeFixes, allFixes, fixes } = picture;
  const count = (kind: ImpactFix['applicability']): number =>
    fixes.filter(({ applicability }) => applicability === kind).length;
  const safe = count('safe');
  const left = allFixes?.left ?? 0;
  const rest = left > 0 && html`<span class="sub">but ${left} by hand</span>`;
  return html`${safe > 1 && totalRow(picture, safe === 2 ? 'Both safe fixes' : `All ${safe} safe fixes`, 'safe', 'Apply all safe', safeFixes)}
${count('unsafe') > 0 && totalRow(picture, html`All fixes${rest}`, 'all', 'Apply all…', allFixes)}`;
}

function totalRow(
  picture: ImpactPicture,
  name: string | Html,
  id: 'safe' | 'all',
  text: string,
  after: { readonly rebuild: RebuildSeconds; readonly savedPercent: number } | null,
): Html {
  const share = after === null ? '' : percent(after.savedPercent);
  return html`<tr><th scope="row">${name}</th>${changeCell(picture, after?.rebuild ?? null)}
${savesAnything(picture) && html`<td class="number">${share}</td>`}
<td class="act"><button type="button" class="secondary" data-do="fix" data-fix="${id}" data-key="${id}">${text}</button></td></tr>`;
}
