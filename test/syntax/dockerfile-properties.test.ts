import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instruction, Word } from '../../server/src/syntax/dockerfile/model.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { dockerfileShape } from '../../server/src/syntax/dockerfile/shape.js';
import { type MappedText, toDocument } from '../../server/src/text/mapped.js';
import type { Span } from '../../server/src/text/span.js';
import { sharedDir } from '../shared.js';

function expectMapped(mapped: MappedText, text: string): void {
  for (let i = 0; i < mapped.text.length; i++) {
    if (mapped.text[i] !== text[toDocument(mapped, i)]) {
      expect([i, mapped.text[i]]).toEqual([i, text[toDocument(mapped, i)]]);
    }
  }
}

function wordsOf(i: Instruction): readonly Word[] {
  if (i.kind === 'COPY' || i.kind === 'ADD') {
    return i.json ? [] : [...i.sources, ...(i.destination === undefined ? [] : [i.destination])];
  }
  if (i.kind === 'ENV') return i.pairs.map((p) => p.value);
  if (i.kind === 'ARG') return i.declarations.flatMap((d) => d.value ?? []);
  if (i.kind === 'FROM') return [i.image ?? [], i.alias ?? []].flat();
  if (i.kind === 'OTHER') return i.words;
  return [];
}

function expectInside(span: Span, outer: Span): void {
  expect(outer.start <= span.start && span.start <= span.end && span.end <= outer.end).toBe(true);
}

/** What must hold of any text. */
function check(text: string): void {
  const file = parseDockerfile(text);
  dockerfileShape(text);
  const whole = { start: 0, end: text.length };
  let before = 0;
  for (const i of file.instructions) {
    expectInside(i.fullSpan, whole);
    expect(i.fullSpan.start).toBeGreaterThanOrEqual(before);
    before = i.fullSpan.end;
    expectInside(i.span, i.fullSpan);
    expectInside(i.keywordSpan, i.span);
    expectMapped(i.body, text);
    for (const flag of i.flags) expectInside(flag.span, i.span);
    for (const word of wordsOf(i)) {
      expectInside(word.span, i.span);
      const written = text.slice(word.span.start, word.span.end);
      if (!written.includes('\n')) expect(written).toBe(word.raw);
    }
    for (const heredoc of i.heredocs) {
      expectInside(heredoc.span, i.span);
      expectInside(heredoc.bodySpan, i.fullSpan);
      expectMapped(heredoc.body, text);
    }
    if (i.kind === 'RUN' && i.script !== undefined && i.heredocs.length === 0) expectMapped(i.script, text);
    if (i.kind === 'RUN') {
      for (const mount of i.mounts)
        for (const option of mount.options) expectInside(option.span, mount.flag.span);
    }
  }
  for (const comment of file.comments) {
    expectInside(comment.span, whole);
    expect(text[comment.span.start]).toBe('#');
  }
  for (const problem of file.problems) expectInside(problem.span, whole);
  expect(file.stages.map((s) => s.from)).toEqual(file.instructions.filter((i) => i.kind === 'FROM'));
}

const REALISTIC = `# syntax=docker/dockerfile:1
# escape=\\
ARG VERSION=20
FROM --platform=$BUILDPLATFORM node:\${VERSION} AS build
# a comment
WORKDIR /app
ENV A=1 B="two words" \\
    # inside
    C=\${A:-x}
COPY --chown=1:1 package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    --mount='type=bind,"source=a,b",target=/x' \\
    npm ci && \\

    npm run build
COPY <<EOF <<-"END" /etc/
FROM nowhere
EOF
\ttext $A
\tEND
RUN <<SCRIPT
set -e
cat <<INNER
x
INNER
SCRIPT
ONBUILD RUN 3<<EOF cat <&3
héé 😀
EOF
FROM scratch
COPY --from=build ["/app", "/app"]
LABEL a=b "c"=d
SHELL ["/bin/sh", "-c"]
HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1
CMD ["node", "index.js"]
`;

describe('any text', () => {
  it('is read without a throw, every part in its place', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check));
  });
  it('made of the signs that matter', () => {
    const signs = [
      'FROM a\n',
      'RUN ',
      'COPY ',
      'ENV ',
      'ONBUILD ',
      '\\\n',
      '\\ \n',
      '\n',
      '\r\n',
      '#',
      ' ',
      '\t',
      '<<E',
      '\nE\n',
      '"',
      "'",
      '`',
      '$',
      '{',
      '=',
      '--x=',
      '["a"]',
      ',',
      '\uFEFF',
      'x',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 25 }), (l) => check(l.join(''))),
      {
        numRuns: 1000,
      },
    );
  });
  it('cut out of and spliced into a realistic file', () => {
    const at = fc.nat(REALISTIC.length);
    fc.assert(
      fc.property(at, at, at, at, (a, b, c, d) => {
        check(REALISTIC.slice(0, a) + REALISTIC.slice(Math.min(b, c), Math.max(b, c)) + REALISTIC.slice(d));
      }),
      { numRuns: 500 },
    );
  });
  it.each([
    'FROM a\nRUN --mount=type=cache \\\n --mount\\\n\n npm ci\n',
    'FROM a\nRUN --mount= x\n',
    'FROM a\nRUN --mount=type=bind,\\\n\n x\n',
  ])('with an empty mount option: %j', (text) => check(text));
  it('with either line ending says the same', () => {
    const read = (text: string): unknown =>
      parseDockerfile(text).instructions.map((i) => [i.text, i.heredocs.map((h) => h.body.text)]);
    expect(read(REALISTIC.replaceAll('\n', '\r\n'))).toEqual(read(REALISTIC));
    expect(parseDockerfile(REALISTIC).problems).toEqual([]);
    check(REALISTIC.replaceAll('\n', '\r\n'));
  });
});

const shared = sharedDir();

describe.skipIf(shared === undefined)(
  'real projects (skipped: no recorded corpus beside the project)',
  () => {
    const corpus = path.join(shared ?? '', 'corpus');
    const rows = (name: string): readonly string[] =>
      readFileSync(path.join(corpus, name), 'utf8').trim().split('\n');
    it('reads every nasty Dockerfile, each part in its place', () => {
      let count = 0;
      for (const row of rows('nasty.jsonl')) {
        const { file } = JSON.parse(row) as { file: string | null };
        if (file !== null && !/\.(?:ya?ml|hcl|json|dockerignore)$/.test(file)) {
          check(readFileSync(path.join(corpus, file), 'utf8'));
          count++;
        }
      }
      for (const name of readdirSync(path.join(corpus, 'nasty_history'))) {
        check(readFileSync(path.join(corpus, 'nasty_history', name), 'utf8'));
        count++;
      }
      expect(count).toBeGreaterThan(20);
    });
    it('tells plain files, templates and fragments apart, and finds no problem in plain ones', () => {
      const wrong: string[] = [];
      for (const row of rows('repos.jsonl')) {
        const repo = JSON.parse(row) as {
          repo: string;
          dockerfiles: string[];
          kinds: Record<string, string>;
        };
        for (const name of repo.dockerfiles) {
          const text = readFileSync(path.join(corpus, 'files', repo.repo.replace('/', '__'), name), 'utf8');
          const kind = repo.kinds[name] ?? 'plain';
          if (dockerfileShape(text) !== kind) wrong.push(`${repo.repo}/${name}: ${dockerfileShape(text)}`);
          if (kind === 'plain' && parseDockerfile(text).problems.length > 0)
            wrong.push(`${repo.repo}/${name}: problem`);
        }
      }
      expect(wrong).toEqual([]);
    });
  },
);
