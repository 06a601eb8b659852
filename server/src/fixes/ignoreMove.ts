import { parseIgnore } from '../syntax/dockerignore/parse.js';

/** A cleaned pattern as it reads from a folder further up; undefined for one that names nothing inside. */
function below(pattern: string, prefix: string): string | undefined {
  const body = pattern.replace(/^!/, '');
  if (/^(?:\.{0,2}|\/|\.\.\/.*)$/.test(body)) return undefined;
  return `${pattern.startsWith('!') ? '!' : ''}${prefix}/${body}`;
}

/** A folder as a pattern: its wildcards escaped. */
function asPattern(folder: string): string {
  return folder.replace(/[*?[\]\\]/g, '\\$&').replace(/^[#!]/, '\\$&');
}

/**
 * The lines of an ignore file for the folder `prefix` of a context, so that they say the same from the root of the context:
 * comments and empty lines stay, a pattern that names nothing inside is left out. `''` leaves the patterns as they are.
 */
export function movedLines(text: string, prefix: string): readonly string[] {
  const { patterns } = parseIgnore(text);
  const byLine = new Map(patterns.map((pattern) => [pattern.line, pattern.text]));
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .split('\n')
    .flatMap((line, i) => {
      const written = line.replace(/\r$/, '');
      const pattern = byLine.get(i);
      if (pattern === undefined || prefix === '') return [written];
      const moved = below(pattern, asPattern(prefix));
      return moved === undefined ? [] : [moved];
    });
}

/** Two lists of lines as the text of a new file, the first (what holds already) in front. */
export function joinedLines(first: readonly string[], second: readonly string[]): string {
  const gap = first.length > 0 && second.length > 0 && first.at(-1) !== '' ? [''] : [];
  return [...first, ...gap, ...second].map((line) => `${line}\n`).join('');
}
