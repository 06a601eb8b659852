import { contents } from './contents.js';
import { type Html, html } from './html.js';
import { icon } from './icon.js';
import { type Picture, stepsOf } from './model.js';
import { copiesSection, unusedSection } from './sections.js';
import { totalSection } from './total.js';
import type { ReportView } from './view.js';
import { type Say, visible } from './words.js';

/** The report, without the page around it. Pure: the same view gives the same text. */
export function reportBody(view: ReportView, say: Say): Html {
  const { picture } = view;
  if (picture === null) return html`${header(view, say)}${unknown(view, say)}`;
  return html`${header(view, say)}
${errorsSection(view, picture, say)}
${totalSection(view, picture, say)}
${contentsSection(picture, say)}
${unusedSection(picture, say)}
${copiesSection(picture, say)}
${basisSection(view, picture, say)}`;
}

function header(view: ReportView, say: Say): Html {
  return html`<header><div class="title"><h1>${say('Build context')} <span class="of">${visible(view.dockerfile)}</span></h1>
<button type="button" class="secondary" data-do="refresh" data-key="refresh">${say('Refresh')}</button></div>
${view.picture !== null && buildFacts(view, view.picture, say)}</header>`;
}

function buildFacts(view: ReportView, { report }: Picture, say: Say): Html {
  const { build } = report;
  const ignore =
    build.ignoreFile === null
      ? html`<dd>${say('none')} <button type="button" class="link" data-do="create" data-key="create">${say('Create .dockerignore…')}</button></dd>`
      : html`<dd>${fileButton(build.ignoreFile, 0, view.label(build.ignoreFile), say)}</dd>`;
  const others = build.others.length;
  const choose = html` <button type="button" class="link" data-do="choose" data-key="choose">${say('Choose another build ({0})…', others)}</button>`;
  return html`<dl class="facts"><div><dt>${say('Folder')}</dt><dd>${visible(view.label(build.context))}</dd></div>
<div><dt>${say('Ignore file')}</dt>${ignore}</div>
${build.target !== null && html`<div><dt>${say('Target')}</dt><dd>${visible(build.target)}</dd></div>`}
<div><dt>${say('Build')}</dt><dd><span title="${visible(build.why)}">${visible(sourceText(build.source, say))}</span>${others > 0 && choose}</dd></div></dl>`;
}

/** Where a build is defined; `heuristic` is the server's word for nowhere. */
function sourceText(source: string, say: Say): string {
  return source === 'heuristic' ? say('as the files suggest') : source;
}

/** A link to a place in a file of the workspace. */
function fileButton(path: string, line: number, text: string, say: Say): Html {
  return html`<button type="button" class="link" data-do="open" data-path="${path}" data-line="${line}" title="${say('Open')}"><bdi>${visible(text)}</bdi></button>`;
}

function unknown({ notes }: ReportView, say: Say): Html {
  const texts = notes.length > 0 ? notes : [say('The context of this build is not known.')];
  return nothing(say('Nothing to measure'), texts);
}

/** What stands for a report where there is none: why. */
export function nothing(title: string, texts: readonly string[]): Html {
  return html`<section aria-labelledby="none"><h2 id="none">${title}</h2>
${texts.map((text) => html`<p>${visible(text)}</p>`)}</section>`;
}

function errorsSection(view: ReportView, { report }: Picture, say: Say): Html {
  if (report.errors.length === 0) return html``;
  const items = report.errors.map(
    ({ message, path, line }) =>
      html`<li>${visible(message)} <span class="place">${fileButton(path, line, `${view.label(path)}:${line + 1}`, say)}</span></li>`,
  );
  return html`<section class="errors" aria-labelledby="errors"><h2 id="errors">${icon('error')}${say('This build fails')}</h2><ul>${items}</ul></section>`;
}

function contentsSection(picture: Picture, say: Say): Html {
  const { tree } = picture;
  if (tree === null || tree.files === 0) return html``;
  return html`<section aria-labelledby="sent"><h2 id="sent">${say('What is sent')}</h2>
<nav id="trail" aria-label="${say('Folder that is shown')}"></nav>
<div id="map" class="map" role="group" aria-label="${say('Picture of what is sent, by size')}" aria-describedby="keys"></div>
<p id="pointed" class="pointed" aria-hidden="true"></p>
<p id="keys" class="unseen">${say('Arrow keys move, Enter goes into a folder, Backspace goes out. The table below says the same.')}</p>
<div id="contents">${contents(tree, [], stepsOf(picture), say)}</div></section>`;
}

function basisSection({ notes }: ReportView, { report }: Picture, say: Say): Html {
  const texts = [
    ...notes,
    say(
      'The ignore file decides first, then what the steps of the reachable stages ask for. Nothing was built and nothing was run.',
    ),
    say(
      'Sizes are those of the files themselves. “On the wire” is the number that docker build prints as “transferring context” on a first build, with names, times and rights of files included; a second build sends only what has changed.',
    ),
    say('Units are decimal, as Docker prints them: 1 MB is a million bytes.'),
    say('The build: {0}', `${sourceText(report.build.source, say)}: ${report.build.why}`),
  ];
  return html`<section aria-labelledby="basis"><h2 id="basis">${say('How this was computed')}</h2>
<ul class="basis">${texts.map((text) => html`<li>${visible(text)}</li>`)}</ul></section>`;
}
