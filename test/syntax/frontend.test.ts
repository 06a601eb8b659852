import { describe, expect, it } from 'vitest';
import { type CopyFlag, knowsCopyFlag } from '../../server/src/syntax/dockerfile/frontend.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

describe('flags of COPY that a frontend knows', () => {
  const cases: readonly [string, CopyFlag, boolean][] = [
    ['', 'parents', false],
    ['# syntax=docker/dockerfile:1\n', 'parents', true],
    ['# syntax=docker/dockerfile:1\n', 'link', true],
    ['# syntax=docker/dockerfile:1.20\n', 'parents', true],
    ['# syntax=docker/dockerfile:1.19\n', 'parents', false],
    ['# syntax=docker/dockerfile:1.19.1\n', 'exclude', true],
    ['# syntax=docker/dockerfile:1.7-labs\n', 'parents', true],
    ['# syntax=docker/dockerfile:1.6-labs\n', 'parents', false],
    ['# syntax=docker.io/docker/dockerfile:1@sha256:ab\n', 'parents', true],
    ['# syntax=example.org/own:1\n', 'parents', false],
    ['# syntax=docker/dockerfile:1.3\n', 'link', false],
  ];
  for (const [syntax, flag, known] of cases)
    it(`${syntax.trim() || 'no syntax line'}: --${flag} ${known ? 'yes' : 'no'}`, () => {
      expect(knowsCopyFlag(parseDockerfile(`${syntax}FROM scratch\nCOPY a b\n`), flag)).toBe(known);
    });
  it('knows a flag that the file uses', () => {
    const file = parseDockerfile('FROM scratch\nCOPY --parents a/b ./\n');
    expect(knowsCopyFlag(file, 'parents')).toBe(true);
    expect(knowsCopyFlag(file, 'exclude')).toBe(false);
  });
});
