import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayInstall } from '../../server/src/sim/installs.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { plainWord } from '../../server/src/syntax/shell/words.js';

function run(script: string) {
  const instruction = parseDockerfile(`FROM a\nRUN ${script}\n`).instructions[1];
  if (instruction === undefined) throw new Error('no RUN');
  return instruction;
}

describe('mayInstall', () => {
  it('is never false where a word is the name of an installer, however it is written', () => {
    const name = fc.constantFrom('npm', 'pip3', 'python3.12', 'uv', 'composer.phar', 'php', '/usr/bin/npm');
    const styles = fc.array(fc.constantFrom('', "''", '""', '\\', "'", '"', '\\\n'), {
      minLength: 14,
      maxLength: 14,
    });
    fc.assert(
      fc.property(name, styles, (word, style) => {
        const quote = (c: string, i: number): string => {
          const q = style[i] ?? '';
          return q === "'" || q === '"' ? q + c + q : q + c;
        };
        const raw = [...word].map(quote).join('');
        expect(plainWord(raw)).toEqual({ value: word, literal: true });
        expect(mayInstall(run(`true && ${raw} install`))).toBe(true);
      }),
    );
  });

  it.each(["$'\\x6epm' ci", 'sh -c "n\\p\'\'m ci"', 'time $"npm" ci'])('is true of %s', (script) => {
    expect(mayInstall(run(script))).toBe(true);
  });

  it('is true of the exec form', () => {
    expect(mayInstall(run('["n\\u0070m", "ci"]'))).toBe(true);
  });

  it.each(['apt-get install -y curl', 'echo "a b" \'c\'', 'make'])('is false of %s', (script) => {
    expect(mayInstall(run(script))).toBe(false);
  });
});
