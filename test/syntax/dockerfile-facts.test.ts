import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandWord } from '../../server/src/syntax/dockerfile/expand.js';
import type { Dockerfile, Instruction } from '../../server/src/syntax/dockerfile/model.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

/** What a real BuildKit answered, see `engine` in the file. */
interface Facts {
  readonly environment: Readonly<Record<string, string>>;
  readonly parsing: readonly {
    readonly name: string;
    readonly text: string;
    readonly refused?: true;
    readonly instructions?: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly expansion: readonly {
    readonly raw: string;
    readonly escape?: '`';
    readonly value: string | null;
  }[];
}

const file = path.join(import.meta.dirname, 'facts/dockerfile.json');
const facts = JSON.parse(readFileSync(file, 'utf8')) as Facts;

function argsOf(i: Instruction): readonly string[] {
  switch (i.kind) {
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
      if (i.form === 'exec') return i.exec.map((w) => w.value);
      return i.body.text === '' ? [] : [i.body.text];
    case 'FROM':
      return i.body.text === '' ? [] : i.body.text.split(/\s+/);
    case 'ENV':
      return i.pairs.flatMap((p) => [p.name, p.value.raw]);
    case 'ARG':
      return i.declarations.map((d) => (d.value === undefined ? d.name : `${d.name}=${d.value.raw}`));
    case 'SHELL':
      return i.command ?? [i.body.text];
    default:
      return 'value' in i && i.value !== undefined ? [i.value.raw] : [];
  }
}

function dropUndefined(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Our reading of an instruction, with the same keys as the recorded answer `like`. */
function ours(i: Instruction, file: Dockerfile, like: Readonly<Record<string, unknown>>): object {
  const all: Record<string, unknown> = {
    keyword: i.keyword,
    // Counted as BuildKit counts: LF alone ends a line.
    line: file.text.slice(0, i.span.start).split('\n').length,
    flags: i.flags.map((f) => `--${f.name}${f.value === undefined ? '' : `=${f.value}`}`),
    json: ('form' in i && i.form === 'exec') || ('json' in i && i.json) || i.kind === 'SHELL',
    args: argsOf(i),
    heredocs: i.heredocs.map((h) => ({
      delimiter: h.delimiter,
      fileDescriptor: h.fileDescriptor,
      quoted: h.quoted,
      stripTabs: h.stripTabs,
      body: h.body.text,
    })),
    sources: 'sources' in i ? i.sources.map((w) => w.raw) : undefined,
    destination: 'destination' in i ? i.destination?.raw : undefined,
    from: 'from' in i ? i.from : undefined,
    mounts:
      i.kind === 'RUN' ? i.mounts.map(({ flag, options, ...mount }) => dropUndefined(mount)) : undefined,
    image: i.kind === 'FROM' ? i.image?.raw : undefined,
    name: i.kind === 'FROM' ? i.alias?.raw.toLowerCase() : undefined,
    platform: i.kind === 'FROM' ? i.platform : undefined,
  };
  const said = Object.entries(all).filter(
    ([key, value]) =>
      key in like || (Array.isArray(value) && value.length > 0 && key !== 'args' && key !== 'sources'),
  );
  return dropUndefined(Object.fromEntries(said));
}

/** BuildKit keeps the CR of a CRLF in a heredoc; we leave it out on purpose, so that both ways of saving read the same. */
function withoutCr(fact: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(fact).replaceAll('\\r\\n', '\\n'));
}

describe('parsing as BuildKit does', () => {
  // BuildKit reads mounts only once it knows the variables: these two it refuses later, and so nothing is recorded.
  const refusedLater = ['mount with quotes inside is split at its comma', 'mount of a type nobody knows'];
  it.each(facts.parsing)('$name', ({ name, text, refused, instructions }) => {
    const file = parseDockerfile(text);
    if (!refusedLater.includes(name)) expect(file.problems.length > 0).toBe(refused === true);
    if (instructions === undefined) return;
    expect(file.instructions).toHaveLength(instructions.length);
    instructions.forEach((fact, i) => {
      const instruction = file.instructions[i];
      if (instruction === undefined) throw new Error('fewer instructions');
      const expected = { ...withoutCr(fact) };
      if (refusedLater.includes(name)) delete expected.mounts;
      expect(ours(instruction, file, expected)).toMatchObject(expected);
    });
  });
});

describe('expansion as BuildKit does', () => {
  it.each(facts.expansion)('$raw', ({ raw, escape: escapeChar, value }) => {
    const lookup = (name: string): string | null => facts.environment[name] ?? null;
    expect(expandWord(raw, lookup, escapeChar ?? '\\') ?? null).toBe(value);
  });
  it('is undefined where it depends on what nobody knows, and only there', () => {
    const lookup = (name: string): string | null | undefined => (name === 'K' ? 'v' : undefined);
    expect(expandWord('a$X', lookup, '\\')).toBeUndefined();
    expect(expandWord('${X:-d}', lookup, '\\')).toBeUndefined();
    expect(expandWord('${K:+$X}', lookup, '\\')).toBeUndefined();
    expect(expandWord('${K:-$X}', lookup, '\\')).toBe('v');
    expect(expandWord("'$X'", lookup, '\\')).toBe('$X');
  });
});
