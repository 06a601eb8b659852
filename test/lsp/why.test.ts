import { describe, expect, it } from 'vitest';
import type { WhyRebuildResult } from '../../server/src/lsp/protocol.js';
import type { ClientOptions, LspClient } from '../harness/lspClient.js';
import { memoryHistory } from '../harness/memhistory.js';
import { testShellParser } from '../harness/shell.js';
import { coreWith } from './rules.js';
import { starter, there, uri } from './start.js';

const startPlain = starter();

const dockerfile =
  'FROM a AS build\nWORKDIR /app\nCOPY src ./\nRUN make\nFROM a\nCOPY --from=build /app/out /out\n';

function head(): Map<string, string> {
  return new Map([
    ['/w/.git/HEAD', 'x'],
    ['/w/Dockerfile', dockerfile],
    ['/w/.dockerignore', '**/*.md\n'],
    ['/w/src/a.js', 'a'],
    ['/w/src/b.md', 'b'],
  ]);
}

interface Started {
  readonly client: LspClient;
  readonly why: () => Promise<WhyRebuildResult>;
}

/** A server over a working tree that is `changes` away from HEAD; null: the file is gone. */
async function start(
  changes: Readonly<Record<string, string | null>>,
  options: Partial<ClientOptions> = {},
  revision: ReadonlyMap<string, string> | 'none' = head(),
): Promise<Started> {
  const files = new Map<string, string | number>(head());
  for (const [path, text] of Object.entries(changes)) {
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  const history = memoryHistory(files, [], undefined, revision === 'none' ? undefined : revision);
  const shell = await testShellParser();
  const client = await startPlain({ core: coreWith(), files, history, shell, ...options });
  return { client, why: () => client.ask('plimsoll/whyRebuild', { uri }) };
}

function told({ steps }: WhyRebuildResult): unknown {
  return steps.map(({ line, cached, because }) => [
    line,
    cached,
    because?.kind ?? null,
    because?.detail ?? null,
  ]);
}

describe('why a build would run again', () => {
  it('is what differs from the last commit', async () => {
    const { why } = await start({ '/w/src/a.js': 'changed' });
    const found = await why();
    expect(found).toMatchObject({ against: 'HEAD (abcdef0)', note: null, dockerfileUri: uri });
    expect(told(found)).toEqual([
      [1, true, null, null],
      [2, false, 'file', 'src/a.js'],
      [3, false, 'parent', expect.any(String)],
      [5, 'maybe', 'parent', expect.any(String)],
    ]);
    expect(found.markdown).toContain('2 of 4 steps run again, and perhaps 1 more.');
    expect(found.markdown).toContain('| 3 | `COPY src ./` | **runs again** | src/a.js changed |');
    expect(found.markdown).toContain('| 4 | `RUN make` | **runs again** | after line 3 |');
  });

  it('is nothing where nothing changed that the build takes', async () => {
    const { why } = await start({ '/w/src/b.md': 'changed', '/w/README.md': 'new' });
    const found = await why();
    expect(found.steps.map(({ cached }) => cached)).toEqual([true, true, true, true]);
    expect(found.markdown).toContain('nothing runs again, all 4 steps come from the cache.');
  });

  it('takes the ignore file and the Dockerfile as they were, and as they are in the editor', async () => {
    const gone = await start({ '/w/.dockerignore': null });
    expect(told(await gone.why())).toContainEqual([
      2,
      false,
      expect.stringMatching(/ignore|file/),
      'src/b.md',
    ]);
    const { client, why } = await start({});
    await client.open(uri, dockerfile);
    await client.change(uri, dockerfile.replace('RUN make', 'RUN make | tee log'));
    const found = await why();
    expect(told(found)).toContainEqual([3, false, 'instruction', expect.any(String)]);
    expect(found.markdown).toContain('Taken as it is in the editor, not saved yet: Dockerfile.');
    expect(found.markdown).toContain('`RUN make \\| tee log`');
    for (const what of ['diagnostic', 'inlayHint', 'codeLens']) client.discard(`workspace/${what}/refresh`);
  });

  it('is all of it where the commit had no Dockerfile', async () => {
    const before = head();
    before.delete('/w/Dockerfile');
    const { why } = await start({}, {}, before);
    const found = await why();
    expect(found.steps.every(({ cached }) => cached === false)).toBe(true);
    expect(found.markdown).toContain('The Dockerfile is not in that commit');
  });

  it('is not known without git, without trust, and for what is no build; one sentence says so', async () => {
    const note = async ({ client }: Started, asked = uri): Promise<string> => {
      const found = await client.ask('plimsoll/whyRebuild', { uri: asked });
      expect([found.steps, found.markdown, found.candidates]).toEqual([[], '', []]);
      return there(found.note);
    };
    const usual = await start({});
    expect(await note(usual, 'untitled:x')).toBe('This document is no file on disk.');
    expect(await note(usual, 'file:///w/src/a.js')).toBe('No Dockerfile is built from here.');
    expect(await note(await start({}, {}, 'none'))).toBe('The folder lies in no git repository.');
    const wary = await start({}, { initializationOptions: { trusted: false } });
    expect(await note(wary)).toContain('not asked');
  });
});
