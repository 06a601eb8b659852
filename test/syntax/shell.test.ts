import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadShellParser } from '../../server/src/node/shell.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { commandName, effectiveCommand, withInlineScripts } from '../../server/src/syntax/shell/commands.js';
import type { ShellCommand, ShellParser } from '../../server/src/syntax/shell/model.js';
import { plainWord } from '../../server/src/syntax/shell/words.js';
import { mappedSlice } from '../../server/src/text/mapped.js';
import { loadTestShell } from './shellParser.js';

let parse: ShellParser;
beforeAll(async () => {
  parse = await loadTestShell();
});

function read(text: string): readonly ShellCommand[] {
  return parse(mappedSlice(text, 0)).commands;
}

function shown(list: readonly ShellCommand[]): string[] {
  return list.map(
    (c) => `${c.joined} ${c.words.map((w) => w.value).join('|')}${c.inside.map((i) => ` @${i}`).join('')}`,
  );
}

function commands(text: string): string[] {
  return shown(read(text));
}

function only(text: string): ShellCommand {
  const [command] = read(text);
  if (command === undefined) throw new Error('no command');
  return command;
}

describe('commands', () => {
  it.each([
    ['a x && b || c | d; e & f', ['start a|x', '&& b', '|| c', '| d', '; e', '& f']],
    ['a\nb\n\nc', ['start a', '; b', '; c']],
    ['a && \\\n  b', ['start a', '&& b']],
    ['a && ! b || c', ['start a', '&& b @negation', '|| c']],
    ['! a | b', ['start a @negation', '| b']],
    ['(a; b) && c', ['start a @subshell', '; b @subshell', '&& c']],
    ['a || { b; exit 1; }', ['start a', 'start b @group', '; exit|1 @group']],
    [
      'if a; then b; elif c; then d; else e; fi; f',
      ['start a @if', 'start b @if', 'start c @if', 'start d @if', 'start e @if', '; f'],
    ],
    ['if [ "$A" = 1 ]; then b; fi', ['start [|$A|=|1|] @if', 'start b @if']],
    ['for i in $(f); do g; h; done', ['start f @substitution @loop', 'start g @loop', '; h @loop']],
    ['while a; do b; done', ['start a @loop', 'start b @loop']],
    ['case $x in a) b;; *) c; d;; esac', ['start b @case', 'start c @case', '; d @case']],
    ['f() { a; }; f', ['start a @group @function', '; f']],
    [
      'echo "$(a | b)" `c`',
      ['start echo|$(a | b)|`c`', 'start a @substitution', '| b @substitution', 'start c @substitution'],
    ],
    ['[ -f x ] && [[ -d y ]]', ['start [|-f|x|]', '&& [[|-d|y|]]']],
    ['export A=1 B; unset C', ['start export|A=1|B', '; unset|C']],
    [
      'cat <<EOF && b x\nhi $(date)\nEOF\nnext',
      ['start cat', '&& b|x', 'start date @substitution', '; next'],
    ],
    ['python3 - <<EOF\nx = 1\nEOF\n', ['start python3|-']],
    ['tar -C a - 2>/dev/null b', ['start tar|-C|a|-|b']],
  ])('%s', (text, expected) => {
    expect(commands(text)).toEqual(expected);
  });
  it('reads assignments in front of a command and alone', () => {
    const [first, second] = read('A=1 B="x y" c; D=$(e)');
    expect(first?.assignments.map((a) => [a.name, a.value?.value, a.value?.literal])).toEqual([
      ['A', '1', true],
      ['B', 'x y', true],
    ]);
    expect([second?.words.length, second?.assignments[0]?.value?.literal]).toEqual([0, false]);
  });
  it('gives redirections to the command they belong to', () => {
    const of = (text: string): string[] =>
      read(text).map((c) => c.redirects.map((r) => `${r.operator}${r.target?.value}`).join(' '));
    expect(of('a && b > f 2>&1')).toEqual(['', '>f >&1']);
    expect(of('{ a; b; } > f')).toEqual(['>f', '>f']);
    expect(of('a <<-"E"\nE\n')).toEqual(['<<-E']);
    expect(of('> f')).toEqual(['>f']);
  });
  it('says when it had to skip something', () => {
    expect(parse(mappedSlice('a && (', 0)).incomplete).toBe(true);
    expect(parse(mappedSlice('a && b', 0)).incomplete).toBe(false);
  });
});

describe('words', () => {
  it.each([
    ["'a b'", 'a b', true],
    ['"a \\" \\n"', 'a " \\n', true],
    ["$'a\\tb\\x41'", 'a\tbA', true],
    ['a\\ b', 'a b', true],
    ['--x="y z"', '--x=y z', true],
    ['"$x"', '$x', false],
    ['"${x:-"a"}"/b', '${x:-"a"}/b', false],
    ['$(a "b")c', '$(a "b")c', false],
    ['*.js', '*.js', false],
    ['{a,b}', '{a,b}', false],
    ['{}', '{}', true],
    ['~/x', '~/x', false],
    ['a~', 'a~', true],
    ['"*"', '*', true],
    ['"5$"', '5$', true],
    ['a[1]', 'a[1]', false],
    ['[', '[', true],
  ])('%s', (raw, value, literal) => {
    expect(plainWord(raw)).toEqual({ value, literal });
  });
  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (raw) => {
        expect(typeof plainWord(raw).value).toBe('string');
      }),
    );
  });
});

describe('places in the document', () => {
  it('maps words over continuations, comments and characters beyond the BMP', () => {
    const text = 'FROM a\nRUN echo "😀" && \\\n  # why\n  pip install \\\n    \'x y\' z\n';
    const run = parseDockerfile(text).instructions[1];
    const script = run !== undefined && 'script' in run ? run.script : undefined;
    const found = script && parse(script).commands;
    expect(found?.map((c) => c.words.map((w) => text.slice(w.span.start, w.span.end)))).toEqual([
      ['echo', '"😀"'],
      ['pip', 'install', "'x y'", 'z'],
    ]);
  });
  it('maps heredoc bodies', () => {
    const text = 'FROM a\nRUN <<-EOF\n\tset -e\n\tnpm ci\n\tEOF\n';
    const run = parseDockerfile(text).instructions[1];
    const script = run !== undefined && 'script' in run ? run.script : undefined;
    const found = script && parse(script).commands;
    expect(found?.map((c) => text.slice(c.span.start, c.span.end))).toEqual(['set -e', 'npm ci']);
  });
  it('gives a text parsed before its new place', () => {
    parse(mappedSlice('aa bb', 0));
    expect(parse(mappedSlice('aa bb', 100)).commands[0]?.words.map((w) => w.span)).toEqual([
      { start: 100, end: 102 },
      { start: 103, end: 105 },
    ]);
  });
  it('keeps spans in order and inside any text', () => {
    const signs = [
      'a',
      ' ',
      '"',
      "'",
      '$(',
      ')',
      '`',
      '&&',
      '|',
      ';',
      '\n',
      '\\',
      '<<E\n',
      '\nE\n',
      'if ',
      '; then ',
      ' fi',
      '{ ',
      '}',
      '>',
      '$x',
      '=',
      '-',
      '#',
      '😀',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 20 }), (list) => {
        const text = list.join('');
        for (const c of parse(mappedSlice(text, 0)).commands) {
          expect(0 <= c.span.start && c.span.start <= c.span.end && c.span.end <= text.length).toBe(true);
          for (const w of c.words) expect(w.span.start < w.span.end && w.span.end <= text.length).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('wrappers', () => {
  it.each([
    ['sudo -E -u me env A=1 /usr/bin/pip install x', 'pip', ['/usr/bin/pip', 'install', 'x']],
    ['time nice -n 5 make all', 'make', ['make', 'all']],
    ['timeout -k 1 5 curl x', 'curl', ['curl', 'x']],
    ['exec gosu app node x.js', 'node', ['node', 'x.js']],
    ['command -v curl', 'command', ['command', '-v', 'curl']],
    ['env', 'env', ['env']],
  ])('%s', (text, name, words) => {
    const effective = effectiveCommand(only(text));
    expect([effective.name, effective.words.map((w) => w.value)]).toEqual([name, words]);
  });
  it('keeps what env sets', () => {
    const { assignments } = effectiveCommand(only('A=1 env B=2 c'));
    expect(assignments.map((a) => [a.name, a.value?.value])).toEqual([
      ['A', '1'],
      ['B', '2'],
    ]);
  });
  it('has no name for a program in a variable', () => {
    expect(commandName(only('$CMD x'))).toBeUndefined();
  });
  it('reads what sh -c runs, at its place', () => {
    const source = mappedSlice('x && bash -eo pipefail -c "a && b" || y', 10);
    const script = withInlineScripts(parse(source), source, parse);
    expect(shown(script.commands)).toEqual(['start x', '&& a', '&& b', '|| y']);
    expect(script.incomplete).toBe(false);
    expect(script.commands[2]?.span).toEqual({ start: 10 + 32, end: 10 + 33 });
  });
  it('says so where it cannot read what sh -c runs', () => {
    const source = mappedSlice('sh -c "a $(b)"', 0);
    const script = withInlineScripts(parse(source), source, parse);
    expect(script.incomplete).toBe(true);
    expect(script.commands[0]?.words[0]?.value).toBe('sh');
  });
});

describe('loading', () => {
  it('rejects where the files are missing', async () => {
    await expect(loadShellParser(path.join(import.meta.dirname, 'nowhere'))).rejects.toThrow(/ENOENT/);
  });
});
