import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadShellParser } from '../../server/src/node/shell.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { mappedSlice } from '../../server/src/text/mapped.js';
import { loadTestShell } from './shellParser.js';

let parse: ShellParser;
beforeAll(async () => {
  parse = await loadTestShell();
});

function commands(text: string): string[] {
  return parse(mappedSlice(text, 0)).commands.map(
    (c) => `${c.joined} ${c.words.map((w) => w.value).join('|')}${c.inside.map((i) => ` @${i}`).join('')}`,
  );
}

describe('commands', () => {
  it('reads lists and pipelines', () => {
    expect(commands('a x && b || c | d; e & f')).toEqual(['start a|x', '&& b', '|| c', '| d', '; e', '& f']);
  });
  it('says where a command stands', () => {
    expect(commands('if a; then b; fi; (c; d) && { e; }; for i in $(f); do g; done')).toEqual([
      'start a @if',
      'start b @if',
      'start c @subshell',
      '; d @subshell',
      'start e @group',
      'start f @substitution @loop',
      'start g @loop',
    ]);
  });
});

describe('loading', () => {
  it('rejects where the files are missing', async () => {
    await expect(loadShellParser(path.join(import.meta.dirname, 'nowhere'))).rejects.toThrow(/ENOENT/);
  });
});
