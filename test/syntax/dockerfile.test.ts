import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../server/src/syntax/dockerfile/model.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

function first(text: string): Instruction {
  const [instruction] = parseDockerfile(text).instructions;
  if (instruction === undefined) throw new Error('no instruction');
  return instruction;
}

function only<K extends Instruction['kind']>(text: string, kind: K): Instruction & { kind: K } {
  const found = parseDockerfile(text).instructions.find((i) => i.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found as Instruction & { kind: K };
}

describe('lines', () => {
  it('joins continuations and drops comment and blank lines in them', () => {
    const text = 'FROM a\nRUN one \\\n  # why\n\n  two \\ \n three\nUSER x\n';
    const file = parseDockerfile(text);
    const run = file.instructions[1];
    expect(run?.text).toBe('RUN one   two  three');
    expect(run && text.slice(run.span.start, run.span.end)).toBe('RUN one \\\n  # why\n\n  two \\ \n three');
    expect(file.comments.map((c) => c.text)).toEqual([' why']);
    expect(file.instructions.map((i) => i.keyword)).toEqual(['FROM', 'RUN', 'USER']);
  });
  it('knows the escape directive, only at the top', () => {
    expect(parseDockerfile('# escape=`\nFROM a\nRUN a `\n b').instructions[1]?.text).toBe('RUN a  b');
    expect(parseDockerfile('# x\n# escape=`\nFROM a').escape).toBe('\\');
  });
});

describe('heredocs', () => {
  it('reads a body that looks like instructions', () => {
    const text = 'FROM a\nRUN <<EOF\nFROM b\nEOF\nUSER x';
    const run = only(text, 'RUN');
    expect(run.form).toBe('heredoc');
    expect(run.script?.text).toBe('FROM b\n');
    expect(text.slice(run.fullSpan.start, run.fullSpan.end)).toBe('RUN <<EOF\nFROM b\nEOF');
    expect(parseDockerfile(text).stages).toHaveLength(1);
  });
  it('reads a file descriptor', () => {
    const run = only('FROM a\nRUN 3<<EOF cat\nhi\nEOF\n', 'RUN');
    expect(run.heredocs[0]?.fileDescriptor).toBe(3);
  });
  it('keeps heredocs out of the sources of COPY', () => {
    const copy = only('FROM a\nCOPY <<A b <<"B" /x/\n1\nA\n2\nB\n', 'COPY');
    expect(copy.sources.map((w) => w.value)).toEqual(['b']);
    expect(copy.destination?.value).toBe('/x/');
    expect(copy.heredocs.map((h) => [h.delimiter, h.quoted, h.body.text])).toEqual([
      ['A', false, '1\n'],
      ['B', true, '2\n'],
    ]);
  });
});

describe('instructions', () => {
  it('reads FROM', () => {
    const from = only('from --platform=$BUILDPLATFORM node:20 as Build', 'FROM');
    expect([from.keyword, from.image?.value, from.alias?.value, from.platform]).toEqual([
      'FROM',
      'node:20',
      'Build',
      '$BUILDPLATFORM',
    ]);
  });
  it('reads both forms of ENV', () => {
    expect(only('FROM a\nENV a=1 b="x y"', 'ENV').pairs.map((p) => [p.name, p.value.value])).toEqual([
      ['a', '1'],
      ['b', 'x y'],
    ]);
    expect(only('FROM a\nENV a 1 2', 'ENV').pairs.map((p) => [p.name, p.value.value])).toEqual([
      ['a', '1 2'],
    ]);
  });
  it('names what it does not know', () => {
    expect(first('FORM a').kind).toBe('OTHER');
    expect(parseDockerfile('FROM a\nFORM a').problems.map((p) => p.message)).toEqual([
      'FORM is no instruction of a Dockerfile. Did you mean "FROM"?',
    ]);
    expect(parseDockerfile('FROM a\nINSTALL a').problems.map((p) => p.message)).toEqual([
      'INSTALL is no instruction of a Dockerfile.',
    ]);
  });
});
