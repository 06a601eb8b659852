import { createMatcher } from '../syntax/dockerignore/match.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';

/** Whether a line of an ignore file means the path and BuildKit takes the line. */
function means(line: string, path: string): boolean {
  if (/[\r\n]/.test(line)) return false;
  const ignore = parseIgnore(line);
  const matcher = createMatcher(ignore);
  const { ignored, error } = matcher.match(path);
  return ignore.patterns.length === 1 && matcher.error === undefined && error === undefined && ignored;
}

/** Whether a name may be written so, by itself and after wildcards. */
function holds(written: string, name: string): boolean {
  return (
    means(written, name) && means(`**/${written}`, `a/b/${name}`) && means(`x*/${written}`, `xy/${name}`)
  );
}

/**
 * How the name of a file or folder is written in an ignore file so that it means this name: as it is where that works,
 * else with escapes, else with `?` for what cannot be written. Undefined for a name that no line can mean.
 */
export function spelled(name: string): string | undefined {
  if (/^[\w.@,~=%&;-]+$/.test(name)) return name;
  const special = /[\\*?[\]^]/g;
  const escaped = name.replace(special, '\\$&').replace(/^[#!]/, '\\$&');
  const guessed = escaped.replace(/^\s|\s$|[\0-\x1f\x7f]/gu, '?');
  // A name with wildcards means itself too, but not only.
  const plain = /[\\*?[\]^]/.test(name) ? [] : [name];
  return [...plain, escaped, guessed].find((written) => holds(written, name));
}
