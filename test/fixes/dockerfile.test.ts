import { describe, expect, it } from 'vitest';
import {
  blockOf,
  copyLine,
  insertBefore,
  insertWordAfter,
  moveAfter,
} from '../../server/src/fixes/dockerfile.js';
import type { Dockerfile, Instruction } from '../../server/src/syntax/dockerfile/model.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { applyEdits } from '../../server/src/text/edit.js';

function at(dockerfile: Dockerfile, index: number): Instruction {
  const found = dockerfile.instructions[index];
  if (found === undefined) throw new Error(`no instruction ${index}`);
  return found;
}

function moved(text: string, from: readonly number[], to: number, lines: readonly string[]): string {
  const dockerfile = parseDockerfile(text);
  return applyEdits(
    text,
    moveAfter(
      dockerfile,
      from.map((i) => at(dockerfile, i)),
      at(dockerfile, to),
      lines,
    ),
  );
}

describe('moveAfter', () => {
  it('moves comments and continuations along and leaves a line in place', () => {
    const text = 'FROM a\n# all\nCOPY . \\\n  .\nRUN x\nCMD y\n';
    expect(moved(text, [1], 2, ['COPY p ./'])).toBe(
      'FROM a\nCOPY p ./\nRUN x\n# all\nCOPY . \\\n  .\nCMD y\n',
    );
  });
  it('keeps CRLF and a missing last line ending', () => {
    expect(moved('FROM a\r\nCOPY . .\r\nRUN x', [1], 2, ['COPY p ./'])).toBe(
      'FROM a\r\nCOPY p ./\r\nRUN x\r\nCOPY . .',
    );
  });
  it('keeps the empty lines between steps', () => {
    expect(moved('FROM a\n\nCOPY . .\n\nRUN x\n\nCMD y\n', [1], 2, [])).toBe(
      'FROM a\n\nRUN x\n\nCOPY . .\n\nCMD y\n',
    );
  });
  it('goes behind a heredoc and leaves what stands between', () => {
    const text = 'FROM a\nCOPY b /b\nENV c=d\nCOPY e /e\nRUN <<EOF\nx\nEOF\nCMD y\n';
    expect(moved(text, [1, 3], 4, [])).toBe(
      'FROM a\nENV c=d\nRUN <<EOF\nx\nEOF\nCOPY b /b\nCOPY e /e\nCMD y\n',
    );
  });
  it('does not take a parser directive for a comment', () => {
    const text = '# syntax=docker/dockerfile:1\nFROM a\n';
    const dockerfile = parseDockerfile(text);
    expect(blockOf(dockerfile, at(dockerfile, 0)).start).toBe(text.indexOf('FROM'));
  });
});

describe('insertions', () => {
  it('puts lines before an instruction and its comments', () => {
    const text = 'FROM a\r\n# why\r\nRUN x\r\n';
    const dockerfile = parseDockerfile(text);
    expect(applyEdits(text, [insertBefore(dockerfile, at(dockerfile, 1), ['ENV A=1'])])).toBe(
      'FROM a\r\nENV A=1\r\n# why\r\nRUN x\r\n',
    );
  });
  it('puts a word after another, quoted in the JSON form', () => {
    const word = { value: 'ci', literal: true, span: { start: 2, end: 4 } };
    expect(insertWordAfter(word, '--x', false).newText).toBe(' --x');
    expect(insertWordAfter(word, '--x', true).newText).toBe(', "--x"');
  });
});

describe('copyLine', () => {
  const dockerfile = parseDockerfile('FROM a\ncopy --chown=1:1 --link . .\n');
  const like = at(dockerfile, 1);
  it('carries options over and keeps the case of the keyword', () => {
    expect(copyLine(dockerfile, like, ['a', 'b'], './', false)).toBe('copy --chown=1:1 --link a b ./');
  });
  it('takes the JSON form for white space', () => {
    expect(copyLine(dockerfile, like, ['a b'], './', false)).toBe('copy --chown=1:1 --link ["a b", "./"]');
  });
  it('gives up where a name would be read as something else', () => {
    for (const name of ['a*', 'a[1]', '$a', 'a"b', '<<a']) {
      expect(copyLine(dockerfile, like, [name], './', false), name).toBeUndefined();
    }
  });
});
