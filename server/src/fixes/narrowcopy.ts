import type { LocalCopy } from '../sim/copies.js';
import { relativePath } from '../text/paths.js';

/** How a copy's author would write `folder`, which lies inside the copy's destination; undefined for quotes around variables. */
export function destinationText(copy: LocalCopy, folder: string): string | undefined {
  const word = copy.instruction.destination;
  if (word === undefined) return undefined;
  const quoted = /["'\\]/.test(word.raw);
  if (quoted && word.raw.includes('$')) return undefined;
  const base = (quoted ? word.value : word.raw).replace(/(\/\.?)+$/, '') || '.';
  const rest = relativePath(copy.destination, folder);
  if (rest.startsWith('..')) return undefined;
  return rest === '.' ? `${base}/` : `${base}/${rest}/`;
}

/** Names as one says them: `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
