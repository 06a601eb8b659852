import { type Html, html } from './html.js';
import { canEnter, compact, folderAt, linesOf, type Node, type Steps } from './model.js';
import { bytesText, countText, type Say, shareText, visible } from './words.js';

/** What the table shows of a folder. */
export interface Row {
  /** Names from the folder that is shown down to the node. */
  readonly names: readonly string[];
  readonly node: Node;
  /** Named because it stands out, although it lies deeper: its bytes are in those of a row above. */
  readonly deeper: boolean;
}

const rowsShown = 25;
/** A deeper path is named from this share of the whole folder on. */
const standsOut = 0.1;

/** The rows of a folder, each entry followed by what stands out in it, and what is left for a last row. */
export function rowsOf(folder: Node): { rows: readonly Row[]; rest: { files: number; bytes: number } } {
  const named = folder.children.slice(0, rowsShown);
  const left = folder.children.slice(rowsShown);
  const rest = {
    files: left.reduce((sum, { files }) => sum + files, folder.rest.files),
    bytes: left.reduce((sum, { bytes }) => sum + bytes, folder.rest.bytes),
  };
  const rows = named.flatMap((child) => {
    const { names, node } = compact(child);
    return [{ names, node, deeper: false }, ...outstanding(node, names, folder.bytes * standsOut)];
  });
  return { rows, rest };
}

function outstanding(folder: Node, above: readonly string[], from: number): Row[] {
  if (from <= 0) return [];
  return folder.children
    .filter(({ bytes }) => bytes >= from)
    .flatMap((child) => {
      const { names, node } = compact(child);
      const all = [...above, ...names];
      return [{ names: all, node, deeper: true }, ...outstanding(node, all, from)];
    });
}

/** The way back up and the table of the folder at `path`: all that the picture says, in words. */
export function contents(tree: Node, path: readonly string[], steps: Steps, say: Say): Html {
  const { folder, path: reached } = folderAt(tree, path);
  const { rows, rest } = rowsOf(folder);
  const name = reached.length === 0 ? undefined : visible(reached.join('/'));
  const caption =
    name === undefined ? say('Largest paths of what is sent') : say('Largest paths in {0}', name);
  return html`<div class="scroll"><table class="paths">
<caption>${caption}</caption>
<thead><tr><th scope="col">${say('Path')}</th><th scope="col" class="number">${say('Size')}</th>
<th scope="col" class="number share">${say('Share')}</th><th scope="col" class="number">${say('Files')}</th>
<th scope="col">${say('Taken by')}</th></tr></thead>
<tbody>${rows.map((row) => pathRow(row, folder, reached, steps, say))}${restRow(rest, folder, rows.length, say)}</tbody>
</table></div>`;
}

function pathRow(row: Row, folder: Node, above: readonly string[], steps: Steps, say: Say): Html {
  const { node } = row;
  return html`<tr${row.deeper ? html` class="deeper"` : undefined}><th scope="row">${pathCell(row, above, say)}</th>
<td class="number">${bytesText(node.bytes)}</td>
<td class="number share">${share(node.bytes, folder.bytes)}</td>
<td class="number">${node.folder ? countText(node.files) : ''}</td>
<td>${takers(linesOf(node.sources, steps), steps, say)}</td></tr>`;
}

function pathCell({ names, node }: Row, above: readonly string[], say: Say): Html {
  const last = visible(names.at(-1) ?? '') + (node.folder ? '/' : '');
  const before = names.slice(0, -1).map((name) => `${visible(name)}/`);
  const text = html`<bdi>${before.length > 0 && html`<span class="before">${before.join('')}</span>`}${last}</bdi>`;
  if (!canEnter(node)) return text;
  const target = JSON.stringify([...above, ...names]);
  return html`<button type="button" class="link" data-do="enter" data-names="${target}" title="${say('Show what is in it')}">${text}</button>`;
}

function restRow(rest: { files: number; bytes: number }, folder: Node, rows: number, say: Say): Html {
  if (rest.files === 0 && rows > 0) return html``;
  const text = rows === 0 ? say('Nothing but folders and links') : say('Everything smaller, together');
  return html`<tr class="rest"><th scope="row">${text}</th><td class="number">${bytesText(rest.bytes)}</td>
<td class="number share">${share(rest.bytes, folder.bytes)}</td>
<td class="number">${countText(rest.files)}</td><td></td></tr>`;
}

/** A bar for the eye; the number stands beside it. */
function share(part: number, whole: number): Html {
  const width = whole > 0 ? Math.min(100, (100 * part) / whole) : 0;
  return html`<svg class="bar" aria-hidden="true" focusable="false"><rect class="of" width="100%" height="100%"/><rect class="is" width="${width.toFixed(1)}%" height="100%"/></svg><span>${shareText(part, whole)}</span>`;
}

const takersShown = 3;

/** Links to the steps that take something. */
export function takers(lines: readonly number[], steps: Steps, say: Say): Html {
  if (lines.length === 0) return html`<span class="unused">${say('no step')}</span>`;
  const shown = lines.slice(0, takersShown).map((line) => stepLink(line, steps.instructions[line], say));
  const more = lines.length - shown.length;
  return html`<ul class="takers">${shown}${more > 0 && html`<li>${say('and {0} more', more)}</li>`}</ul>`;
}

function stepLink(line: number, instruction: string | undefined, say: Say): Html {
  return html`<li>${lineButton(line, say)}${instruction !== undefined && html` <code title="${visible(instruction)}">${visible(instruction)}</code>`}</li>`;
}

/** A link to a line of the Dockerfile. */
export function lineButton(line: number, say: Say): Html {
  return html`<button type="button" class="link" data-do="open" data-line="${line}" title="${say('Open the Dockerfile at this line')}">${say('line {0}', line + 1)}</button>`;
}
