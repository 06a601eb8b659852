import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, type IgnoreMatcher } from '../../server/src/syntax/dockerignore/match.js';
import { parseIgnore } from '../../server/src/syntax/dockerignore/parse.js';
import { compileExpression } from '../../server/src/syntax/dockerignore/regexp.js';
import { sharedDir } from '../shared.js';

interface Facts {
  readonly paths: readonly {
    readonly patterns: readonly string[];
    readonly ignored: readonly string[];
    readonly kept: readonly string[];
  }[];
  readonly errors: readonly { readonly text: string; readonly error: string }[];
  readonly trees: readonly (readonly string[])[];
  readonly walks: readonly {
    readonly text: string;
    readonly patterns: readonly string[];
    readonly tree: number;
    readonly unsent: readonly string[];
  }[];
}

const facts = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'facts/dockerignore.json'), 'utf8'),
) as Facts;

function matcherOf(text: string): IgnoreMatcher {
  return createMatcher(parseIgnore(text));
}

/** What a client sends of a tree: what is not ignored, and the folders above that. */
function sent(tree: readonly string[], matcher: IgnoreMatcher): Set<string> {
  const out = new Set<string>();
  for (const entry of tree) {
    const name = entry.replace(/\/$/, '');
    if (matcher.match(name).ignored) continue;
    out.add(entry);
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      out.add(name.slice(0, at + 1));
    }
  }
  return out;
}

describe('parseIgnore', () => {
  it.each(facts.walks.map(({ text, patterns }) => [text, patterns] as const))('%j', (text, patterns) => {
    expect(parseIgnore(text).patterns.map((pattern) => pattern.text)).toEqual(patterns ?? []);
  });

  it('knows where everything stands', () => {
    const text = '\uFEFF# note\r\n  ! ./docs/ \r\n\r\n #x\n/foo';
    const file = parseIgnore(text);
    expect(file.comments.map(({ span, text: note }) => [text.slice(span.start, span.end), note])).toEqual([
      ['# note', ' note'],
    ]);
    expect(file.patterns.map(({ line, span, ...p }) => [line, text.slice(span.start, span.end), p])).toEqual([
      [1, '! ./docs/', { text: '!docs', exception: true }],
      [3, '#x', { text: '#x', exception: false }],
      [4, '/foo', { text: 'foo', exception: false }],
    ]);
  });

  it('refuses a line of 64 KiB, as the build does', () => {
    expect(parseIgnore(`a\n${'x'.repeat(65_536)}\nb`).problems).toHaveLength(1);
    expect(parseIgnore(`a\n${'x'.repeat(65_535)}\nb`).problems).toEqual([]);
    expect(parseIgnore('é'.repeat(32_768)).problems).toHaveLength(1);
  });

  it('marks the pattern that makes the build fail', () => {
    const text = 'ok\n src/[ \n!\n[z-a]\n';
    const { problems } = parseIgnore(text);
    expect(problems.map(({ span }) => text.slice(span.start, span.end))).toEqual(['src/[', '!', '[z-a]']);
  });
});

describe('createMatcher', () => {
  it.each(facts.paths.map((row) => [JSON.stringify(row.patterns), row] as const))('%s', (_, row) => {
    const matcher = matcherOf(row.patterns.join('\n'));
    expect(row.ignored.filter((p) => !matcher.match(p).ignored)).toEqual([]);
    expect(row.kept.filter((p) => matcher.match(p).ignored)).toEqual([]);
  });

  it.each(facts.walks.map((row) => [row.text, row] as const))('sends the recorded tree for %j', (_, row) => {
    const tree = facts.trees[row.tree] ?? [];
    const all = sent(tree, matcherOf(row.text));
    expect(tree.filter((entry) => !all.has(entry))).toEqual(row.unsent);
  });

  it.each(facts.errors)('a build with $text fails', ({ text }) => {
    const matcher = matcherOf(text);
    expect(matcher.error ?? matcher.match('any/path').error).toMatch(/build fails/);
    expect(parseIgnore(text).problems).not.toEqual([]);
  });

  it('says which pattern decided', () => {
    const matcher = matcherOf('docs\n*.md\n!docs/README.md\n');
    expect(matcher.match('docs/a/b')).toMatchObject({ ignored: true, by: { line: 0 } });
    expect(matcher.match('docs/README.md')).toMatchObject({ ignored: false, by: { line: 2 } });
    expect(matcher.match('src/x')).toMatchObject({ ignored: false, by: undefined });
  });

  it('reads Go expressions as Go does', () => {
    const ignored = (pattern: string, name: string): boolean => matcherOf(pattern).match(name).ignored;
    expect(ignored('[[:digit:]]*', '7up')).toBe(true);
    expect(ignored('x\\d?', 'x7a')).toBe(true);
    expect(ignored('\\pL?', 'éa')).toBe(true);
    expect(ignored('a^b*', 'a^bc')).toBe(false);
    expect(ignored('[!a]*', 'abc')).toBe(true);
    expect(ignored('[*]', '[]')).toBe(true);
    expect(ignored('a*\\x41', 'abcA')).toBe(true);
    expect(ignored('?', '😀')).toBe(true);
    expect(matcherOf('a\\8').match('x').error).toMatch(/syntax error/);
  });

  it('is not slowed down by patterns that make backtracking matchers hang', () => {
    const matcher = matcherOf(`${'*a'.repeat(40)}b\n${'**/a/'.repeat(30)}b\n`);
    expect(matcher.match('a'.repeat(200)).ignored).toBe(false);
    expect(matcher.match('a/'.repeat(100)).ignored).toBe(false);
  });

  it('takes the quick way and the slow one to the same end', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '/',
      '[^/]*',
      '[^/]',
      '(.*/)?',
      '\\.',
      '[a-b]',
      '[^a]',
      '.*',
      '\\{',
      '-',
    );
    const expression = fc.array(part, { maxLength: 7 }).map((parts) => `${parts.join('')}$`);
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '/', '.', '{', '-', '\n', '\uD83D\uDE00'),
    });
    fc.assert(
      fc.property(expression, name, (source, path) => {
        // An assertion that always holds keeps JavaScript's own expressions out.
        const slow = compileExpression(`^\\A${source}`);
        expect(compileExpression(`^${source}`)?.(path)).toBe(slow?.(path));
      }),
      { numRuns: 5000 },
    );
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '*',
      '**',
      '/',
      '!',
      '[',
      ']',
      '^',
      '-',
      '\\',
      'a',
      '.',
      '?',
      '#',
      '\\Q',
      '\n',
      ' ',
      '\\p',
      ':',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.oneof(text, fc.string()), (ignore, name) => {
        expect(typeof matcherOf(ignore).match(name).ignored).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});

const shared = sharedDir();

describe.skipIf(shared === undefined)(
  'vectors beside the project (skipped where ../shared is absent)',
  () => {
    interface Row {
      readonly patterns: readonly string[] | null;
      readonly text?: string;
      readonly path?: string;
      readonly ignored?: boolean;
      readonly error?: string;
    }
    const lines = (name: string): readonly string[] =>
      readFileSync(path.join(shared ?? '', 'buildkit', name), 'utf8')
        .split('\n')
        .filter(Boolean);

    it('all rows of vectors-dockerignore.jsonl', () => {
      const wrong: Row[] = [];
      for (const line of lines('vectors-dockerignore.jsonl')) {
        const row = JSON.parse(line) as Row;
        const matcher = matcherOf(row.text ?? row.patterns?.join('\n') ?? '');
        const verdict = matcher.match(row.path ?? 'any/path');
        const error = matcher.error ?? verdict.error;
        const right =
          row.error === undefined
            ? error === undefined && verdict.ignored === row.ignored
            : error !== undefined;
        if (!right) wrong.push(row);
      }
      expect(wrong).toEqual([]);
    });

    it.each(['vectors-context.jsonl', 'vectors-fuzz.jsonl'])('what %s leaves out', (name) => {
      interface Context {
        readonly tree: Readonly<Record<string, unknown>>;
        readonly excludes: readonly string[] | null;
        readonly followPaths: readonly string[] | null;
        readonly entries?: readonly string[];
        readonly id: string;
      }
      const wrong: string[] = [];
      for (const line of lines(name)) {
        const row = JSON.parse(line) as Context;
        const matcher = matcherOf((row.excludes ?? []).join('\n'));
        const entries = new Set(row.entries);
        const ofLink = Object.values(row.tree).some((value) => typeof value === 'object');
        for (const entry of Object.keys(row.tree).map((name) => name.replace(/\/$/, ''))) {
          const there = entries.has(entry) || entries.has(`${entry}/`);
          const { ignored } = matcher.match(entry);
          if (ignored && entries.has(entry)) wrong.push(`${row.id} sends ${entry}`);
          if (!ignored && !there && row.followPaths === null && row.entries && !ofLink) {
            wrong.push(`${row.id} does not send ${entry}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    });
  },
);
