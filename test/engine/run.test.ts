import { describe, expect, test } from 'vitest';
import { fixAll, maxPasses } from '../../server/src/engine/fixall.js';
import { ignoreHere } from '../../server/src/engine/ignore-here.js';
import { mapOffset } from '../../server/src/engine/mapping.js';
import type { Engine, LintOptions } from '../../server/src/engine/model.js';
import { overlaySnapshot } from '../../server/src/engine/overlay.js';
import { lintFile } from '../../server/src/engine/run.js';
import { type VerifyCache, verifiedFixes, verifyFix } from '../../server/src/engine/verify.js';
import { trackedSnapshot } from '../../server/src/project/snapshot.js';
import type { Change, RegisteredRule, RuleFinding, RuleMeta } from '../../server/src/rules/rule.js';
import { dockerfileRule } from '../../server/src/rules/rule.js';
import type { Instruction } from '../../server/src/syntax/dockerfile/model.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const file = `${root}/Dockerfile`;
const shellParser = await testShellParser();

type Say = (instruction: Instruction, path: string) => RuleFinding | undefined;

/** A rule that says something of each instruction. */
function rule(id: string, say: Say, more: Partial<RuleMeta> = {}): RegisteredRule {
  const meta: RuleMeta = {
    id,
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A test.',
    ...more,
  };
  return {
    category: 'cache',
    ...dockerfileRule(meta, function* ({ path, dockerfile }) {
      for (const instruction of dockerfile.instructions) {
        const found = say(instruction, path);
        if (found !== undefined) yield found;
      }
    }),
  };
}

const onRun = (id: string, more: Partial<RuleMeta> = {}): RegisteredRule =>
  rule(id, (i) => (i.keyword === 'RUN' ? { at: i.span, message: `A run of ${id}.` } : undefined), more);

/** Replaces the keyword of MAINTAINER by LABEL: a fix that ends. */
const maintainer = (applicability: 'safe' | 'unsafe' | 'manual' = 'safe'): RegisteredRule =>
  rule('old-keyword', (i, path) =>
    i.keyword === 'MAINTAINER'
      ? {
          at: i.keywordSpan,
          message: 'This keyword is old.',
          fixes: [
            {
              title: 'Write a label',
              applicability,
              changes: () => [{ kind: 'edit', path, edits: [{ span: i.span, newText: 'LABEL m=x' }] }],
            },
          ],
        }
      : undefined,
  );

function engineOf(...rules: readonly RegisteredRule[]): Engine {
  return { rules, shellParser };
}

function lint(engine: Engine, text: string, options: LintOptions = {}, more: Record<string, string> = {}) {
  return lintFile(engine, memorySnapshot({ Dockerfile: text, ...more }), file, options);
}

const said = (report: ReturnType<typeof lint>): string[] =>
  report.findings.map((f) => `${f.severity} ${f.rule}`);

describe('which rules run', () => {
  const text = 'FROM alpine\nRUN true\n';
  const rules = [
    onRun('a-default'),
    onRun('a-thorough', { profile: 'thorough' }),
    onRun('an-opt-in', { profile: 'everything' }),
  ];
  const engine = engineOf(...rules);

  test.each([
    [{}, ['a-default']],
    [{ profile: 'thorough' }, ['a-default', 'a-thorough']],
    [{ profile: 'everything' }, ['a-default', 'a-thorough', 'an-opt-in']],
    [{ only: ['an-opt-in'] }, ['an-opt-in']],
    [{ severities: { 'a-default': 'off' } }, []],
    [{ severities: { 'a-thorough': 'hint' } }, ['a-default', 'a-thorough']],
  ] as const)('%j', (options, ids) => {
    expect(lint(engine, text, options).findings.map((f) => f.rule)).toEqual(ids);
  });

  test('the configuration says so, and the person counts more', () => {
    const config = { '.plimsoll.yaml': 'profile: thorough\nrules:\n  a-default: error\n  a-thorough: off\n' };
    expect(said(lint(engine, text, {}, config))).toEqual(['error a-default']);
    expect(said(lint(engine, text, { severities: { 'a-default': 'hint' } }, config))).toEqual([
      'hint a-default',
    ]);
    expect(said(lint(engine, text, { profile: 'everything' }, config))).toEqual([
      'error a-default',
      'warning an-opt-in',
    ]);
  });

  test('not on an excluded file', () => {
    expect(lint(engine, text, {}, { '.plimsoll.yaml': 'exclude: [Dockerfile]\n' }).kind).toBeUndefined();
  });
});

describe('a report', () => {
  test('is sorted, and says the same once', () => {
    const twice: RegisteredRule = {
      category: 'cache',
      ...dockerfileRule(onRun('b-twice').meta, function* ({ dockerfile }) {
        for (const i of [...dockerfile.instructions].reverse()) {
          yield { at: i.span, message: 'Here.' };
          yield { at: i.span, message: 'Here.' };
        }
      }),
    };
    const report = lint(engineOf(twice, onRun('a-rule')), 'FROM alpine\nRUN true\n');
    expect(report.findings.map((f) => [f.at.start, f.rule])).toEqual([
      [0, 'b-twice'],
      [12, 'a-rule'],
      [12, 'b-twice'],
    ]);
  });

  test('names a rule that throws, and keeps the others', () => {
    const throws = rule('throwing-rule', () => {
      throw new Error('oh');
    });
    const report = lint(engineOf(throws, onRun('a-rule')), 'FROM alpine\nRUN true\n');
    expect(report.errors).toEqual([
      { rule: 'throwing-rule', path: file, fileHash: expect.stringMatching(/^[0-9a-f]{14}$/), message: 'oh' },
    ]);
    expect(said(report)).toEqual(['warning a-rule']);
    expect(report.complete).toBe(true);
  });

  test('of a file that is none of ours has no kind', () => {
    const snapshot = memorySnapshot({ 'notes.txt': 'x' });
    expect(lintFile(engineOf(), snapshot, `${root}/notes.txt`).kind).toBeUndefined();
    expect(lintFile(engineOf(), snapshot, file)).toMatchObject({ kind: 'dockerfile', skipped: 'unreadable' });
  });
});

describe('facts that are not there yet', () => {
  const asks = (id: string, path: string): RegisteredRule => ({
    category: 'cache',
    ...dockerfileRule(onRun(id).meta, function* ({ dockerfile, snapshot }) {
      const [first] = dockerfile.instructions;
      if (first === undefined) return;
      yield { at: first.span, message: 'Before asking.' };
      if (snapshot.text(path) === undefined) yield { at: first.span, message: 'It is not there.' };
    }),
  });
  const engine = engineOf(asks('asking-rule', `${root}/a.txt`), onRun('a-rule'));
  const texts = new Map([[file, 'FROM alpine\nRUN true\n']]);
  const config = new Map([
    [root, []],
    ['/', []],
  ]);

  test('hold back what rests on them, and only that', () => {
    const snapshot = trackedSnapshot({ texts, folders: config, indexes: new Map([[root, [file]]]) }, [root]);
    const report = lintFile(engine, snapshot, file);
    expect(said(report)).toEqual(['warning a-rule']);
    expect(report.complete).toBe(false);
    expect(snapshot.wanted()).toContainEqual({ kind: 'text', path: `${root}/a.txt` });
  });

  test('hold back everything while the configuration is not known', () => {
    const snapshot = trackedSnapshot({ texts, folders: new Map(), indexes: new Map() }, [root]);
    const report = lintFile(engine, snapshot, file);
    expect(report).toMatchObject({ kind: 'dockerfile', findings: [], complete: false });
  });

  test('then the whole is said', () => {
    const all = new Map<string, string | null>([...texts, [`${root}/a.txt`, null]]);
    const snapshot = trackedSnapshot({ texts: all, folders: config, indexes: new Map([[root, [file]]]) }, [
      root,
    ]);
    const report = lintFile(engine, snapshot, file);
    expect(said(report)).toEqual(['warning asking-rule', 'warning asking-rule', 'warning a-rule']);
    expect(report.complete).toBe(snapshot.misses() === 0);
  });

  test('a shared part that lacked facts counts for every rule that uses it', () => {
    const usesGraph = (id: string): RegisteredRule => ({
      category: 'cache',
      ...dockerfileRule(onRun(id).meta, function* ({ graph, dockerfile }) {
        const [first] = dockerfile.instructions;
        if (first !== undefined)
          yield { at: first.span, message: `There are ${graph.stages.length} stages.` };
      }),
    });
    const snapshot = trackedSnapshot({ texts, folders: config, indexes: new Map() }, [root]);
    const report = lintFile(
      engineOf(usesGraph('graph-one'), usesGraph('graph-two'), onRun('a-rule')),
      snapshot,
      file,
    );
    expect(said(report)).toEqual(['warning a-rule']);
  });
});

describe('suppression', () => {
  const engine = engineOf(
    onRun('a-rule', { peers: ['hadolint DL1', 'buildkit SomeCheck', 'tally some-check'] }),
    onRun('b-rule'),
  );
  const left = (text: string): string[] => said(lint(engine, text));

  test.each([
    ['on the line above', 'FROM alpine\n# plimsoll: ignore[a-rule] why\nRUN true\n', ['warning b-rule']],
    ['of two rules', 'FROM alpine\n# plimsoll: ignore[a-rule, b-rule]\nRUN true\n', []],
    [
      'with another comment between',
      'FROM alpine\n# plimsoll: ignore[a-rule]\n# more\nRUN true\n',
      ['warning b-rule'],
    ],
    [
      'inside the finding',
      'FROM alpine\nRUN true && \\\n  # plimsoll: ignore[a-rule]\n  true\n',
      ['warning b-rule'],
    ],
    [
      'in the whole file',
      '# plimsoll: ignore-file[a-rule]\nFROM alpine\nRUN true\nRUN true\n',
      ['warning b-rule', 'warning b-rule'],
    ],
    [
      'not of the next instruction but one',
      'FROM alpine\n# plimsoll: ignore[a-rule]\nUSER x\nRUN true\n',
      ['hint unused-suppression', 'warning a-rule', 'warning b-rule'],
    ],
    [
      'not without ids',
      'FROM alpine\n# plimsoll: ignore\nRUN true\n',
      ['hint unknown-suppression', 'warning a-rule', 'warning b-rule'],
    ],
    ['by hadolint', 'FROM alpine\n# hadolint ignore=DL1,DL2\nRUN true\n', ['warning b-rule']],
    ['by hadolint for the file', '# hadolint global ignore=DL1\nFROM alpine\nRUN true\n', ['warning b-rule']],
    [
      'by hadolint, another check',
      'FROM alpine\n# hadolint ignore=DL2\nRUN true\n',
      ['warning a-rule', 'warning b-rule'],
    ],
    [
      'by BuildKit for the file',
      '# check=error=true;skip=SomeCheck\nFROM alpine\nRUN true\n',
      ['warning b-rule'],
    ],
    ['by BuildKit, all', '# check=skip=all\nFROM alpine\nRUN true\n', ['warning b-rule']],
    [
      'by BuildKit for one instruction',
      'FROM alpine\n# check=skip=SomeCheck\nRUN true\n',
      ['warning b-rule'],
    ],
    ['by tally', 'FROM alpine\n# tally ignore=some-check;reason=x\nRUN true\n', ['warning b-rule']],
    [
      'by tally in the name of hadolint',
      'FROM alpine\n# tally ignore=hadolint/DL1\nRUN true\n',
      ['warning b-rule'],
    ],
  ])('%s', (_, text, expected) => {
    expect(left(text)).toEqual(expected);
  });

  test('of a rule that did not run is not called unused', () => {
    const text = 'FROM alpine\n# plimsoll: ignore[an-opt-in]\nUSER x\n';
    const optIn = engineOf(onRun('an-opt-in', { profile: 'everything' }));
    expect(said(lint(optIn, text))).toEqual([]);
    expect(said(lint(optIn, text, { profile: 'everything' }))).toEqual(['hint unused-suppression']);
    expect(said(lint({ ...optIn, shellParser: undefined }, text, { profile: 'everything' }))).toEqual([]);
  });

  test('is counted', () => {
    expect(lint(engine, '# plimsoll: ignore-file[a-rule]\nFROM alpine\nRUN a\nRUN b\n').suppressed).toBe(2);
  });

  test('hints can be turned off', () => {
    const text = 'FROM alpine\n# plimsoll: ignore[no-rule]\nUSER x\n';
    expect(said(lint(engine, text))).toEqual(['hint unknown-suppression']);
    expect(said(lint(engine, text, { severities: { 'unknown-suppression': 'off' } }))).toEqual([]);
    expect(said(lint(engine, text, { only: ['a-rule'] }))).toEqual([]);
  });
});

describe('ignore here', () => {
  const ignored = (text: string, id: string): string => {
    const engine = engineOf(onRun('a-rule'), onRun('b-rule'));
    const snapshot = memorySnapshot({ Dockerfile: text });
    const report = lintFile(engine, snapshot, file);
    const finding = report.findings.find((f) => f.rule === id);
    const edit = finding === undefined ? undefined : ignoreHere(snapshot, report, finding);
    if (edit === undefined) throw new Error('no edit');
    return applyEdits(text, [edit]);
  };

  test.each([
    [
      'with the indentation',
      'FROM alpine\n  RUN true\n',
      'FROM alpine\n  # plimsoll: ignore[a-rule]\n  RUN true\n',
    ],
    ['with CRLF', 'FROM alpine\r\nRUN true\r\n', 'FROM alpine\r\n# plimsoll: ignore[a-rule]\r\nRUN true\r\n'],
    [
      'above a continued instruction',
      'FROM alpine\nRUN true && \\\n  false\n',
      'FROM alpine\n# plimsoll: ignore[a-rule]\nRUN true && \\\n  false\n',
    ],
    [
      'in the comment that is there',
      'FROM alpine\n# plimsoll: ignore[b-rule] why\nRUN true\n',
      'FROM alpine\n# plimsoll: ignore[b-rule, a-rule] why\nRUN true\n',
    ],
    [
      'not in one for the file',
      '# plimsoll: ignore-file[b-rule]\nFROM alpine\nRUN true\n',
      '# plimsoll: ignore-file[b-rule]\nFROM alpine\n# plimsoll: ignore[a-rule]\nRUN true\n',
    ],
  ])('%s', (_, before, after) => {
    expect(ignored(before, 'a-rule')).toBe(after);
  });

  test('after a byte order mark', () => {
    const engine = engineOf(rule('from-rule', (i) => ({ at: i.span, message: 'Here.' })));
    const snapshot = memorySnapshot({ Dockerfile: '\uFEFFFROM alpine\n' });
    const report = lintFile(engine, snapshot, file);
    const [finding] = report.findings;
    const edit = finding === undefined ? undefined : ignoreHere(snapshot, report, finding);
    expect(edit).toEqual({ span: { start: 1, end: 1 }, newText: '# plimsoll: ignore[from-rule]\n' });
  });
});

describe('verified fixes', () => {
  const text = 'FROM alpine\nMAINTAINER x\n';
  const verdictOf = (
    r: RegisteredRule,
    more: readonly RegisteredRule[] = [],
    files: Record<string, string> = {},
  ) => {
    const engine = engineOf(r, ...more);
    const snapshot = memorySnapshot({ Dockerfile: text, ...files });
    const report = lintFile(engine, snapshot, file);
    const finding = report.findings.find((f) => f.rule === r.meta.id);
    const fix = finding?.fixes[0];
    if (finding === undefined || fix === undefined) throw new Error('no fix');
    return verifyFix(engine, snapshot, report, finding, fix);
  };
  const changing = (changes: (i: Instruction, path: string) => readonly Change[]): RegisteredRule =>
    rule('old-keyword', (i, path) =>
      i.keyword === 'MAINTAINER'
        ? {
            at: i.keywordSpan,
            message: 'Old.',
            fixes: [{ title: 'Do it', applicability: 'safe', changes: () => changes(i, path) }],
          }
        : undefined,
    );
  const replace = (newText: string) =>
    changing((i, path) => [{ kind: 'edit', path, edits: [{ span: i.span, newText }] }]);

  test('hold', () => {
    expect(verdictOf(maintainer()).ok).toBe(true);
  });

  test.each([
    ['the finding stays', replace('MAINTAINER y'), 'the finding stays'],
    ['it moves', replace('USER x\nMAINTAINER y'), 'the finding stays'],
    ['it does not parse', replace('BANANA'), 'does not parse'],
    [
      'the file becomes something else',
      changing((i, path) => [
        { kind: 'edit', path, edits: [{ span: { start: 0, end: i.span.end }, newText: '# nothing' }] },
      ]),
      'another kind',
    ],
    [
      'edits leave the file',
      changing((_, path) => [
        { kind: 'edit', path, edits: [{ span: { start: 0, end: 9999 }, newText: '' }] },
      ]),
      'leaves the text',
    ],
    [
      'the file to edit is not there',
      changing(() => [{ kind: 'edit', path: `${root}/gone`, edits: [] }]),
      'not there',
    ],
    [
      'the file to create is there',
      changing(() => [{ kind: 'create', path: file, text: '' }]),
      'there already',
    ],
    ['nothing changes', changing(() => []), 'changes nothing'],
  ])('do not where %s', (_, r, why) => {
    expect(verdictOf(r)).toMatchObject({ ok: false, reason: expect.stringContaining(why) });
  });

  test('do not where something as grave comes, here or in another file', () => {
    const labels = (severity: 'error' | 'warning' | 'hint') =>
      rule('a-label', (i) => (i.keyword === 'LABEL' ? { at: i.span, message: 'A label.' } : undefined), {
        severity,
      });
    expect(verdictOf(maintainer(), [labels('warning')])).toMatchObject({
      ok: false,
      reason: 'the result has a new finding: a-label',
    });
    expect(verdictOf(maintainer(), [labels('error')]).ok).toBe(false);
    expect(verdictOf(maintainer(), [labels('hint')]).ok).toBe(true);
    const both = changing((i, path) => [
      { kind: 'edit', path, edits: [{ span: i.span, newText: 'USER x' }] },
      {
        kind: 'edit',
        path: `${root}/b/Dockerfile`,
        edits: [{ span: { start: 0, end: 0 }, newText: 'FROM alpine\nLABEL a=b\n' }],
      },
    ]);
    expect(verdictOf(both, [labels('warning')], { 'b/Dockerfile': 'FROM alpine\n' }).ok).toBe(false);
    const created = changing((i, path) => [
      { kind: 'edit', path, edits: [{ span: i.span, newText: 'USER x' }] },
      { kind: 'create', path: `${root}/b/Dockerfile`, text: 'FROM alpine\nLABEL a=b\n' },
    ]);
    expect(verdictOf(created, [labels('warning')]).ok).toBe(false);
    expect(verdictOf(created, [labels('hint')]).ok).toBe(true);
  });

  test('are worked out once while the finding is kept', () => {
    let made = 0;
    const engine = engineOf(
      changing((i, path) => {
        made++;
        return [{ kind: 'edit', path, edits: [{ span: i.span, newText: 'USER x' }] }];
      }),
    );
    const snapshot = memorySnapshot({ Dockerfile: text });
    const report = lintFile(engine, snapshot, file);
    const cache: VerifyCache = new WeakMap();
    const [finding] = report.findings;
    if (finding === undefined) throw new Error('no finding');
    const first = verifiedFixes(engine, snapshot, report, finding, {}, cache);
    expect(verifiedFixes(engine, snapshot, report, finding, {}, cache)).toBe(first);
    first[0]?.changes();
    expect(made).toBe(1);
  });

  test('leave the snapshot as it was', () => {
    const snapshot = memorySnapshot({ Dockerfile: text });
    const over = overlaySnapshot(
      snapshot,
      new Map([
        [`${root}/new/Dockerfile`, 'FROM x\n'],
        [file, ''],
      ]),
    );
    expect(over.list(root)).toEqual([
      { name: 'Dockerfile', kind: 'file', size: 0 },
      { name: 'new', kind: 'folder' },
    ]);
    expect(over.list(`${root}/new`)).toEqual([{ name: 'Dockerfile', kind: 'file', size: 7 }]);
    expect(over.index(root)).toEqual([file, `${root}/new/Dockerfile`]);
    expect(snapshot.index(root)).toEqual([file]);
    expect(snapshot.text(file)).toBe(text);
  });
});

describe('fix all', () => {
  const text = 'FROM alpine\nMAINTAINER x\nUSER y\nMAINTAINER z\n';
  const fixed = (r: RegisteredRule, fixes: 'safe' | 'unsafe', more: Record<string, string> = {}) =>
    fixAll(engineOf(r), memorySnapshot({ Dockerfile: text, ...more }), file, { fixes });

  test.each([
    ['safe', 'safe', 2],
    ['safe', 'unsafe', 2],
    ['unsafe', 'safe', 0],
    ['unsafe', 'unsafe', 2],
    ['manual', 'unsafe', 0],
  ] as const)('%s fixes when %s ones are asked for: %i', (applicability, asked, applied) => {
    const result = fixed(maintainer(applicability), asked);
    expect(result).toMatchObject({ applied, converged: true, complete: true });
    expect(result.texts.get(file)).toBe(
      applied === 0 ? undefined : 'FROM alpine\nLABEL m=x\nUSER y\nLABEL m=x\n',
    );
  });

  test('takes conflicting fixes in turn', () => {
    // Both rewrite the same line, each its own word.
    const word = (id: string, from: string, to: string): RegisteredRule =>
      rule(id, (i, path) =>
        i.text.includes(from)
          ? {
              at: i.span,
              message: `There is ${from}.`,
              fixes: [
                {
                  title: 'Change it',
                  applicability: 'safe',
                  changes: () => [
                    { kind: 'edit', path, edits: [{ span: i.span, newText: i.text.replace(from, to) }] },
                  ],
                },
              ],
            }
          : undefined,
      );
    const engine = engineOf(word('one-word', 'one', 'eins'), word('two-word', 'two', 'zwei'));
    const result = fixAll(engine, memorySnapshot({ Dockerfile: 'FROM alpine\nRUN one two\n' }), file, {
      fixes: 'safe',
    });
    expect(result.texts.get(file)).toBe('FROM alpine\nRUN eins zwei\n');
    expect(result).toMatchObject({ applied: 2, passes: 2, converged: true });
  });

  test('a fix may bring a lesser finding, as it may when it is offered alone', () => {
    const lesser = rule('a-label', (i) =>
      i.keyword === 'LABEL' ? { at: i.span, message: 'There is a LABEL.', severity: 'hint' } : undefined,
    );
    const engine = engineOf(maintainer('safe'), { ...lesser, meta: { ...lesser.meta, severity: 'hint' } });
    const result = fixAll(engine, memorySnapshot({ Dockerfile: text }), file, { fixes: 'safe' });
    expect(result).toMatchObject({ applied: 2, converged: true });
    expect(result.report.findings.map((f) => f.rule)).toEqual(['a-label', 'a-label']);
  });

  test('stops where fixes go on', () => {
    let n = 0;
    const engine = engineOf(
      rule('ever-new', (i, path) =>
        i.keyword === 'RUN'
          ? {
              at: { start: i.span.end - 1, end: i.span.end },
              message: `This is number ${n++}.`,
              fixes: [
                {
                  title: 'Go on',
                  applicability: 'safe',
                  changes: () => [{ kind: 'edit', path, edits: [{ span: i.span, newText: `${i.text}0` }] }],
                },
              ],
            }
          : undefined,
      ),
    );
    const result = fixAll(engine, memorySnapshot({ Dockerfile: 'FROM alpine\nRUN 1\n' }), file, {
      fixes: 'safe',
    });
    expect(result.passes).toBeLessThanOrEqual(maxPasses);
    expect(result.texts.size).toBe(0);
  });
});

test('offsets follow edits', () => {
  const edits = [
    { span: { start: 2, end: 2 }, newText: 'ab' },
    { span: { start: 5, end: 8 }, newText: '' },
  ];
  expect([0, 1, 2, 4, 5, 6, 8, 9].map((at) => mapOffset(edits, at))).toEqual([0, 1, 4, 6, 7, 7, 7, 8]);
});
