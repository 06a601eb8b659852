import { counted } from '../text/counted.js';
import { type Html, html } from './html.js';
import { fixesSection } from './impactHtmlFixes.js';
import { basisOf, commandButton, lineLink, rangeOf, section, stepLinks, timeOf } from './impactHtmlParts.js';
import { stepsSection } from './impactHtmlSteps.js';
import { causesSection, measuredSection, volatileSection } from './impactHtmlTables.js';
import type { ImpactPicture, ImpactScenario, ImpactStep, Seconds } from './impactModel.js';
import { isPartlyKnown, nothingAgain, rebuildingText, typicalReruns } from './impactTypical.js';

/** What the page may offer beside what the picture says. */
export interface ImpactPageOptions {
  /** False where git is not asked because the workspace is not trusted: the page then leads to where that is granted. */
  readonly trusted: boolean;
}

/**
 * The report of a build's impact as HTML for an element of a page: no document around it, no style, no script. Every
 * text of the picture is escaped. Things to press carry `data-do`: `open` (`data-line`, 0-based), `fix` (`data-fix`: the
 * id of a fix, `safe` or `all`), `run` (`data-command`), `choose`, `refresh`. `#done` is where the page
 * may say what was done. Pure: the same picture gives the same text.
 */
export function impactHtml(picture: ImpactPicture, options: ImpactPageOptions = { trusted: true }): string {
  return html`${header(picture)}
<p id="done" class="change" hidden></p>
${gapNotice(picture, options)}
${headline(picture)}
${fixesSection(picture)}
${stepsSection(picture)}
<div class="overview">${timesSection(picture)}${causesSection(picture)}</div>
${volatileSection(picture)}
${measuredSection(picture)}
${basisSection(picture)}`.text;
}

function header({ dockerfile, context, target, source, why, commits }: ImpactPicture): Html {
  const stage = target !== null && html`<div><dt>Target</dt><dd>${target}</dd></div>`;
  const range =
    commits !== null &&
    commits.replayed > 0 &&
    html`<div><dt>History</dt><dd>last ${counted(commits.replayed, 'commit')} (<code>${short(commits.oldest)}</code> to <code>${short(commits.newest)}</code>)</dd></div>`;
  return html`<header><div class="title"><h1>Build impact <span class="of">${dockerfile}</span></h1>
<button type="button" class="secondary" data-do="refresh" data-key="refresh">Refresh</button></div>
<dl class="facts"><div><dt>Folder</dt><dd>${context === '' ? '.' : context}</dd></div>${stage}
<div><dt>Build</dt><dd><span title="${why}">${source === 'heuristic' ? 'as the files suggest' : source}</span> <button type="button" class="link" data-do="choose" data-key="choose">Choose…</button></dd></div>${range}</dl></header>`;
}

function short(commit: string): string {
  return commit.slice(0, 8);
}

/** Why there is no history, and what helps. */
function gapNotice({ gap }: ImpactPicture, { trusted }: ImpactPageOptions): Html {
  if (gap === null) return html``;
  const trust =
    !trusted && html` ${commandButton('workbench.trust.manage', 'Manage Workspace Trust…')} to replay it.`;
  return html`<p class="notice" role="note"><strong>No history.</strong> ${gap}${trust}</p>`;
}

/** The one number, what it is made of, and what the fixes would make of it. */
function headline(picture: ImpactPicture): Html {
  const { rebuild, clean } = picture;
  const [seconds, what] =
    rebuild === null
      ? [clean, 'for a clean build']
      : [rebuild.meanSeconds, 'to rebuild after an average commit'];
  const size =
    seconds.value === null
      ? html`Time not known`
      : html`${isOpen(picture) && 'more than '}${timeOf(seconds)}`;
  const why = seconds.value === null && html` <span class="lead">${seconds.source}</span>`;
  return html`<section class="total" aria-labelledby="total"><h2 id="total" class="unseen">In short</h2>
<p class="headline"><strong class="size" id="size">${size}</strong> <span>${what}</span>${badge(seconds)}${why}</p>
${lead(picture)}</section>`;
}

function badge(seconds: Seconds): Html {
  if (seconds.value === null) return html``;
  const range = rangeOf(seconds);
  return html`<span class="level basis-${seconds.basis}" title="${seconds.source}">${seconds.basis}${range !== '' && html`, ${range}`}</span>`;
}

function lead(picture: ImpactPicture): Html {
  const parts = [typicalText(picture), fixesText(picture), uncountedText(picture)].filter(
    (one) => one !== undefined,
  );
  return parts.length === 0
    ? html``
    : html`<p class="lead">${parts.map((one, i) => html`${i > 0 && ' '}${one}`)}</p>`;
}

function typicalText(picture: ImpactPicture): Html | undefined {
  const { commits } = picture;
  const typical = typicalReruns(picture);
  if (commits === null || typical === null) return undefined;
  const none = nothingAgain(picture);
  if (none !== null) return html`${none}`;
  const seen = html`${rebuildingText(commits)} ran something again`;
  if (typical.none) return html`${seen}; on a typical one nothing does.`;
  if (typical.again === 0) return html`${seen}.`;
  return html`<strong>${typical.again} of ${counted(typical.of, 'step')}</strong> run again on a typical commit; ${seen}.`;
}

/** Steps that the headline's time leaves out, because nobody knows how long they take. */
function uncounted({ stages, rebuild }: ImpactPicture): readonly ImpactStep[] {
  const steps = stages.flatMap((stage) => stage.steps);
  return steps.filter((s) => s.seconds.value === null && (rebuild === null || s.rebuilds > 0));
}

/** Whether the headline's time leaves anything out. */
function isOpen(picture: ImpactPicture): boolean {
  const { stages, rebuild } = picture;
  const running = stages.flatMap(({ steps }) => steps).filter((s) => rebuild === null || s.rebuilds > 0);
  return uncounted(picture).length > 0 || isPartlyKnown(running);
}

function uncountedText(picture: ImpactPicture): Html | undefined {
  const steps = uncounted(picture);
  if (steps.length === 0) return undefined;
  const what = steps.length === 1 ? 'one step that runs' : `${steps.length} steps that run`;
  return html`Not counted: ${what} for a time nobody knows (${stepLinks(steps)}); a measured build tells.`;
}

function fixesText({ allFixes, fixes }: ImpactPicture): Html | undefined {
  const after = allFixes?.rebuild.meanSeconds;
  if (allFixes === null || allFixes.savedPercent < 0.5) return undefined;
  if (after === undefined || after.value === null) return undefined;
  const name = fixes.length === 1 ? 'the fix' : 'all fixes';
  return html`With ${name}: <strong>${timeOf(after)}</strong> (${Math.round(allFixes.savedPercent)} % less).`;
}

/** Mean, median, ninth tenth and clean build; without history what a few edits would cost. */
function timesSection(picture: ImpactPicture): Html {
  const { rebuild, clean, scenarios } = picture;
  const rows =
    rebuild === null
      ? []
      : [
          timeRow('Average commit', rebuild.meanSeconds),
          timeRow('Median commit', rebuild.p50Seconds),
          timeRow('9 of 10 commits, at most', rebuild.p90Seconds),
        ];
  const told = (scenarios ?? []).map((one) => scenarioRow(one, picture));
  const hasClean = (scenarios ?? []).some(({ name }) => /clean/.test(name));
  const all = [...rows, ...told, ...(hasClean ? [] : [timeRow('Clean build', clean)])];
  const table = html`<table class="times"><caption class="unseen">What a build takes</caption>
<thead><tr><th scope="col"><span class="unseen">Build</span></th><th scope="col" class="number">Time</th><th scope="col">Range</th><th scope="col">Basis</th></tr></thead><tbody>${all}</tbody></table>`;
  return section('times', 'What a build takes', table);
}

function timeRow(name: string, seconds: Seconds, more: Html | undefined = undefined): Html {
  return html`<tr><th scope="row">${name}${more}</th><td class="number">${timeOf(seconds)}</td><td class="detail">${rangeOf(seconds)}</td><td class="detail">${basisOf(seconds)}</td></tr>`;
}

function scenarioRow({ name, steps, seconds }: ImpactScenario, picture: ImpactPicture): Html {
  const all: readonly ImpactStep[] = picture.stages.flatMap((stage) => stage.steps);
  const first = all.find(({ index }) => steps.includes(index));
  const from = first !== undefined && steps.length < all.length && html`, from ${lineLink(first.line)} on`;
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  return timeRow(
    title,
    seconds,
    html`<span class="sub">${counted(steps.length, 'step')} of ${all.length}${from}</span>`,
  );
}

function basisSection({ notes, source, why, rebuild, clean }: ImpactPicture): Html {
  const texts = [
    'Measured: from your own builds. Simulated: from the project’s files and its history. Assumed: what such commands usually take.',
    'Stages run side by side: what counts is the longest chain of steps that wait for one another, not the sum of all.',
    `The times rest on: ${(rebuild?.meanSeconds ?? clean).source}.`,
    ...notes,
    `The build: ${source === 'heuristic' ? 'as the files suggest' : source}: ${why}`,
  ];
  const list = html`<ul class="basis">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
  return section('basis', 'How this was computed', list);
}
