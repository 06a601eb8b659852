import { describe, expect, it } from 'vitest';
import type { ContextDetails } from '../../server/src/report/context.js';
import type { ContextReport } from '../../server/src/report/contextModel.js';
import { contextText } from '../../server/src/report/contextText.js';
import { coloured } from '../../server/src/report/text.js';

const report: ContextReport = {
  version: 1,
  build: {
    dockerfile: 'web/Dockerfile',
    context: 'web',
    ignoreFile: 'web/.dockerignore',
    target: 'run',
    args: { NODE_ENV: 'production', TOKEN: null },
    source: 'compose.yaml services.web',
    why: 'compose.yaml builds it for the service web, with web as the context.',
    others: ['.github/workflows/ci.yml jobs.image.steps[2]'],
  },
  loaded: true,
  errors: [],
  all: { files: 42_000, bytes: 2_100_000_000 },
  ignored: { files: 30_000, bytes: 1_600_000_000 },
  sent: { files: 1234, bytes: 450_123_456, entries: 1312, wireBytes: 450_200_001, exact: true },
  copies: [
    {
      line: 3,
      stage: 'build',
      instruction: 'COPY package.json package-lock.json ./',
      sources: [
        { source: 'package.json', files: 1, bytes: 1200 },
        { source: 'package-lock.json', files: 1, bytes: 420_000 },
      ],
    },
    {
      line: 5,
      stage: 'build',
      instruction: 'COPY . .',
      sources: [{ source: '.', files: 1234, bytes: 450_123_456 }],
    },
    {
      line: 11,
      stage: 'run',
      instruction:
        'COPY --chown=node:node --chmod=755 docker/entrypoint.sh /usr/local/bin/docker-entrypoint.sh',
      sources: [{ source: 'docker/entrypoint.sh', files: 1, bytes: 900 }],
    },
  ],
  largest: [
    { path: 'node_modules', files: 1100, bytes: 430_000_000, neededBy: [5] },
    { path: 'docker', files: 3, bytes: 2000, neededBy: [5, 11] },
    { path: 'package.json', files: 1, bytes: 1200, neededBy: [3, 5, 6, 7, 8] },
  ],
  unused: [{ path: 'docs', files: 20, bytes: 12_000_000 }],
  suggestedIgnore: [
    {
      pattern: '**/node_modules',
      files: 1100,
      bytes: 430_000_000,
      reason:
        'installed packages; line 5 installs them in the image, so that those of this machine are never needed there',
    },
  ],
  explain: [],
};

const details: ContextDetails = { report, explained: [], unknown: [], unreadable: [], remote: false };

function textWith(change: Partial<ContextReport>, more: Partial<ContextDetails> = {}): string {
  return contextText({ ...details, ...more, report: { ...report, ...change } });
}

describe('the text of a context report', () => {
  it('can be read at once on 80 columns', () => {
    expect(contextText(details)).toBe(`Build context of web/Dockerfile
  context      web
  ignore file  web/.dockerignore
  target       run
  arguments    NODE_ENV, TOKEN
  chosen       compose.yaml builds it for the service web, with web as the
               context.
  also         .github/workflows/ci.yml jobs.image.steps[2]

Sent on a first build: 450 MB in 1,234 files
  BuildKit shows "transferring context: 450.20MB": 450,200,001 bytes on the wire
  for 1,312 entries, folders and links too.
  Below the context lie 2.1 GB in 42,000 files. The ignore file hides 1.6 GB in
  30,000 files of it. 50 MB in 10,766 files is asked for by no step and stays
  here.

What each line takes
                          line 4   [build] COPY package.json package-lock.json …
   1.2 kB         1 file             package.json
   420 kB         1 file             package-lock.json
   450 MB    1,234 files  line 6   [build] COPY . .
    900 B         1 file  line 12  [run] COPY --chown=node:node --chmod=755 doc…

Largest of what is sent, and who takes it
   430 MB    1,100 files  line 6                 node_modules
     2 kB        3 files  lines 6 and 12         docker
   1.2 kB         1 file  lines 4, 6 and 3 more  package.json

Sent, but taken by no step
    12 MB       20 files  docs

Lines for web/.dockerignore, and what they would save
   430 MB    1,100 files  **/node_modules
                          installed packages; line 5 installs them in the image,
                          so that those of this machine are never needed there

Simulated from the files on disk, as BuildKit 0.33 does it. A later build sends
the content of what has changed since, and the names of all.
`);
  });

  it('says on what a number that is not exact rests', () => {
    const sent = { ...report.sent, exact: false };
    const unknown = [{ line: 4, text: 'COPY $WHERE /x' }];
    expect(textWith({ sent }, { unknown })).toContain(
      'Not exact:\n    Line 5 (COPY $WHERE /x) depends on a value that is not known',
    );
    const unreadable = [
      { path: 'a', effect: 'fails' },
      { path: 'b', effect: 'fails' },
      { path: 'c', effect: 'empty' },
    ] as const;
    expect(textWith({ sent }, { unreadable })).toContain('    2 paths could not be read.');
    expect(textWith({ sent })).toContain('shows about "transferring context:');
  });

  it('puts what makes the build fail before all numbers, and nothing in a name acts on the terminal', () => {
    const text = textWith({
      errors: [{ path: 'web/Dockerfile', line: 7, message: '"a\u001b[2J" is not there.' }],
    });
    expect(text.indexOf('web/Dockerfile:8: error "a\\u{1b}[2J" is not there.')).toBeGreaterThan(0);
    expect(text.indexOf('error')).toBeLessThan(text.indexOf('Sent on'));
  });

  it('wraps what is long, in colour too', () => {
    const message = `"${'a/'.repeat(30)}b" is not in the context, which has no "a", so the build fails here.`;
    const change = { errors: [{ path: 'docker/web/Dockerfile', line: 7, message }] };
    for (const line of textWith(change).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(textWith(change)).toContain('docker/web/Dockerfile:8: error\n    "a/a/');
    const inColour = contextText({ ...details, report: { ...report, ...change } }, coloured);
    expect(inColour).toContain('docker/web/Dockerfile:8: \u001b[31merror\u001b[0m\n');
  });

  it('says of an ignore file that hides nothing, or is not there, no more than that', () => {
    const all = { files: 1234, bytes: 450_123_456 };
    const ignored = { files: 0, bytes: 0 };
    expect(textWith({ all, ignored })).toMatch(/The ignore file hides\s+nothing\s+of\s+it\.\n/);
    const build = { ...report.build, ignoreFile: null };
    expect(textWith({ all, ignored, build })).toContain('Below the context lie 450 MB in 1,234 files.\n\n');
  });

  it('leaves out what there is nothing of', () => {
    const text = textWith({
      unused: [],
      suggestedIgnore: [],
      largest: [],
      copies: [],
      all: null,
      ignored: null,
    });
    for (const title of [
      'taken by no step',
      'would save',
      'Largest',
      'What each line',
      'Below the context',
    ]) {
      expect(text).not.toContain(title);
    }
  });

  it('says where nothing is sent, and why', () => {
    const sent = { files: 0, bytes: 0, entries: 0, wireBytes: null, exact: true };
    expect(textWith({ loaded: false, sent })).toContain('so BuildKit does not load\nit: nothing is sent.');
    const maybe = textWith(
      { loaded: false, sent: { ...sent, exact: false } },
      { unknown: [{ line: 1, text: 'COPY $X /x' }] },
    );
    expect(maybe).toContain('Nothing is sent, as far as can be told.');
    expect(maybe).not.toContain('takes anything');
  });

  it('shows the first ten unused paths and how many more there are', () => {
    const unused = Array.from({ length: 13 }, (_, i) => ({ path: `p${i}`, files: 1, bytes: 10 }));
    const text = textWith({ unused });
    expect(text).toContain('  p9\n  … and 3 paths more');
    expect(text).not.toContain('p10');
  });

  it('colours titles and errors on a terminal only', () => {
    expect(contextText(details, coloured)).toContain('\u001b[1mSent on a first build');
    expect(contextText(details)).not.toContain('\u001b');
  });
});
