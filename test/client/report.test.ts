import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { difference } from '../../client/src/context/difference.js';
import { contents, rowsOf } from '../../client/src/views/contents.js';
import { folderAt, linesOf, stepsOf } from '../../client/src/views/model.js';
import { reportPage } from '../../client/src/views/page.js';
import { reportBody } from '../../client/src/views/report.js';
import { changeText } from '../../client/src/views/total.js';
import { trail } from '../../client/src/views/trail.js';
import type { ReportView } from '../../client/src/views/view.js';
import { sayFrom } from '../../client/src/views/words.js';
import { repo } from '../harness/files.js';
import { file, folder, pictureOf, shopTree, viewOf } from './fixture.js';

const say = sayFrom({});
const empty = folder('', []);
const page = (view: ReportView): string => reportBody(view, say).text;
/** The text a reader would see, without the markup. */
const text = (html: string): string =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
const shop = pictureOf(shopTree());

describe('total', () => {
  test('the size of what is sent comes first, the working below', () => {
    const shown = text(page(viewOf(shop)));
    expect(shown).toContain('413 MB sent to the builder in 13,093 files');
    expect(shown).toMatch(/In the folder 13,913 \d+ MB/);
    expect(shown).toContain('Left out by .dockerignore 820 61 MB');
    expect(shown).toMatch(/14,297 entries 4\d\d,\d{3},\d{3} bytes/);
  });

  test('what no step asks for is told from what is left out', () => {
    const sent = { files: 3, bytes: 3e6, entries: 5, wireBytes: 3_000_123, exact: true };
    expect(text(page(viewOf(pictureOf(shopTree(), { sent }))))).toMatch(
      /Left out by \.dockerignore 820 61 MB Asked for by no step 13,090 410 MB Sent 3 3 MB/,
    );
  });

  test.each([
    [50e6, undefined],
    [200e6, 'above 100 MB'],
    [700e6, 'above 500 MB'],
  ])('%d bytes against the thresholds', (bytes, mark) => {
    const shown = text(page(viewOf(pictureOf(folder('', [file('a', bytes)])))));
    if (mark === undefined) expect(shown).not.toContain('above');
    else expect(shown).toContain(mark);
  });

  test('a number that is not exact says so, and why', () => {
    const sent = { files: 1, bytes: 9e6, entries: 1, wireBytes: 9_000_100, exact: false };
    const shown = text(page(viewOf(pictureOf(empty, { sent }))));
    expect(shown).toContain('about 9 MB');
    expect(shown).toContain('about 9,000,100 bytes');
    expect(shown).toContain('Not exact');
    expect(text(page(viewOf(shop)))).not.toMatch(/Not exact|about \d/);
  });

  test('a build that loads no context', () => {
    const sent = { files: 0, bytes: 0, entries: 0, wireBytes: null, exact: true };
    const report = { loaded: false, sent, copies: [], unused: [], suggestedIgnore: [] };
    const shown = page(viewOf({ ...pictureOf(empty, report), tree: null }));
    expect(text(shown)).toContain('0 B No step that this build reaches takes anything from the folder');
    expect(shown).not.toContain('id="map"');
    expect(text(shown)).not.toContain('On the wire, folders');
  });

  test('what an added line changed', () => {
    const change = { pattern: '**/node_modules', file: '.dockerignore', before: 450e6, after: 14e6 };
    const sentence = '**/node_modules was added to .dockerignore: 450 MB → 14 MB, 436 MB less.';
    expect(changeText(change, say)).toBe(sentence);
    expect(text(page(viewOf(shop, { change })))).toContain(sentence);
    expect(changeText({ ...change, after: 450e6 }, say)).toContain('the size is the same');
    expect(changeText({ ...change, after: 451e6 }, say)).not.toContain('less');
  });
});

test('a context that cannot be measured: the reason, and nothing made up', () => {
  const shown = page(viewOf(null, { notes: ['The context is a git repository; it is not on this disk.'] }));
  expect(text(shown)).toContain('The context is a git repository; it is not on this disk.');
  expect(shown).toContain('data-do="refresh"');
  expect(text(shown)).not.toMatch(/\d+ [kMG]?B/);
});

test('what makes the build fail comes before the numbers, with its place', () => {
  const errors = [{ message: 'COPY dist: line 3 leaves it out', path: '/home/ann/shop/Dockerfile', line: 6 }];
  const shown = page(viewOf(pictureOf(shopTree(), { errors })));
  expect(text(shown)).toContain('This build fails COPY dist: line 3 leaves it out shop/Dockerfile:7');
  expect(shown.indexOf('This build fails')).toBeLessThan(shown.indexOf('class="headline"'));
  expect(shown).toContain('data-path="/home/ann/shop/Dockerfile" data-line="6"');
});

test('each suggested line has a button that says what it does', () => {
  const shown = page(viewOf(shop));
  expect(shown).toContain(
    'data-do="add" data-pattern="**/node_modules" data-key="add0" aria-label="Add **/node_modules to shop/.dockerignore: 260 MB, 12,000 files less"',
  );
  expect(shown.match(/data-do="add"/g)).toHaveLength(3);
});

test('without an ignore file there is a way to one', () => {
  const build = { ...shop.report.build, ignoreFile: null };
  expect(page(viewOf(pictureOf(shopTree(), { build })))).toContain('data-do="create"');
  expect(page(viewOf(shop))).not.toContain('data-do="create"');
});

test('other builds can be chosen where there are some', () => {
  const build = { ...shop.report.build, others: ['heuristic'] };
  expect(page(viewOf(pictureOf(shopTree(), { build })))).toContain('data-do="choose"');
  expect(page(viewOf(shop))).not.toContain('data-do="choose"');
});

describe('table of paths', () => {
  test('says what the picture says, and who takes it', () => {
    const shown = text(contents(shopTree(), [], stepsOf(shop), say).text);
    expect(shown).toMatch(/node_modules\/ \d+ MB \d+ % 12,901 line 6 COPY \. \./);
    expect(shown).toContain('docs/ 11 MB 3 % 2 no step');
    expect(shown).toMatch(
      /package-lock.json 612 kB &lt; 1 % line 4 COPY package\*\.json \.\/ line 6 COPY \. \./,
    );
  });

  test('what stands out deep down is named too', () => {
    const { rows } = rowsOf(
      folder('', [folder('a', [folder('b', [file('c', 90), file('d', 1)]), file('e', 9)])]),
    );
    expect(rows.map(({ names, deeper }) => [names.join('/'), deeper])).toEqual([
      ['a', false],
      ['a/b', true],
      ['a/b/c', true],
    ]);
  });

  test('a folder further down, and the way back', () => {
    const steps = stepsOf(shop);
    expect(text(contents(shopTree(), ['node_modules', 'typescript'], steps, say).text)).toMatch(
      /^Largest paths in node_modules\/typescript .* lib\/ 53 MB/,
    );
    const { folder: here } = folderAt(shopTree(), ['node_modules']);
    expect(text(trail(['node_modules'], here, say).text)).toMatch(
      /^context node_modules 240 MB, 12,901 files$/,
    );
  });

  test('a folder that is gone: as far as the path still leads', () => {
    expect(folderAt(shopTree(), ['node_modules', 'gone', 'x']).path).toEqual(['node_modules']);
    expect(folderAt(shopTree(), ['README.md']).path).toEqual([]);
  });

  test('many entries: the largest, and the sum of the others', () => {
    const many = folder(
      '',
      Array.from({ length: 400 }, (_, i) => file(`f${i}`, 1000)),
    );
    const { rows, rest } = rowsOf(many);
    expect(rows).toHaveLength(25);
    expect(rest).toEqual({ files: 375, bytes: 375_000 });
    expect(text(contents(many, [], stepsOf(shop), say).text)).toContain(
      'Everything smaller, together 375 kB',
    );
  });

  test('lines of a node: each once, in order, whatever it names', () => {
    expect(linesOf([2, 0, 1, 9], { lines: [5, 5, 3], instructions: {} })).toEqual([3, 5]);
  });
});

describe('safety', () => {
  const evil = '<img src=x onerror=alert(1)>"\'&';
  const tree = folder('', [folder(evil, [file(`${evil}\n\u202e`, 5e6)], { files: 2, bytes: 3 })]);
  const picture = pictureOf(tree, {
    errors: [{ message: evil, path: evil, line: 0 }],
    unused: [{ path: evil, files: 1, bytes: 1 }],
    suggestedIgnore: [{ pattern: evil, reason: evil, files: 1, bytes: 1 }],
    copies: [{ line: 5, stage: evil, instruction: evil, sources: [{ source: evil, files: 1, bytes: 1 }] }],
    build: { ...shop.report.build, ignoreFile: evil, target: evil, source: evil, why: evil, others: [evil] },
  });
  const change = { pattern: evil, file: evil, before: 2, after: 1 };
  const shown = page(viewOf(picture, { dockerfile: evil, notes: [evil], change }));

  test('nothing of the workspace becomes markup', () => {
    expect(shown).not.toContain('<img');
    expect(shown.replace(/<[a-z0-9]+((?: [\w-]+(?:="[^"<]*")?)*) ?\/?>|<\/[a-z0-9]+>/g, '')).not.toMatch(
      /[<>]/,
    );
    expect(shown).not.toContain('\u202e');
    const steps = stepsOf(picture);
    expect(contents(tree, [evil], steps, say).text).not.toContain('<img');
    expect(trail([evil], tree, say).text).not.toContain('<img');
  });

  test('no handlers and no styles in the markup', () => {
    const bare = shown.replace(/="[^"]*"/g, '=""');
    expect(bare).toContain('data-do=""');
    expect(bare).not.toMatch(/<[^>]* (?:on\w+|style)=/);
  });

  test('the page may load its style and its script, and nothing else', () => {
    const parts = {
      language: 'en',
      title: 'x',
      waiting: 'Measuring…',
      cspSource: 'https://csp',
      nonce: 'abc',
      script: 's.js',
      style: 's.css',
    };
    const html = reportPage(parts);
    expect(html).toContain(
      'content="default-src &#39;none&#39;; style-src https://csp; script-src &#39;nonce-abc&#39;"',
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('<script nonce="abc" src="s.js">');
  });
});

describe('for everyone', () => {
  const shown = page(viewOf(shop));

  test('headings in order: one h1, then h2', () => {
    const levels = [...shown.matchAll(/<h(\d)/g)].map(([, level]) => level);
    expect(levels[0]).toBe('1');
    expect(new Set(levels.slice(1))).toEqual(new Set(['2']));
  });

  test('every table has a caption, column heads with scope and a row head in each row', () => {
    const tables = shown.match(/<table[\s\S]*?<\/table>/g) ?? [];
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      expect(table).toContain('<caption');
      expect(table).not.toMatch(/<thead>[\s\S]*<th(?! scope="col")[\s>][\s\S]*<\/thead>/);
      const rows = (table.split('<tbody>')[1] ?? '').match(/<tr/g) ?? [];
      expect(table.match(/<th scope="row"/g)).toHaveLength(rows.length);
    }
  });

  test('pictures are hidden from screen readers, which get the table', () => {
    for (const [svg] of shown.matchAll(/<svg[^>]*>/g)) expect(svg).toContain('aria-hidden="true"');
    expect(shown).toMatch(/id="map"[^>]* role="group" aria-label="[^"]+" aria-describedby="keys"/);
  });

  test('every colour is one of the editor’s', () => {
    const css = readFileSync(path.join(repo, 'media/report.css'), 'utf8');
    expect(css).not.toMatch(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?)\(/i);
    expect(css).not.toMatch(
      /(?:color|background|fill|stroke|border[\w-]*): *(?:black|white|red|green|blue|gr[ae]y)\b/,
    );
    expect(css).toContain('prefers-reduced-motion');
    expect(css).toContain('.vscode-high-contrast');
  });
});

test('a proposal replaces no more of a file than what differs', () => {
  expect(difference('a\nb\n', 'a\nb\n\n# more\nc\n')).toEqual({ start: 4, end: 4, text: '\n# more\nc\n' });
  expect(difference('', 'x')).toEqual({ start: 0, end: 0, text: 'x' });
  expect(difference('aba', 'ababa')).toEqual({ start: 3, end: 3, text: 'ba' });
  const { start, end, text: changed } = difference('one\ntwo\nthree', 'one\n2\nthree');
  expect('one\ntwo\nthree'.slice(0, start) + changed + 'one\ntwo\nthree'.slice(end)).toBe('one\n2\nthree');
});
