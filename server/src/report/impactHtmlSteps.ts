import { counted } from '../text/counted.js';
import { secondsText } from '../text/seconds.js';
import { type Html, html } from './html.js';
import { bar, detailOf, lineLink, ofCommits, section, timeOf } from './impactHtmlParts.js';
import type { ImpactPicture, ImpactStage, ImpactStep } from './impactModel.js';

/** The steps of every stage: when they run in a clean build, how long, how often again and why. */
export function stepsSection(picture: ImpactPicture): Html {
  const { stages, commits } = picture;
  const steps = stages.flatMap((stage) => stage.steps);
  if (steps.length === 0) return html``;
  const end = endOf(picture);
  const marks = stages.filter((stage) => stage.steps.length > 0).length > 1;
  const again = commits !== null && commits.replayed > 0;
  const table = html`${marks && legend(again)}
<div class="scroll"><table class="steps"><caption class="unseen">Steps by stage: when each runs in a clean build, how long, and how often it runs again</caption>
<thead><tr><th scope="col">Step</th><th scope="col" class="lane"><span>Clean build, 0 s</span><span>${end > 0 ? secondsText(end) : ''}</span></th>
<th scope="col" class="number">Time</th>${again && html`<th scope="col" class="again">Runs again</th>`}</tr></thead>
${stages.map((stage) => stageRows(stage, { end, marks, of: again ? commits.replayed : 0 }))}</table></div>`;
  return section('steps', 'Steps', table);
}

interface Frame {
  /** Seconds at the right edge of the timeline. */
  readonly end: number;
  /** Whether critical paths are marked: in a single chain all steps count. */
  readonly marks: boolean;
  /** Commits replayed; 0 without history. */
  readonly of: number;
}

function legend(again: boolean): Html {
  const rebuild = again && html`, <span class="mark">rebuild</span> those of an average rebuild`;
  return html`<p class="legend">Stages run side by side. <span class="mark">clean</span> marks the steps that a clean build waits for${rebuild}: only making those faster helps.</p>`;
}

/** Where the timeline ends: the last step's end, or the clean build where that is later. */
function endOf({ stages, clean }: ImpactPicture): number {
  const ends = stages.flatMap((stage) => stage.steps.map((s) => s.startsAt + (s.seconds.value ?? 0)));
  return Math.max(0, clean.value ?? 0, ...ends);
}

function stageRows(stage: ImpactStage, frame: Frame): Html {
  if (stage.steps.length === 0) return html``;
  const columns = frame.of > 0 ? 4 : 3;
  return html`<tbody><tr class="stagerow"><th scope="rowgroup" colspan="${columns}">${stage.label} <span class="place">${lineLink(stage.line)}</span></th></tr>
${stage.steps.map((step) => stepRow(step, frame))}</tbody>`;
}

function stepRow(step: ImpactStep, frame: Frame): Html {
  const instruction = step.instruction.replace(/\s+/g, ' ');
  const critical = frame.marks && (step.onCriticalPath || step.onCleanPath);
  return html`<tr${critical && html` class="critical"`}><th scope="row"><code class="instruction" title="${instruction}">${instruction}</code>
<span class="sub">${lineLink(step.line)}${frame.marks && marksOf(step, frame)}</span></th>
<td class="lane">${lane(step, frame.end)}</td>
<td class="number">${timeOf(step.seconds)}<span class="sub">${detailOf(step.seconds)}</span></td>
${frame.of > 0 && html`<td class="again">${againOf(step, frame.of)}</td>`}</tr>`;
}

function marksOf({ onCleanPath, onCriticalPath }: ImpactStep, { of }: Frame): Html {
  return html`${onCleanPath && html` <span class="mark">clean</span>`}${onCriticalPath && of > 0 && html` <span class="mark">rebuild</span>`}`;
}

/** Where the step lies in a clean build; a step whose time nobody knows is a mark at its start. */
function lane({ startsAt, seconds, onCleanPath }: ImpactStep, end: number): Html {
  if (end <= 0) return html``;
  const x = Math.min(99, (100 * startsAt) / end);
  const width = Math.max(0.6, Math.min(100 - x, (100 * (seconds.value ?? 0)) / end));
  const kind = seconds.value === null ? 'open' : onCleanPath ? 'path' : 'side';
  return html`<svg class="lane" aria-hidden="true" focusable="false"><rect class="of" width="100%" height="100%"/><rect class="${kind}" x="${x.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/></svg><span class="unseen">starts at ${secondsText(startsAt)}</span>`;
}

function againOf(step: ImpactStep, of: number): Html {
  const maybe = step.maybe > 0 && html`, perhaps ${counted(step.maybe, 'more', 'more')}`;
  const [cause] = step.causes;
  const why = cause !== undefined && html`<span class="sub">${causeName(cause)}</span>`;
  return html`${bar(step.rebuilds, of)}${ofCommits(step.rebuilds, of)}${maybe}${why}`;
}

/** `src/`, or an argument by its name. */
export function causeName({ kind, path }: ImpactStep['causes'][number]): Html {
  return kind === 'argument' ? html`argument <code>${path}</code>` : html`<bdi>${path}</bdi>`;
}
