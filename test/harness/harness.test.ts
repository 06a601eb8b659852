import { describe, expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/model.js';
import type { HistoryQuery } from '../../server/src/project/history.js';
import type { RegisteredRule, RuleFinding, RuleMeta } from '../../server/src/rules/rule.js';
import { composeRule, dockerfileRule } from '../../server/src/rules/rule.js';
import { type Run, runCase } from './checks.js';
import { memorySnapshot, root } from './memfs.js';
import { type Page, readMarkers, readPage } from './page.js';
import { caseChecks, checkCase, checkPages, checkProse } from './pageChecks.js';
import { updatedPage } from './update.js';

/** A page of one case over a Dockerfile. */
function dockerfilePage(body: string, after?: string): Page {
  const block = (name: string, text: string): string =>
    `\`Dockerfile\`${name}:\n\n\`\`\`dockerfile\n${text}\`\`\`\n`;
  const fixed = after === undefined ? '' : `\n${block(' after the fix', after)}`;
  return readPage('docs/rules/latin-word.md', `# latin-word\n\n## A case\n\n${block('', body)}${fixed}`);
}

const meta: RuleMeta = {
  id: 'latin-word',
  severity: 'warning',
  profile: 'default',
  since: '0.1.0',
  fixes: 'always',
  summary: 'A word is in Latin.',
};

/** Finds `lorem` in RUN instructions and replaces it by `hello`; `change` spoils a finding. */
function latinWord(
  change: (finding: RuleFinding, path: string) => RuleFinding = (f) => f,
  spoiled: Partial<RuleMeta> = {},
): RegisteredRule {
  const rule = dockerfileRule({ ...meta, ...spoiled }, function* ({ path, dockerfile }) {
    for (const instruction of dockerfile.instructions) {
      const index =
        instruction.keyword === 'RUN' ? dockerfile.text.indexOf('lorem', instruction.span.start) : -1;
      if (index < 0 || index >= instruction.span.end) continue;
      const at = { start: index, end: index + 'lorem'.length };
      yield change(
        {
          at,
          message: 'The word "lorem" is Latin.',
          fixes: [
            {
              title: 'Write it in English',
              applicability: 'safe',
              changes: () => [{ kind: 'edit', path, edits: [{ span: at, newText: 'hello' }] }],
            },
          ],
        },
        path,
      );
    }
  });
  return { ...rule, category: 'cache' };
}

function run(page: Page, rule: RegisteredRule, others: readonly RegisteredRule[] = []): Run {
  const engine: Engine = { rules: [rule, ...others], shellParser: undefined };
  const [first] = page.cases;
  if (first === undefined) throw new Error('the page has no case');
  return runCase(engine, rule.meta, first);
}

function complaintsOf(check: string, r: Run): string {
  const found = caseChecks.find(([name]) => name === check);
  if (found === undefined) throw new Error(`there is no check "${check}"`);
  return found[1](r).join('\n');
}

const good = dockerfilePage(
  'FROM alpine\nRUN echo lorem ipsum\n         ^^^^^ warning[latin-word] "Latin" safe fix\nRUN true\n',
  'FROM alpine\nRUN echo hello ipsum\nRUN true\n',
);

test('a right page and a right rule pass every check', () => {
  expect(good.errors).toEqual([]);
  expect(checkCase(run(good, latinWord()))).toEqual([]);
});

describe('markers: fails where', () => {
  const complaint = (body: string): string => complaintsOf('markers', run(dockerfilePage(body), latinWord()));

  test.each([
    ['nothing is marked', 'FROM alpine\nRUN echo lorem\n', 'found, but not marked'],
    ['nothing is found', 'FROM alpine\nRUN echo\n    ^^^^ warning[latin-word]\n', 'marked, but not found'],
    [
      'a column is wrong',
      'FROM alpine\nRUN echo lorem\n          ^^^^^ warning[latin-word] safe fix\n',
      'marked, but not found',
    ],
    [
      'the severity is wrong',
      'FROM alpine\nRUN echo lorem\n         ^^^^^ error[latin-word] safe fix\n',
      'marked, but not found',
    ],
    [
      'the message is another',
      'FROM alpine\nRUN echo lorem\n         ^^^^^ warning[latin-word] "Greek" safe fix\n',
      'marked, but not found',
    ],
    [
      'the fix is another',
      'FROM alpine\nRUN echo lorem\n         ^^^^^ warning[latin-word] unsafe fix\n',
      'marked, but not found',
    ],
    [
      'no fix is stated',
      'FROM alpine\nRUN echo lorem\n         ^^^^^ warning[latin-word]\n',
      'found, but not marked',
    ],
    [
      'one finding is marked twice',
      'FROM alpine\nRUN echo lorem\n         ^^^^^ warning[latin-word] fix\n         ^^^^^ warning[latin-word] fix\n',
      'marked, but not found',
    ],
    ['another rule is marked', 'FROM alpine\nRUN echo\n    ^^^^ warning[other-rule]\n', 'another rule'],
  ])('%s', (_, body, why) => {
    expect(complaint(body)).toContain(why);
  });

  test('a rule throws', () => {
    const throwing: RegisteredRule = {
      ...dockerfileRule({ ...meta, id: 'broken-rule' }, () => {
        throw new Error('oh');
      }),
      category: 'cache',
    };
    expect(complaintsOf('markers', run(good, latinWord(), [throwing]))).toContain('broken-rule throws: oh');
  });

  test('the marked file is none of ours', () => {
    const page = readPage(
      'docs/rules/latin-word.md',
      '## A case\n\n`notes.txt`:\n\n```text\nlorem\n^^^^^ warning[latin-word]\n```\n',
    );
    expect(complaintsOf('markers', run(page, latinWord()))).toContain('does not lint');
  });
});

describe('words: fails where', () => {
  const complaint = (spoil: (f: RuleFinding) => RuleFinding, spoiled: Partial<RuleMeta> = {}): string =>
    complaintsOf('words', run(good, latinWord(spoil, spoiled)));
  const titled =
    (title: string) =>
    (f: RuleFinding): RuleFinding => ({
      ...f,
      fixes: (f.fixes ?? []).map((x) => ({ ...x, title })),
    });

  test.each([
    [
      'a message is unfilled',
      (f: RuleFinding) => ({ ...f, message: 'The word ${word} is Latin.' }),
      'unfilled',
    ],
    [
      'a message holds undefined',
      (f: RuleFinding) => ({ ...f, message: 'The word undefined is Latin.' }),
      'never there',
    ],
    ['a message has no full stop', (f: RuleFinding) => ({ ...f, message: 'A word is Latin' }), 'full stop'],
    ['a message is one word', (f: RuleFinding) => ({ ...f, message: 'Latin.' }), 'full phrase'],
    ['a message starts small', (f: RuleFinding) => ({ ...f, message: 'the word is Latin.' }), 'full phrase'],
    ['a title is one word', titled('Fix'), 'full phrase'],
    ['a title ends in a full stop', titled('Write it in English.'), 'full stop'],
    [
      'a related message is empty',
      (f: RuleFinding) => ({ ...f, related: [{ at: f.at, message: '' }] }),
      'full phrase',
    ],
    [
      'a severity is not in the metadata',
      (f: RuleFinding) => ({ ...f, severity: 'hint' as const }),
      'severity hint',
    ],
    ['a fix is promised', (f: RuleFinding) => ({ ...f, fixes: [] }), 'always fixes'],
  ])('%s', (_, spoil, why) => {
    expect(complaint(spoil)).toContain(why);
  });

  test('a fix is denied', () => {
    expect(complaint((f) => f, { fixes: 'never' })).toContain('never fixes');
  });

  test('but not where ${…} stands in the file', () => {
    const page = dockerfilePage('FROM alpine\nRUN echo lorem ${name}\n');
    const spoil = (f: RuleFinding): RuleFinding => ({ ...f, message: 'The word before ${name} is Latin.' });
    expect(complaintsOf('words', run(page, latinWord(spoil)))).toBe('');
  });
});

describe('fixes: fails where', () => {
  const spoilt = (newText: string) =>
    latinWord((f, path) => ({
      ...f,
      fixes: [
        {
          title: 'Write it in English',
          applicability: 'safe',
          changes: () => [{ kind: 'edit', path, edits: [{ span: f.at, newText }] }],
        },
      ],
    }));

  test.each([
    ['the finding stays', 'lorem!', 'the finding stays'],
    ['nothing changes', 'lorem', 'changes nothing'],
    ['the result does not parse', 'hello\nBANANA now', 'does not parse'],
    ['a new finding comes', 'hello\nRUN lorem', 'finding'],
  ])('%s', (_, newText, why) => {
    expect(complaintsOf('fixes hold', run(good, spoilt(newText)))).toContain(why);
  });

  test('edits overlap', () => {
    const rule = latinWord((f, path) => ({
      ...f,
      fixes: [
        {
          title: 'Write it in English',
          applicability: 'safe',
          changes: () => [
            {
              kind: 'edit',
              path,
              edits: [
                { span: f.at, newText: 'a' },
                { span: f.at, newText: 'b' },
              ],
            },
          ],
        },
      ],
    }));
    expect(complaintsOf('fixes hold', run(good, rule))).toContain('overlaps');
  });

  test('making the fix throws', () => {
    const rule = latinWord((f) => ({
      ...f,
      fixes: [
        {
          title: 'Write it in English',
          applicability: 'safe',
          changes: () => {
            throw new Error('no pen');
          },
        },
      ],
    }));
    expect(complaintsOf('fixes hold', run(good, rule))).toContain('no pen');
  });

  test('the result is not what the page says', () => {
    const page = dockerfilePage('FROM alpine\nRUN echo lorem\n', 'FROM alpine\nRUN echo servus\n');
    expect(complaintsOf('after the fix', run(page, latinWord()))).toContain('RUN echo hello');
  });

  test('the page states a fix and there is none', () => {
    const page = dockerfilePage('FROM alpine\nRUN echo\n', 'FROM alpine\nRUN true\n');
    expect(complaintsOf('after the fix', run(page, latinWord()))).toContain('no fix changes it');
  });

  test('the fix changes a file the page does not mention', () => {
    const rule = latinWord((f) => ({
      ...f,
      fixes: [
        {
          title: 'Write it in English',
          applicability: 'unsafe',
          changes: () => [
            { kind: 'edit', path: `${root}/Dockerfile`, edits: [{ span: f.at, newText: 'hello' }] },
            { kind: 'create', path: `${root}/.dockerignore`, text: 'lorem\n' },
          ],
        },
      ],
    }));
    expect(complaintsOf('after the fix', run(good, rule))).toContain('.dockerignore: changed by the fix');
  });

  test('a fix only moves the finding', () => {
    const rule: RegisteredRule = {
      category: 'cache',
      ...dockerfileRule({ ...meta, severity: ['warning', 'hint'] }, function* ({ path, dockerfile }) {
        const [, last] = dockerfile.instructions;
        if (last === undefined) return;
        yield {
          at: last.keywordSpan,
          message: `The text is ${dockerfile.text.length} long.`,
          severity: dockerfile.text.length % 2 === 0 ? 'warning' : 'hint',
          fixes: [
            {
              title: 'Make it longer',
              applicability: 'safe',
              changes: () => [
                { kind: 'edit', path, edits: [{ span: { start: 0, end: 0 }, newText: '#\n' }] },
              ],
            },
          ],
        };
      }),
    };
    expect(complaintsOf('fixes hold', run(good, rule))).toContain('the finding stays');
  });
});

describe('variants: fails where', () => {
  test('a rule looks for LF', () => {
    const rule = latinWord((f) => f);
    const onlyLf: RegisteredRule = {
      ...rule,
      ...dockerfileRule(meta, function* (context) {
        if (!context.dockerfile.text.includes('\r') && rule.kind === 'dockerfile') yield* rule.check(context);
      }),
    };
    expect(complaintsOf('variants', run(good, onlyLf))).toContain('with CRLF the findings differ');
  });

  test('a rule counts from the start of the text', () => {
    const fixed = latinWord((f) => ({ ...f, at: { start: 0, end: 4 } }));
    expect(complaintsOf('variants', run(good, fixed))).toContain('with a BOM the findings differ');
  });

  test('a fix writes LF into a CRLF file', () => {
    const rule = latinWord((f, path) => ({
      ...f,
      fixes: [
        {
          title: 'Write it in English',
          applicability: 'safe',
          changes: () => [{ kind: 'edit', path, edits: [{ span: f.at, newText: '\\\n hello' }] }],
        },
      ],
    }));
    expect(complaintsOf('variants', run(good, rule))).toContain('with CRLF the fix leaves');
  });

  test('a fix adds a final newline', () => {
    const rule = latinWord((f, path) => ({
      ...f,
      fixes: [
        {
          title: 'Write it in English',
          applicability: 'safe',
          changes: () => [{ kind: 'edit', path, edits: [{ span: f.at, newText: 'hello\n' }] }],
        },
      ],
    }));
    const page = dockerfilePage('FROM alpine\nRUN echo lorem\n');
    expect(complaintsOf('variants', run(page, rule))).toContain('no final newline');
  });
});

describe('ignore: fails where', () => {
  test('a finding cannot be silenced, because it stands elsewhere after the comment', () => {
    const rule: RegisteredRule = {
      category: 'cache',
      ...dockerfileRule({ ...meta, fixes: 'never' }, function* ({ dockerfile }) {
        // Says the same at the last instruction, and at the first as soon as there is a comment.
        const { instructions, comments } = dockerfile;
        const at = (comments.length > 0 ? instructions[0] : instructions.at(-1))?.span;
        if (at !== undefined) yield { at, message: 'This is Latin.' };
      }),
    };
    expect(complaintsOf('ignore', run(good, rule))).toContain('still or newly latin-word');
  });

  test('another finding goes with it', () => {
    const shy: RegisteredRule = {
      category: 'cache',
      ...dockerfileRule({ ...meta, id: 'shy-rule' }, function* ({ dockerfile }) {
        const [first] = dockerfile.instructions;
        if (first !== undefined && dockerfile.comments.length === 0)
          yield { at: first.span, message: 'I am shy.' };
      }),
    };
    expect(complaintsOf('ignore', run(good, latinWord(), [shy]))).toContain('silences "I am shy." too');
  });
});

describe('pages: fails where', () => {
  const body =
    '`Dockerfile`:\n\n```dockerfile\nFROM alpine\nRUN echo lorem\n         ^^^^^ warning[latin-word] fix\n```\n';
  const silent = '`Dockerfile`:\n\n```dockerfile\nFROM alpine\n```\n';
  const after = '`Dockerfile` after the fix:\n\n```dockerfile\nFROM alpine\nRUN echo hello\n```\n';
  const pageOf = (text: string): Page => readPage('docs/rules/latin-word.md', text);
  const whole = pageOf(`## Found\n\n${body}\n${after}\n## Silent\n\n${silent}`);

  test('a whole page passes', () => {
    expect(checkPages(meta, [whole])).toEqual([]);
  });

  test.each([
    ['no case is marked', `## Silent\n\n${silent}`, 'no case has a finding'],
    ['every case is marked', `## Found\n\n${body}\n${after}`, 'no case stays silent'],
    ['nothing is shown after the fix', `## Found\n\n${body}\n## Silent\n\n${silent}`, 'after the fix'],
    ['two cases have one name', `## Found\n\n${body}\n${after}\n## Found\n\n${silent}`, 'called "Found"'],
    [
      'two cases say the same',
      `## Found\n\n${body}\n${after}\n## A\n\n${silent}\n## B\n\n${silent}`,
      'the same as another',
    ],
    ['a marker is misspelt', `## Found\n\n${body.replace('warning[', 'warning ')}`, 'is no marker'],
    ['a case has no file', '## Found\n\nWords.\n', 'has no file'],
    ['a block is missing', '## Found\n\n`Dockerfile`:\n\nWords.\n', 'no block follows'],
  ])('%s', (_, text, why) => {
    expect(checkPages(meta, [pageOf(text)]).join('\n')).toContain(why);
  });

  test('the summary is still the one of the template', () => {
    expect(checkPages({ ...meta, summary: 'TODO: the problem.' }, [whole])).toEqual([
      'the summary says TODO',
    ]);
  });

  test('fixes "sometimes" is not so', () => {
    expect(checkPages({ ...meta, fixes: 'sometimes' }, [whole]).join()).toContain('every case has a fix');
  });

  test('prose headings are missing, out of order or empty', () => {
    const prose = '## Problem\n\nA.\n\n## Why it costs\n\nB.\n\n## Fix\n\nC.\n\n## When not to\n\nD.\n';
    expect(checkProse(pageOf(prose))).toEqual([]);
    expect(checkProse(pageOf(prose.replace('## Fix', '## Mend')))).toHaveLength(1);
    expect(checkProse(pageOf(prose.replace('## Problem\n\nA.\n\n', '')))).toHaveLength(1);
    expect(checkProse(pageOf(prose.replace('C.', '')))).toEqual(['"Fix" is empty']);
    expect(checkProse(pageOf(prose.replace('C.', 'TODO: what it does.')))).toEqual(['"Fix" says TODO']);
  });
});

describe('the reader', () => {
  test('takes markers out wherever they stand', () => {
    const { text, markers, errors } = readMarkers('^^ error[a-b]\n');
    expect(errors).toEqual(['a marker stands above the first line']);
    expect(text).toBe('');
    expect(markers).toHaveLength(1);
    const inside = readMarkers('RUN a \\\n  b\n  ^+2 hint[a-b] "says "b"" manual fix\n  c\n');
    expect(inside.text).toBe('RUN a \\\n  b\n  c\n');
    expect(inside.markers).toEqual([
      {
        blockLine: 2,
        line: 1,
        start: 2,
        end: 3,
        moreLines: 2,
        severity: 'hint',
        rule: 'a-b',
        part: 'says "b"',
        fix: 'manual',
      },
    ]);
  });

  test('reads files, tree and history of a case', () => {
    const page = readPage(
      'x/a-b.md',
      '# a-b\n\n## Case\n\nProse with a block:\n\n```sh\n`Dockerfile`:\n```\n\n`a/b.txt`:\n\n~~~text\n```\n~~~\n\n`.tree`:\n\n```text\nsrc/  2MB 3 files\n```\n\n`.history`:\n\n```text\na1  x\n```\n',
    );
    const [first] = page.cases;
    expect(page.rule).toBe('a-b');
    expect(first?.files.map((f) => [f.path, f.text])).toEqual([['a/b.txt', '```\n']]);
    expect(first?.tree).toBe('src/  2MB 3 files\n');
    expect(first?.history).toBe('a1  x\n');
  });
});

describe('UPDATE=1', () => {
  test('rewrites markers and after-blocks, and nothing else', () => {
    const page = dockerfilePage(
      'FROM alpine\n^^^^ hint[latin-word] "Old"\nRUN echo lorem ipsum\n                ^ warning[latin-word] "is Latin"\nRUN true\n',
      '',
    );
    const updated = updatedPage(page, [run(page, latinWord())]).join('\n');
    expect(updated).toBe(good.lines.join('\n').replace('"Latin"', '"is Latin"'));
  });
});

describe('the snapshot in memory', () => {
  const snapshot = memorySnapshot(
    { 'a/Dockerfile': 'FROM alpine\n', 'a/x.txt': '' },
    'lock.json  400kB\nsrc/  2MB 2 files\nlink -> a/x.txt\n',
  );

  test('knows sizes without contents', () => {
    expect(snapshot.list(root)).toEqual([
      { name: 'a', kind: 'folder' },
      { name: 'link', kind: 'link', target: 'a/x.txt' },
      { name: 'lock.json', kind: 'file', size: 400_000 },
      { name: 'src', kind: 'folder' },
    ]);
    expect(snapshot.list(`${root}/src`)).toEqual([
      { name: 'file-0001', kind: 'file', size: 1_000_000 },
      { name: 'file-0002', kind: 'file', size: 1_000_000 },
    ]);
    expect(snapshot.text(`${root}/lock.json`)).toBe('');
  });

  test('knows what is not there', () => {
    expect(snapshot.text(`${root}/gone`)).toBeUndefined();
    expect(snapshot.list(`${root}/gone`)).toBeUndefined();
    expect(snapshot.misses()).toBe(0);
    expect(snapshot.index(root)).toEqual([`${root}/a/Dockerfile`]);
  });

  test('refuses a tree it cannot read', () => {
    expect(() => memorySnapshot({}, 'a b c d')).toThrow('is no entry');
  });
});

describe('declared history', () => {
  const query: HistoryQuery = {
    ...{ root, commits: 100, since: null, ignore: [], follow: null, modes: false },
    sources: [{ path: '.', wildcards: true, parents: false, exclude: [] }],
  };
  const block = 'a1  src/a.ts src/b.ts\na2*3  docs/x\na3  run.sh:755\n';
  const told = (text: string | undefined, more: Partial<HistoryQuery> = {}, tree = ''): unknown => {
    const answer = memorySnapshot({}, tree, [root], text).history({ ...query, ...more });
    return answer?.gap?.kind ?? answer?.commits.map(({ id, sources }) => [id, ...(sources[0]?.places ?? [])]);
  };

  test('is answered as git would', () => {
    expect(told(block)).toEqual([
      ['a3', 0],
      ['a2.2', 1],
      ['a2.1', 1],
      ['a2.0', 1],
      ['a1', 2],
    ]);
    expect(told(block, { since: 'a2.1', commits: 1 })).toEqual([['a3', 0]]);
    expect(told(block, { root: `${root}/src` })).toEqual([
      ['a3'],
      ['a2.2'],
      ['a2.1'],
      ['a2.0'],
      ['a1', 0, 1],
    ]);
    expect(told(block, { since: 'x' })).toBe('bad-revision');
    expect(told(undefined)).toBe('off');
  });

  test('knows modes and the repository itself', () => {
    const tree = 'run.sh  1kB\nother.sh  1kB mode 755\n.git/HEAD  1kB\n';
    const answer = memorySnapshot({}, tree, [root], block).history({ ...query, modes: true });
    expect(answer?.places).toContain('.git/');
    expect(answer?.modeDrift).toEqual([
      { path: 'run.sh', tracked: 0o755, disk: 0o644, sources: [0] },
      { path: 'other.sh', tracked: 0o644, disk: 0o755, sources: [0] },
    ]);
  });

  test('refuses what it cannot read', () => {
    expect(() => memorySnapshot({}, '', [root], '** x')).toThrow('is no commit');
  });
});

test('compose files are cases too', () => {
  const rule: RegisteredRule = {
    category: 'runtime',
    ...composeRule({ ...meta, fixes: 'never' }, function* ({ file }) {
      for (const service of file.services)
        yield { at: service.nameSpan, message: `The service "${service.name}" is Latin.` };
    }),
  };
  const page = readPage(
    'docs/rules/latin-word.md',
    '## A case\n\n`compose.yaml`:\n\n```yaml\nservices:\n  lorem:\n  ^^^^^ warning[latin-word] "lorem"\n    image: redis:8\n```\n',
  );
  expect(checkCase(run(page, rule))).toEqual([]);
});
