import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { fullCapabilities, pushCapabilities, without } from '../harness/lspClient.js';
import { buildNamed, composeImage, coreWith, latestTag, noteBeside, thrower } from './rules.js';
import { starter, there, uri } from './start.js';

const start = starter();
const messages = (items: readonly { message: string | { value: string } }[]): unknown[] =>
  items.map((d) => d.message);

describe('pull', () => {
  it('answers with findings as LSP writes them, then with "unchanged"', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const items = await client.pulled(uri, 1);
    expect(items).toEqual([
      {
        code: 'latest-tag',
        source: 'plimsoll',
        severity: 2,
        message: 'The tag moves.',
        range: { start: { line: 0, character: 7 }, end: { line: 0, character: 13 } },
        codeDescription: { href: 'file:///plimsoll/docs/rules/latest-tag.md' },
        relatedInformation: [
          {
            location: { uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } } },
            message: 'Here it begins.',
          },
        ],
      },
    ]);
    const full = await client.pull(uri);
    const resultId = there(full.resultId);
    expect(await client.pull(uri, resultId)).toEqual({ kind: 'unchanged', resultId });
    await client.change(uri, 'FROM a:1\n');
    expect(await client.pull(uri, resultId)).toMatchObject({ kind: 'full', items: [] });
  });

  it('never publishes', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    await client.pulled(uri, 1);
    await client.close(uri);
    expect(client.initialized.capabilities.diagnosticProvider).toEqual({
      identifier: 'plimsoll',
      interFileDependencies: true,
      workspaceDiagnostics: false,
    });
    // The harness fails at the end of the test if a publishDiagnostics came.
  });

  it('asks to be asked again when facts have arrived', async () => {
    const client = await start({
      core: coreWith(noteBeside),
      files: new Map([['/w/package.json', 'hello']]),
    });
    await client.open(uri, 'FROM a\n');
    expect(await client.items(uri)).toEqual([]);
    await client.next('workspace/diagnostic/refresh');
    expect(messages(await client.items(uri))).toEqual(['Note: hello']);
  });

  it('tells the whole truth at once to a client that cannot be told to ask again', async () => {
    const client = await start({
      core: coreWith(noteBeside),
      files: new Map([['/w/package.json', 'hello']]),
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.diagnostics;
      }),
    });
    await client.open(uri, 'FROM a\n');
    expect(messages(await client.items(uri))).toEqual(['Note: hello']);
  });

  it('lints a file that is not open from the disk, and answers empty for what is not there', async () => {
    const client = await start({ files: new Map([['/w/Dockerfile', 'FROM a:latest\n']]) });
    expect(messages(await client.pulled(uri, 1))).toEqual(['The tag moves.']);
    expect(await client.items('file:///w/none/Dockerfile')).toEqual([]);
    expect(await client.items('no uri at all')).toEqual([]);
  });

  it('gives up a cancelled request', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const client = await start({
      core: coreWith(noteBeside),
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.diagnostics;
      }),
      beforeRead: () => held,
    });
    await client.open(uri, 'FROM a\n');
    const cancellation = new CancellationTokenSource();
    const answer = client.connection.sendRequest(
      'textDocument/diagnostic',
      { textDocument: { uri } },
      cancellation.token,
    );
    const outcome = answer.then(
      () => 'answered',
      (error: { code: number }) => error.code,
    );
    await client.hover(uri, 5, 0);
    cancellation.cancel();
    await client.hover(uri, 5, 0);
    release();
    expect(await outcome).toBe(-32800);
    expect(client.log).toEqual(['info: Plimsoll 0.0.0-test runs on Node 20.0.0']);
  });
});

describe('push', () => {
  it('publishes with the version, nothing twice, and nothing left on close', async () => {
    const client = await start({ capabilities: pushCapabilities });
    expect(client.initialized.capabilities.diagnosticProvider).toBeUndefined();
    await client.open(uri, 'FROM a:latest\n');
    let published = await client.published(uri);
    // The first word comes before it is known whether the project has a configuration.
    if (published.diagnostics.length === 0) published = await client.published(uri);
    expect(published).toMatchObject({ version: 1, diagnostics: [{ code: 'latest-tag' }] });
    await client.change(uri, 'FROM b:latest\n');
    expect(await client.published(uri)).toMatchObject({ version: 2, diagnostics: [{ code: 'latest-tag' }] });
    await client.save(uri);
    await client.close(uri);
    expect(await client.published(uri)).toEqual({ uri, diagnostics: [] });
  });

  it('shows less only when it has to: facts that arrive soon are waited for', async () => {
    const files = new Map([['/w/package.json', 'hello']]);
    const client = await start({ capabilities: pushCapabilities, core: coreWith(noteBeside), files });
    await client.open(uri, 'FROM a\n');
    let published = await client.published(uri);
    while (published.diagnostics.length === 0) published = await client.published(uri);
    files.set('/w/package.json', 'changed');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/package.json', type: 2 }],
    });
    await client.change(uri, 'FROM b\n');
    // Never an empty list in between.
    expect(messages((await client.published(uri)).diagnostics)).toEqual(['Note: changed']);
  });

  it('keeps quiet about documents that are none of ours', async () => {
    const client = await start({ capabilities: pushCapabilities });
    await client.open('file:///w/notes.md', 'latest', 'markdown');
    await client.hover('file:///w/notes.md', 0, 0);
    await client.close('file:///w/notes.md');
  });
});

describe('what counts', () => {
  it('is the unsaved text of every open file', async () => {
    const client = await start({
      core: coreWith(noteBeside),
      files: new Map([['/w/package.json', 'on disk']]),
    });
    await client.open(uri, 'FROM a\n');
    expect(messages(await client.pulled(uri, 1))).toEqual(['Note: on disk']);
    await client.open('file:///w/package.json', 'being typed', 'json');
    await client.next('workspace/diagnostic/refresh');
    expect(messages(await client.items(uri))).toEqual(['Note: being typed']);
    await client.close('file:///w/package.json');
    await client.next('workspace/diagnostic/refresh');
    expect(messages(await client.items(uri))).toEqual(['Note: on disk']);
  });

  it('is the disk as the watchers report it', async () => {
    const files = new Map<string, string>();
    const client = await start({ core: coreWith(noteBeside), files });
    await client.open(uri, 'FROM a\n');
    expect(await client.items(uri)).toEqual([]);
    files.set('/w/package.json', 'new');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/package.json', type: 1 }],
    });
    await client.next('workspace/diagnostic/refresh');
    expect(messages(await client.items(uri))).toEqual(['Note: new']);
    expect([...client.registered.keys()].sort()).toEqual([
      'workspace/didChangeConfiguration',
      'workspace/didChangeWatchedFiles',
    ]);
  });

  it('is the settings of each document', async () => {
    let rules: Record<string, string> = {};
    const client = await start({
      settings: (scope) => (scope === uri ? { rules } : { rules: { 'latest-tag': 'off' } }),
    });
    const other = 'file:///w/b/Dockerfile';
    await client.open(uri, 'FROM a:latest\n');
    await client.open(other, 'FROM a:latest\n');
    await client.pulled(uri, 1);
    expect(await client.items(other)).toEqual([]);
    rules = { 'latest-tag': 'error' };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    await client.next('workspace/diagnostic/refresh');
    expect(await client.items(uri)).toMatchObject([{ severity: 1 }]);
  });

  it('is .plimsoll.yaml, whose own mistakes are shown in it', async () => {
    const config = 'file:///w/.plimsoll.yaml';
    const files = new Map([['/w/.plimsoll.yaml', 'rules:\n  latest-tag: hint\n  no-such: off\n']]);
    const client = await start({ files });
    await client.open(uri, 'FROM a:latest\n');
    expect(await client.pulled(uri, 1)).toMatchObject([{ severity: 4 }]);
    await client.open(config, there(files.get('/w/.plimsoll.yaml')), 'yaml');
    expect(await client.pulled(config, 1)).toMatchObject([
      { message: 'There is no rule "no-such".', range: { start: { line: 2, character: 2 } } },
    ]);
  });

  it('all mistakes of .plimsoll.yaml are shown in it, in the order of the file', async () => {
    const config = 'file:///w/.plimsoll.yaml';
    const text = 'rules:\n  no-such: off\n  latest-tag: loud\nprofil: x\nprofile: huge\n';
    const files = new Map([['/w/.plimsoll.yaml', text]]);
    const client = await start({ files });
    await client.open(config, there(text), 'yaml');
    expect(await client.pulled(config, 4)).toMatchObject([
      { message: 'There is no rule "no-such".', range: { start: { line: 1, character: 2 } } },
      { range: { start: { line: 2, character: 14 } } },
      { message: 'There is no setting "profil". Did you mean "profile"?', range: { start: { line: 3 } } },
      { range: { start: { line: 4, character: 9 } } },
    ]);
  });

  it('is what the project says, where the person prefers it', async () => {
    const client = await start({
      files: new Map([['/w/.plimsoll.yaml', 'rules:\n  latest-tag: hint\n']]),
      settings: () => ({ preference: 'project', rules: { 'latest-tag': 'error' } }),
    });
    await client.open(uri, 'FROM a:latest\n');
    expect(await client.pulled(uri, 1)).toMatchObject([{ severity: 4 }]);
  });

  it('is nothing where the settings switch Plimsoll off or exclude the file', async () => {
    const off = await start({ settings: () => ({ enable: false }) });
    await off.open(uri, 'FROM a:latest\n');
    expect(await off.items(uri)).toEqual([]);
    const excluded = await start({ settings: () => ({ exclude: ['old/'] }) });
    await excluded.open('file:///w/old/Dockerfile', 'FROM a:latest\n');
    await excluded.open(uri, 'FROM a:latest\n');
    await excluded.pulled(uri, 1);
    expect(await excluded.items('file:///w/old/Dockerfile')).toEqual([]);
  });
});

describe('documents', () => {
  it('in two folders, one inside the other, and outside of both', async () => {
    const files = new Map([
      ['/w/package.json', 'outer'],
      ['/w/inner/package.json', 'inner'],
      ['/else/package.json', 'else'],
    ]);
    const client = await start({
      core: coreWith(noteBeside),
      files,
      folders: ['file:///w', 'file:///w/inner'],
    });
    for (const [folder, note] of [
      ['/w', 'outer'],
      ['/w/inner', 'inner'],
      ['/else', 'else'],
    ]) {
      const own = `file://${folder}/Dockerfile`;
      await client.open(own, 'FROM a\n');
      expect(messages(await client.pulled(own, 1))).toEqual([`Note: ${note}`]);
    }
  });

  it('belong to the folders as they change', async () => {
    const files = new Map([['/w/sub/Dockerfile', 'FROM a\n']]);
    const client = await start({ core: coreWith(buildNamed), files, folders: [] });
    const own = 'file:///w/sub/Dockerfile';
    await client.open(own, 'FROM a\nCOPY x y\n');
    expect(messages(await client.pulled(own, 1))).toEqual([expect.stringContaining('/w/sub')]);
    files.set(
      '/w/compose.yaml',
      'services:\n  web:\n    build:\n      context: .\n      dockerfile: sub/Dockerfile\n',
    );
    const event = { added: [{ uri: 'file:///w', name: 'w' }], removed: [] };
    await client.notify('workspace/didChangeWorkspaceFolders', { event });
    await client.next('workspace/diagnostic/refresh');
    expect(messages(await client.items(own))).toEqual(['compose.yaml services.web in /w']);
  });

  it.each([
    ['untitled:Untitled-1', 'dockerfile'],
    ['untitled:/w/Dockerfile', 'plaintext'],
    ['vscode-vfs://github/a/b/Dockerfile', 'dockerfile'],
    ['git:/w/Dockerfile?%7B%22path%22%3A%22/w/Dockerfile%22%7D', 'dockerfile'],
  ])('%s get what one text alone can tell', async (lone, language) => {
    const client = await start({
      core: coreWith(latestTag, noteBeside),
      files: new Map([
        ['/w/package.json', 'must not be read'],
        ['/package.json', 'neither'],
      ]),
    });
    await client.open(lone, 'FROM a:latest\n', language);
    const items = await client.items(lone);
    expect(items).toMatchObject([{ code: 'latest-tag', relatedInformation: [{ location: { uri: lone } }] }]);
    const actions = await client.actions(lone, there(items[0]).range);
    expect(client.apply(there(actions[0]).edit).get(lone)).toBe('FROM a:stable\n');
  });

  it('without a place on disk have a build of which nothing is known', async () => {
    const client = await start({ core: coreWith(buildNamed, composeImage) });
    await client.open('untitled:Untitled-1', 'FROM a\n', 'dockerfile');
    expect(messages(await client.items('untitled:Untitled-1'))).toEqual(['heuristic in unknown']);
    await client.open('untitled:Untitled-2', 'services:\n  a:\n    image: b\n', 'dockercompose');
    expect(messages(await client.items('untitled:Untitled-2'))).toEqual(['a of 1']);
  });

  it('on Windows keep the URI the client writes', async () => {
    const own = 'file:///c%3A/w/Dockerfile';
    const client = await start({
      core: coreWith(noteBeside, latestTag),
      windows: true,
      folders: ['file:///c%3A/w'],
      files: new Map([['c:/w/package.json', 'drive']]),
    });
    await client.open(own, 'FROM a:latest\n');
    const items = await client.pulled(own, 2);
    expect(messages(items)).toEqual(['Note: drive', 'The tag moves.']);
    expect(items[1]?.relatedInformation?.[0]?.location.uri).toBe(own);
    const [action] = await client.actions(own, there(items[1]).range);
    expect(client.apply(there(action).edit).get(own)).toBe('FROM a:stable\n');
  });

  it('count in UTF-16, follow incremental edits, and may end lines in CR LF', async () => {
    const client = await start();
    await client.open(uri, 'FROM a\r\n# 🐳é latest\r\n');
    const [item] = await client.pulled(uri, 1);
    expect(there(item).range).toEqual({ start: { line: 1, character: 6 }, end: { line: 1, character: 12 } });
    const at = { line: 1, character: 2 };
    await client.edit(uri, [
      { range: { start: at, end: { line: 1, character: 4 } }, newText: '' },
      { range: { start: at, end: at }, newText: '𝒳𝒳\n# ' },
    ]);
    expect(client.text(uri)).toBe('FROM a\r\n# 𝒳𝒳\n# é latest\r\n');
    const [moved] = await client.items(uri);
    expect(there(moved).range.start).toEqual({ line: 2, character: 4 });
    const [action] = await client.actions(uri, there(moved).range);
    expect(client.apply(there(action).edit).get(uri)).toBe('FROM a\r\n# 𝒳𝒳\n# é stable\r\n');
  });
});

describe('trouble', () => {
  it('of one rule is logged with a hash and leaves the others alone', async () => {
    const client = await start({
      core: coreWith(thrower, latestTag),
      initializationOptions: { chosenBuilds: {} },
    });
    await client.open(uri, 'FROM a:latest\n# boom\n');
    expect(await client.pulled(uri, 1)).toMatchObject([{ code: 'latest-tag' }]);
    const logged = client.log.filter((line) => line.startsWith('error'));
    expect(logged).toEqual([
      expect.stringMatching(/^error: rule thrower failed \(file [0-9a-f]{14}\): boom$/),
    ]);
    client.discard('plimsoll/status');
    await client.change(uri, 'FROM b:latest\n# boom\n');
    await client.items(uri);
    expect(client.log.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  it('of the engine answers empty and is reported', async () => {
    const core = coreWith(latestTag);
    const client = await start({
      core: {
        ...core,
        lintFile() {
          throw new Error('engine broke');
        },
      },
    });
    await client.open(uri, 'FROM a:latest\n');
    expect(await client.items(uri)).toEqual([]);
    expect(
      await client.actions(uri, { start: { line: 0, character: 0 }, end: { line: 0, character: 9 } }),
    ).toEqual([]);
    expect(await client.hover(uri, 0, 0)).toBeNull();
    expect(client.log.join('\n')).toContain('engine broke');
  });

  it('of a missing grammar is logged, and nothing waits for it', async () => {
    const client = await start({ shell: 'missing' });
    await client.open(uri, 'FROM a:latest\n');
    await client.pulled(uri, 1);
    expect(client.log.join('\n')).toContain('shell grammar failed');
  });
});
