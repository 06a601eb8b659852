import type { LocalCopy } from '../sim/copies.js';
import { dirName, relativePath } from '../text/paths.js';

/**
 * How a copy's author would write `folder`, which lies inside the copy's destination (of a copy that gives a file a name:
 * inside the folder of that); undefined for quotes around variables.
 */
export function destinationText(copy: LocalCopy, folder: string): string | undefined {
  const word = copy.instruction.destination;
  if (word === undefined) return undefined;
  const quoted = /["'\\]/.test(word.raw);
  if (quoted && word.raw.includes('$')) return undefined;
  const named = !copy.into && copy.sources.every((source) => !source.folder);
  const written = (quoted ? word.value : word.raw).replace(named ? /[^/]*$/ : '', '');
  const base = written.replace(/(\/\.?)+$/, '') || (written.startsWith('/') ? '' : '.');
  const rest = relativePath(named ? dirName(copy.destination) : copy.destination, folder);
  if (rest.startsWith('..')) return undefined;
  return rest === '.' ? `${base}/` : `${base}/${rest}/`;
}

/** Names as one says them: `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
