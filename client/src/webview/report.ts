import { contents } from '../views/contents.js';
import type { FromPage, PageState, ToPage } from '../views/messages.js';
import { folderAt } from '../views/model.js';
import { trail } from '../views/trail.js';
import { type Say, sayFrom } from '../views/words.js';
import { drawMap } from './map.js';

interface Host {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): Host;

type Shown = Extract<ToPage, { kind: 'show' }>;

const host = acquireVsCodeApi();
let shown: Shown | undefined;
let path: readonly string[] = host.getState()?.path ?? [];
let say: Say = sayFrom({});

const byId = (id: string): HTMLElement | null => document.getElementById(id);

function announce(text: string): void {
  const live = byId('live');
  if (live !== null && text !== '') live.textContent = text;
}

/** Puts a new report in the place of the old one; the focus, what was unfolded and the folder stay. */
function show(message: Shown): void {
  const main = byId('report');
  if (main === null) return;
  const key = (document.activeElement as HTMLElement | null)?.dataset.key;
  const open = new Set(
    [...main.querySelectorAll('details[open]')].map((one) => (one as HTMLElement).dataset.key),
  );
  const first = shown === undefined;
  shown = message;
  say = sayFrom(message.texts);
  // Every text of the workspace in it is escaped where it was made: views/html.ts, the server's report/html.ts.
  main.innerHTML = message.body;
  tellDone(message.announce);
  for (const one of main.querySelectorAll('details')) one.open = open.has(one.dataset.key);
  host.setState({ uri: message.uri, path });
  look(path, false);
  if (key !== undefined) refocus(main, key);
  else if (first) window.scrollTo(0, 0);
  announce(message.announce);
  setBusy('');
}

/** A line for what was done, where the report has a place for it. */
function tellDone(text: string): void {
  const line = byId('done');
  if (line === null) return;
  line.hidden = text === '';
  line.textContent = text;
}

/** The button that had the focus, else the nearest that is like it: after a line was added its button is gone. */
function refocus(main: HTMLElement, key: string): void {
  const buttons = [...main.querySelectorAll<HTMLElement>('[data-key]')];
  const same = buttons.find((one) => one.dataset.key === key);
  const kind = /^(?:add|fix)/.exec(key)?.[0];
  const alike =
    kind === undefined ? undefined : buttons.filter((one) => one.dataset.key?.startsWith(kind)).at(-1);
  (same ?? alike ?? main).focus();
}

/** Shows a folder of the tree in picture and table. */
function look(wanted: readonly string[], moved: boolean): void {
  const place = byId('map');
  const table = byId('contents');
  const tree = shown?.tree ?? null;
  if (shown === undefined || tree === null || place === null || table === null) return;
  const { folder, path: reached } = folderAt(tree, wanted);
  path = reached;
  host.setState({ uri: shown.uri, path });
  const { steps } = shown;
  table.innerHTML = contents(tree, path, steps, say).text;
  const nav = byId('trail');
  if (nav !== null) nav.innerHTML = trail(path, folder, say).text;
  drawMap(place, { folder, path, steps, say, enter, point });
  point(say('Point at a tile, or go to it with the arrow keys, to see what it is.'));
  if (moved) {
    place.querySelector('button')?.focus({ preventScroll: true });
    announce(nav?.querySelector('[aria-current]')?.getAttribute('aria-label') ?? '');
  }
}

function enter(wanted: readonly string[]): void {
  const tree = shown?.tree ?? null;
  if (tree === null) return;
  const { folder, path: reached } = folderAt(tree, wanted);
  if (reached.length === path.length && reached.every((name, i) => name === path[i])) return;
  if (folder.children.length > 0 || folder.rest.files > 0) look(reached, true);
}

function point(text: string): void {
  const line = byId('pointed');
  if (line !== null) line.textContent = text;
}

function setBusy(text: string): void {
  const busy = byId('busy');
  if (busy === null) return;
  busy.hidden = text === '';
  byId('report')?.setAttribute('aria-busy', String(text !== ''));
  announce(text);
}

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[data-do]');
  if (button === null) return;
  const { do: what, line, path: file, pattern, names, fix, command } = button.dataset;
  if (what === 'enter') enter(JSON.parse(names ?? '[]'));
  if (what === 'refresh' || what === 'choose' || what === 'create') host.postMessage({ kind: what });
  if (what === 'add') host.postMessage({ kind: 'add', pattern: pattern ?? '' });
  if (what === 'fix') host.postMessage({ kind: 'fix', fix: fix ?? '' });
  if (what === 'run') host.postMessage({ kind: 'run', command: command ?? '' });
  if (what === 'open') {
    host.postMessage({ kind: 'open', line: Number(line), ...(file === undefined ? {} : { path: file }) });
  }
});

// Backspace and Escape lead out, wherever in picture, table or trail the focus is.
document.addEventListener('keydown', (event) => {
  const inside = (event.target as Element).closest('#map, #contents, #trail') !== null;
  if (!inside || path.length === 0 || (event.key !== 'Backspace' && event.key !== 'Escape')) return;
  event.preventDefault();
  look(path.slice(0, -1), true);
});

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.kind === 'show') show(data);
  if (data.kind === 'busy') setBusy(data.text);
  if (data.kind === 'idle') setBusy('');
});

let width = 0;
new ResizeObserver(() => {
  const place = byId('map');
  if (place === null || place.clientWidth === width) return;
  width = place.clientWidth;
  look(path, false);
}).observe(document.body);

host.postMessage({ kind: 'ready' });
