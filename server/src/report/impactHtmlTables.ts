import { counted } from '../text/counted.js';
import { compareBytes } from '../text/order.js';
import { secondsText } from '../text/seconds.js';
import { type Html, html } from './html.js';
import { bar, commandButton, head, lineLink, ofCommits, section } from './impactHtmlParts.js';
import { causeName } from './impactHtmlSteps.js';
import type { ImpactMeasured, ImpactPicture, ImpactStep } from './impactModel.js';

type Cause = ImpactStep['causes'][number];

const causesShown = 8;

/** A cause over all steps: the most commits it counts for at one of them, and the steps it is named at. */
interface Found extends Cause {
  readonly steps: readonly ImpactStep[];
}

function causesOf({ stages }: ImpactPicture): readonly Found[] {
  const found = new Map<string, Found>();
  for (const step of stages.flatMap((stage) => stage.steps))
    for (const cause of step.causes) {
      const key = `${cause.kind} ${cause.path}`;
      const known = found.get(key);
      const commits = Math.max(known?.commits ?? 0, cause.commits);
      found.set(key, { ...cause, commits, steps: [...(known?.steps ?? []), step] });
    }
  return [...found.values()].toSorted((a, b) => b.commits - a.commits || compareBytes(a.path, b.path));
}

/** What makes steps run again, over all commits. */
export function causesSection(picture: ImpactPicture): Html {
  const { commits } = picture;
  const all = causesOf(picture);
  if (commits === null || all.length === 0) return html``;
  const rows = all.slice(0, causesShown).map(
    (cause) => html`<tr><th scope="row">${causeName(cause)}</th>
<td>${bar(cause.commits, commits.replayed)}${ofCommits(cause.commits, commits.replayed)}</td><td>${reached(cause.steps)}</td></tr>`,
  );
  const more = all.length - rows.length;
  const table = html`<div class="scroll"><table class="narrow"><caption class="unseen">What makes steps run again</caption>
${head({ 'Folder or argument': 'text', 'Commits that change it': 'text', 'Runs again': 'text' })}<tbody>${rows}</tbody></table></div>
${more > 0 && html`<p class="none">and ${more} that count less</p>`}`;
  return section('causes', 'What makes steps run again', table);
}

/** Where a cause comes in, and how many steps it reaches. */
function reached(steps: readonly ImpactStep[]): Html {
  const [first, ...others] = steps;
  if (first === undefined) return html``;
  return html`${lineLink(first.line)}${others.length > 0 && ` and ${counted(others.length, 'more step')}`}`;
}

/** Arguments that change by themselves. */
export function volatileSection({ volatile }: ImpactPicture): Html {
  if (volatile.length === 0) return html``;
  const rows = volatile.map(
    ({ name, value, where, changes }) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>with every ${changes}</td><td><code>${value}</code></td><td><bdi>${where}</bdi></td></tr>`,
  );
  const table = html`<div class="scroll"><table class="narrow"><caption class="unseen">Arguments that change by themselves</caption>
${head({ Argument: 'text', Changes: 'text', Value: 'text', 'Passed in': 'text' })}<tbody>${rows}</tbody></table></div>`;
  return section('volatile', 'Arguments that change by themselves', table);
}

/** Builds somebody did, the newest first, with their times side by side. */
export function measuredSection({ measured }: ImpactPicture): Html {
  const offer = html`<p class="actions">${commandButton('plimsoll.measureBuild', 'Measure Build…', 'secondary')} ${commandButton('plimsoll.importBuildLog', 'Import Build Log…', 'secondary')}${measured.length > 0 && html` ${commandButton('plimsoll.forgetMeasuredBuilds', 'Forget these')}`}</p>`;
  if (measured.length === 0) {
    const text =
      'None yet: the times above are not from your machine. A measured build, or a log of one, puts real times in their place.';
    return section('measured', 'Measured builds', html`<p class="none">${text}</p>${offer}`);
  }
  const longest = Math.max(0, ...measured.map(({ seconds }) => seconds ?? 0));
  const table = html`<div class="scroll"><table class="narrow"><caption class="unseen">Measured builds, the newest first</caption>
${head({ Build: 'text', Time: 'text', 'Steps that ran': 'number', 'From the cache': 'number' })}<tbody>${measured.map((one) => measuredRow(one, longest))}</tbody></table></div>`;
  return section('measured', 'Measured builds', html`${trend(measured)}${table}${offer}`);
}

function measuredRow({ started, origin, seconds, ran, cached }: ImpactMeasured, longest: number): Html {
  const when = started === null ? origin : `${whenText(started)}, ${origin}`;
  const time =
    seconds === null
      ? html`<span class="unknown">not in the log</span>`
      : html`${bar(seconds, longest)}${secondsText(seconds)}`;
  return html`<tr><th scope="row">${when}</th><td>${time}</td><td class="number">${ran}</td><td class="number">${cached}</td></tr>`;
}

/** `2026-11-22 11:04`, in the time that the log has. */
function whenText(iso: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso) ?? [];
  if (day === undefined || time === undefined) return iso;
  return `${day} ${time}${iso.endsWith('Z') ? ' UTC' : ''}`;
}

/** How the newest build compares with the ones before it, in one sentence. */
function trend(measured: readonly ImpactMeasured[]): Html {
  const [newest, ...before] = measured.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
  if (newest === undefined || before.length === 0) return html``;
  const sorted = before.toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? newest;
  const difference = newest - median;
  const compared =
    Math.abs(difference) < 0.05 * median
      ? 'about as long as'
      : `${secondsText(Math.abs(difference))} ${difference > 0 ? 'more' : 'less'} than`;
  const others =
    before.length === 1 ? 'the one before' : `the middle one of ${counted(before.length, 'build')} before`;
  return html`<p class="lead">The newest took <strong>${secondsText(newest)}</strong>, ${compared} ${others}.</p>`;
}
