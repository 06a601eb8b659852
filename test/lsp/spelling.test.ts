import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spelled } from '../../server/src/lsp/spelling.js';
import { createMatcher } from '../../server/src/syntax/dockerignore/match.js';
import { parseIgnore } from '../../server/src/syntax/dockerignore/parse.js';

/** Whether one line hides a path, in a file that works. */
function hides(line: string, path: string): boolean {
  const matcher = createMatcher(parseIgnore(line));
  const { ignored, error } = matcher.match(path);
  return matcher.error === undefined && error === undefined && ignored;
}

/** Names a file may have, those that mean something in a pattern more often than chance would have it. */
const names = fc
  .array(
    fc.oneof(fc.constantFrom(...'*?[]\\^!#.+(){}|$- \t\n~ab'), fc.string({ unit: 'binary', maxLength: 1 })),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''))
  .filter((name) => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name));

describe('a name in an ignore file', () => {
  it.each([
    ['node_modules', 'node_modules'],
    ['a b', 'a b'],
    ['[slug].tsx', '\\[slug\\].tsx'],
    ['#x', '\\#x'],
    ['!x', '\\!x'],
    ['c++', 'c++'],
    ['a*', 'a\\*'],
    ['a ', 'a?'],
    ['ü', 'ü'],
  ])('%j is written %j', (name, written) => {
    expect(spelled(name)).toBe(written);
  });

  it('means that name, in any folder and behind wildcards, on one line', () => {
    fc.assert(
      fc.property(names, (name) => {
        const written = spelled(name);
        if (written === undefined) return;
        expect(written).not.toMatch(/[\r\n]/);
        expect(hides(written, name)).toBe(true);
        expect(hides(`src/${written}`, `src/${name}`)).toBe(true);
        expect(hides(`**/${written}`, `x/y/${name}`)).toBe(true);
        expect(hides(`*/${written}`, `x/${name}`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not mean other names unless there is no other way to write it', () => {
    fc.assert(
      fc.property(names, names, (name, other) => {
        const written = spelled(name);
        if (written === undefined || written.includes('?') || name === other) return;
        expect(hides(written, other)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
