import { linesOf, type Node, type Steps } from '../views/model.js';
import { type Box, neighbour, type Tile, tilesOf } from '../views/treemap.js';
import { amountText, bytesText, type Say, shareText, visible } from '../views/words.js';

/** What the picture shows and whom it tells. */
export interface MapOptions {
  readonly folder: Node;
  /** Names from the context down to the folder. */
  readonly path: readonly string[];
  readonly steps: Steps;
  readonly say: Say;
  /** The person goes into a folder, by its names from the context. */
  enter(path: readonly string[]): void;
  /** The pointer or the focus is on something: a line about it. */
  point(text: string): void;
}

const levels = 3;

/** Draws the tiles of a folder into `place`. Only the outermost take the focus: one at a time, moved by arrow keys. */
export function drawMap(place: HTMLElement, options: MapOptions): void {
  const focused = [...place.children].indexOf(document.activeElement ?? place);
  place.classList.toggle('single', isSingle(options.folder));
  const box: Box = { x: 0, y: 0, width: place.clientWidth, height: place.clientHeight };
  const tiles = tilesOf(options.folder, box, levels);
  const buttons = tiles.map((tile, i) => outerTile(tile, i, box, options));
  place.replaceChildren(...buttons);
  buttons[focused]?.focus({ preventScroll: true });
  place.onkeydown = (event) => {
    const from = buttons.indexOf(event.target as HTMLButtonElement);
    const to = neighbour(
      tiles.map((tile) => tile.box),
      from,
      event.key,
    );
    if (to === undefined) return;
    event.preventDefault();
    buttons.forEach((button, i) => {
      button.tabIndex = i === to ? 0 : -1;
    });
    buttons[to]?.focus();
  };
}

/** One file needs no large picture. */
function isSingle({ children, rest }: Node): boolean {
  return rest.bytes === 0 && children.length === 1 && children[0]?.folder === false;
}

function outerTile(tile: Tile, i: number, around: Box, options: MapOptions): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.tabIndex = i === 0 ? 0 : -1;
  button.setAttribute('aria-label', described(tile, options));
  fill(button, tile, around, 0, options);
  button.addEventListener('focus', () => options.point(described(tile, options)));
  return button;
}

function innerTile(tile: Tile, around: Box, depth: number, options: MapOptions): HTMLElement {
  const element = document.createElement('span');
  fill(element, tile, around, depth, options);
  return element;
}

function fill(element: HTMLElement, tile: Tile, around: Box, depth: number, options: MapOptions): void {
  const { box, inside } = tile;
  const sized = inside.length > 0 ? box.width > 130 : box.width > 60 && box.height > 38;
  element.className = `tile depth${depth}${kindOf(tile)}${sized ? ' sized' : ''}`;
  setPlace(element, box, around);
  if (box.width > 34 && box.height > 18) element.append(textOf('name', nameOf(tile, options)));
  if (sized) element.append(textOf('bytes', bytesText(tile.bytes)));
  element.append(...inside.map((one) => innerTile(one, box, depth + 1, options)));
  element.addEventListener('pointerover', (event) => {
    event.stopPropagation();
    options.point(described(tile, options));
  });
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    const target = targetOf(tile);
    if (target.length > 0) options.enter([...options.path, ...target]);
  });
}

/** Where a click leads: a file has nothing inside, so one that lies deeper leads to its folder. */
function targetOf({ node, names }: Tile): readonly string[] {
  return node === null || node.folder ? names : names.slice(0, -1);
}

function kindOf({ node, inside }: Tile): string {
  if (node === null) return ' rest';
  const taken = node.sources.length > 0 ? '' : ' untaken';
  return `${node.folder ? ' folder' : ' file'}${inside.length > 0 ? ' open' : ''}${taken}`;
}

/** Boxes are those of the whole picture; an element is placed in the one around it. A pixel is left between tiles. */
function setPlace(element: HTMLElement, { x, y, width, height }: Box, around: Box): void {
  Object.assign(element.style, {
    left: `${x - around.x}px`,
    top: `${y - around.y}px`,
    width: `${Math.max(1, width - 1)}px`,
    height: `${Math.max(1, height - 1)}px`,
  });
}

function textOf(kind: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = kind;
  element.textContent = text;
  return element;
}

function nameOf({ node, own }: Tile, { say }: MapOptions): string {
  if (node === null) return say('smaller');
  return visible(own.join('/')) + (node.folder ? '/' : '');
}

/** A tile in words: path, size, share, who takes it. */
function described({ node, names, files, bytes }: Tile, { folder, path, steps, say }: MapOptions): string {
  const all = visible([...path, ...names].join('/'));
  const amount = node?.folder === false ? bytesText(bytes) : amountText({ files, bytes }, say);
  const share = shareText(bytes, folder.bytes);
  if (node === null) {
    const where = all === '' ? say('Everything smaller') : say('Everything smaller in {0}', all);
    return `${where}: ${amount}, ${share}`;
  }
  const lines = linesOf(node.sources, steps).map((line) => line + 1);
  const takers = lines.length === 0 ? say('taken by no step') : say('taken by line {0}', lines.join(', '));
  return `${all}${node.folder ? '/' : ''}: ${amount}, ${share}, ${takers}`;
}
