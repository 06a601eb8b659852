import { describe, expect, it } from 'vitest';
import { type WhySide, whySteps } from '../../server/src/report/why.js';
import type { ContextEntry } from '../../server/src/sim/cache/model.js';
import { testShellParser } from '../harness/shell.js';

const parser = await testShellParser();

type Files = Readonly<Record<string, string>>;

function side(dockerfile: string, files: Files): WhySide {
  const context = new Map<string, ContextEntry>(
    Object.entries(files).map(([path, content]) => [path, { kind: 'file', mode: 0o644, content }]),
  );
  return { dockerfile, ignore: null, build: { target: null, args: {}, namedContexts: [] }, context };
}

/** What becomes of the last step, which takes something of a stage, when files change. */
function taken(stage: string, last: string, before: Files, after: Files): boolean | 'maybe' | undefined {
  const text = `${stage}\nFROM other\n${last}\n`;
  return whySteps(side(text, before), side(text, after), parser).at(-1)?.cached;
}

const files = { 'a/x': '1', 'a/y': '1', 'b/z': '1', 'c/x': '3' };
const x = { ...files, 'a/x': '2' };

describe('what a step takes of a stage that ran again', () => {
  it.each([
    [
      'a file that was copied and did not change',
      'FROM scratch AS s\nCOPY a /a',
      'COPY --from=s /a/y /',
      true,
    ],
    ['one that did', 'FROM scratch AS s\nCOPY a /a', 'COPY --from=s /a/x /', false],
    ['the folder it lies in', 'FROM scratch AS s\nCOPY a /a', 'COPY --from=s /a /a', false],
    ['another folder', 'FROM base AS s\nCOPY a /a\nCOPY b /b', 'COPY --from=s /b /b', true],
    ['a folder of an image', 'FROM base AS s\nCOPY a /a', 'COPY --from=s /etc /etc', true],
    [
      'a folder that a command may have written to',
      'FROM base AS s\nCOPY a /a\nRUN make',
      'COPY --from=s /b /b',
      'maybe',
    ],
    [
      'what was copied over what a command made',
      'FROM base AS s\nCOPY a /a\nRUN make\nCOPY b/ /b/',
      'COPY --from=s /b/z /',
      true,
    ],
    [
      'the same, where more may lie',
      'FROM base AS s\nCOPY a /a\nRUN make\nCOPY b/ /b/',
      'COPY --from=s /b /b',
      'maybe',
    ],
    [
      'what an echo wrote elsewhere',
      'FROM base AS s\nCOPY a /a\nRUN echo done > /done',
      'COPY --from=s /done /',
      true,
    ],
    [
      'what an echo of a variable wrote',
      'FROM base AS s\nCOPY a /a\nRUN echo $X > /done',
      'COPY --from=s /done /',
      'maybe',
    ],
    [
      'what a command wrote that reads files',
      'FROM base AS s\nCOPY a /a\nRUN cat /a/x > /done',
      'COPY --from=s /done /',
      'maybe',
    ],
    [
      'a link that a stage was given a name for',
      'FROM base AS s\nCOPY b /b\nFROM s AS t\nCOPY a /a',
      'COPY --from=t /b /b',
      true,
    ],
    [
      'by a mount',
      'FROM base AS s\nCOPY a /a\nCOPY b /b',
      'RUN --mount=from=s,source=/b,target=/m true',
      true,
    ],
    ['by a mount of all', 'FROM base AS s\nCOPY a /a\nCOPY b /b', 'RUN --mount=from=s,target=/m true', false],
    ['by wildcards that do not hit it', 'FROM scratch AS s\nCOPY a /a', 'COPY --from=s /a/y* /', true],
    ['with --exclude', 'FROM scratch AS s\nCOPY a /a', 'COPY --from=s --exclude=x /a /a', 'maybe'],
    [
      'folders that are links in most images',
      'FROM base AS s\nCOPY a /usr/bin',
      'COPY --from=s /bin/x /',
      'maybe',
    ],
    ['an archive that ADD may unpack', 'FROM base AS s\nADD a/x /out/', 'COPY --from=s /out/y /', 'maybe'],
  ] as const)('%s', (_, stage, last, expected) => {
    expect(taken(stage, last, files, x)).toBe(expected);
  });

  it('a new file in a folder that an image may have too', () => {
    const stage = (base: string): string => `FROM ${base} AS s\nCOPY a /a`;
    const more = { ...files, 'a/new': '1' };
    expect(taken(stage('scratch'), 'COPY --from=s /a /a', files, more)).toBe(false);
    expect(taken(stage('base'), 'COPY --from=s /a /a', files, more)).toBe('maybe');
  });

  it('an edit that a later copy covers', () => {
    const stage = 'FROM scratch AS s\nCOPY a/x /out/\nCOPY c/x /out/';
    expect(taken(stage, 'COPY --from=s /out/x /', files, x)).toBe(true);
  });
});
