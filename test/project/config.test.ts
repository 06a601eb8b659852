import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configOf,
  isExcluded,
  parseConfig,
  problemsOf,
  projectRootOf,
} from '../../server/src/project/config.js';
import { memory } from './memory.js';

describe('projectRootOf', () => {
  it('is the nearest folder with .git or .plimsoll.yaml, wherever the workspace folder is', () => {
    const files = {
      '/w/.git/HEAD': '',
      '/w/a/.plimsoll.yaml': '',
      '/w/a/b/Dockerfile': '',
      '/w/c/Dockerfile': '',
    };
    expect(projectRootOf(memory(files, ['/w']), '/w/a/b/Dockerfile')).toBe('/w/a');
    expect(projectRootOf(memory(files, ['/w/c']), '/w/c/Dockerfile')).toBe('/w');
  });

  it('is the innermost workspace folder else, and the folder of the file without one', () => {
    const files = { '/w/a/b/Dockerfile': '' };
    expect(projectRootOf(memory(files, ['/w', '/w/a']), '/w/a/b/Dockerfile')).toBe('/w/a');
    expect(projectRootOf(memory(files, []), '/w/a/b/Dockerfile')).toBe('/w/a/b');
    expect(projectRootOf(memory(files, ['/w/a']), '/w/a')).toBe('/w/a');
  });
});

describe('configOf', () => {
  it('reads every setting, paths from the project root', () => {
    const text = [
      'profile: thorough',
      'rules: { missing-shm-size: off, source-before-deps: error }',
      'exclude: [vendor/, "*.old"]',
      'builds:',
      '  - dockerfile: docker/Dockerfile',
      '    context: .',
      '    target: prod',
      '    args: { A: 1, B: }',
    ].join('\n');
    const config = configOf(memory({ '/w/.plimsoll.yaml': text }, ['/w']), '/w/docker/Dockerfile');
    expect(config.problems).toEqual([]);
    expect(config.path).toBe('/w/.plimsoll.yaml');
    expect(config.profile).toBe('thorough');
    expect(config.rules).toEqual({ 'missing-shm-size': 'off', 'source-before-deps': 'error' });
    expect(config.builds[0]).toMatchObject({
      dockerfile: '/w/docker/Dockerfile',
      context: '/w',
      target: 'prod',
      args: { A: '1', B: null },
    });
    expect(isExcluded(config, '/w/vendor/x/Dockerfile')).toBe(true);
    expect(isExcluded(config, '/w/src/Dockerfile')).toBe(false);
    expect(problemsOf(config, new Set(['missing-shm-size']))).toHaveLength(1);
  });

  it('reads what numbers about rebuilds rest on', () => {
    const { rebuilds, problems } = parseConfig('history: { commits: 50 }\nrebuild: { hintAbove: many }\n')(
      '/w',
    );
    expect(rebuilds).toEqual({ commits: 50 });
    expect(problems.map(({ message }) => message)).toEqual(['"hintAbove" has to be a number, 0 or more.']);
    expect(parseConfig('history: 3\n')('/w').problems[0]?.message).toBe(
      '"history" has to be a map with "commits".',
    );
  });

  it('reads thresholds in megabytes, and says which are none', () => {
    const read = (text: string): unknown => {
      const { context, problems } = parseConfig(text)('/w');
      return [
        context,
        problems.map(({ message, span }) => `${text.slice(span.start, span.end)}: ${message}`),
      ];
    };
    expect(read('context: { noteAbove: 0.5, warnAbove: 20 }')).toEqual([
      { noteAbove: 500_000, warnAbove: 20_000_000 },
      [],
    ]);
    expect(read('context:\n  noteAbove: -1\n  warnAbove: 20\n')).toEqual([
      { warnAbove: 20_000_000 },
      ['-1: "noteAbove" has to be a number, 0 or more.'],
    ]);
    expect(read('context: { warnAbove: 20 MB, above: 1 }')).toEqual([
      {},
      [
        '20 MB: "warnAbove" has to be a number, 0 or more.',
        'above: There is no setting "above". Known are noteAbove, warnAbove.',
      ],
    ]);
    expect(read('context: 20')).toEqual([
      {},
      ['20: "context" has to be a map with "noteAbove" and "warnAbove".'],
    ]);
    expect(read('context:')).toEqual([{}, []]);
  });

  it('says what it cannot use and where, and keeps the rest', () => {
    const text =
      'profil: x\nprofile: strict\nrules:\n  a: loud\n  b: hint\nexclude: 3\nbuilds: [{context: .}, 4]\n';
    const config = parseConfig(text)('/w');
    expect(config.rules).toEqual({ b: 'hint' });
    expect(config.problems.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      'profil',
      'strict',
      'loud',
      '3',
      '{context: .}',
      '4',
    ]);
  });

  it('never throws, whatever the text', () => {
    const line = fc.constantFrom(
      'profile:',
      'rules:',
      '  a: off',
      'builds:',
      '  - {',
      '- x',
      '&a',
      '*a',
      '<<: *a',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(line).map((l) => l.join('\n')),
        ),
        (text) => {
          expect(parseConfig(text)('/w').root).toBe('/w');
        },
      ),
    );
  });
});
