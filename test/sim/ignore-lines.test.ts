import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addLine } from '../../server/src/fixes/ignore.js';
import { coveredBy, undoneBy } from '../../server/src/sim/context/ignoreLines.js';
import { createMatcher } from '../../server/src/syntax/dockerignore/match.js';
import { parseIgnore } from '../../server/src/syntax/dockerignore/parse.js';
import { applyEdits } from '../../server/src/text/edit.js';

const names = ['a', 'b', 'ab', 'a.b', 'b.a'];
const paths = names.flatMap((x) => [
  x,
  ...names.flatMap((y) => [`${x}/${y}`, ...names.map((z) => `${x}/${y}/${z}`)]),
]);

const part = fc.constantFrom('a', 'b', 'ab', '*', '**', '*.b', 'a*', '?', '[ab]', 'a.b');
const line = fc
  .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/**', '/'))
  .map(([exception, parts, end]) => `${exception ? '!' : ''}${parts.join('/')}${end}`);
const file = fc.array(line, { minLength: 1, maxLength: 5 });

/** Everything the lines keep out, of all paths there are. */
function hidden(lines: readonly string[]): readonly string[] {
  const matcher = createMatcher(parseIgnore(lines.join('\n')));
  return paths.filter((path) => matcher.match(path).ignored);
}

describe('lines that do nothing', () => {
  it('can go, and nothing changes', () => {
    let covered = 0;
    fc.assert(
      fc.property(file, (lines) => {
        const ignore = parseIgnore(lines.join('\n'));
        lines.forEach((_, i) => {
          if (coveredBy(ignore, i) === undefined) return;
          covered++;
          expect(hidden(lines.filter((_, k) => k !== i))).toEqual(hidden(lines));
        });
      }),
      { numRuns: 3000 },
    );
    expect(covered).toBeGreaterThan(150);
  });
  it('are undone where the very opposite stands further down', () => {
    fc.assert(
      fc.property(file, (lines) => {
        const ignore = parseIgnore(lines.join('\n'));
        lines.forEach((text, i) => {
          if (undoneBy(ignore, i) === undefined) return;
          const own = new Set(hidden([text]));
          const now = hidden(lines.slice(0, i + 1).concat(`!${text}`));
          expect(now.filter((path) => own.has(path))).toEqual([]);
        });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a line that is added', () => {
  it('hides nothing that it does not name, and lets nothing in', () => {
    let placed = 0;
    fc.assert(
      fc.property(file, fc.constantFrom('a', 'b/a', '**/a', '*.b', 'a/**', '**/*.b'), (lines, pattern) => {
        const text = lines.join('\n');
        const edit = addLine(text, pattern);
        if (edit === undefined) return;
        placed++;
        const before = new Set(hidden(lines));
        const after = hidden(applyEdits(text, [edit]).split('\n'));
        const own = new Set(hidden([pattern]));
        expect([...before].filter((path) => !after.includes(path) && !own.has(path))).toEqual([]);
        expect(after.filter((path) => !before.has(path) && !own.has(path))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(placed).toBeGreaterThan(300);
  });
});
