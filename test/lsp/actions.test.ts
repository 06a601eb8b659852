import { describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver/node';
import type { Core } from '../../server/src/lsp/host.js';
import { fullCapabilities, without } from '../harness/lspClient.js';
import { coreWith, creator, latestTag, sameTags, twoFiles } from './rules.js';
import { starter, there, uri } from './start.js';

const start = starter();
const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
const titles = (actions: readonly { title: string }[]): string[] => actions.map(({ title }) => title);

describe('quick fixes', () => {
  it('are verified, the best safe one preferred; to ignore comes last', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const actions = await client.actions(uri, there((await client.pulled(uri, 1))[0]).range);
    expect(actions.map(({ title, isPreferred, kind }) => [title, isPreferred, kind])).toEqual([
      ['Write stable', true, 'quickfix'],
      ['Write 1.0 (unsafe)', undefined, 'quickfix'],
      ['Ignore latest-tag here', undefined, 'quickfix'],
    ]);
    expect(actions[0]?.edit).toEqual({
      documentChanges: [
        {
          textDocument: { uri, version: 1 },
          edits: [
            {
              range: { start: { line: 0, character: 7 }, end: { line: 0, character: 13 } },
              newText: 'stable',
            },
          ],
        },
      ],
    });
    expect(client.apply(actions[0]?.edit).get(uri)).toBe('FROM a:stable\n');
    const ignored = client.apply(actions[2]?.edit).get(uri);
    expect(ignored).toBe('# plimsoll: ignore[latest-tag]\nFROM a:latest\n');
    await client.change(uri, there(ignored));
    expect(await client.items(uri)).toEqual([]);
  });

  it('belong to the findings in the range, found by place and not by what the client echoes', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\nFROM b:latest\n');
    const items = await client.pulled(uri, 2);
    const range = there(items[1]).range;
    const echo = { ...there(items[1]), code: 'latest-tag', data: 'kept' };
    const actions = await client.actions(uri, range, { diagnostics: [echo, there(items[0])] });
    expect(titles(actions)).toEqual(['Write stable', 'Write 1.0 (unsafe)', 'Ignore latest-tag here']);
    expect(actions[0]?.diagnostics).toEqual([echo]);
    expect(
      await client.actions(uri, { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }),
    ).toEqual([]);
    const both = await client.actions(uri, whole);
    expect(both.filter(({ isPreferred }) => isPreferred)).toHaveLength(1);
    expect(titles(both).slice(-2)).toEqual(['Ignore latest-tag here', 'Ignore latest-tag here']);
  });

  it('of a finding that is told once are there wherever the same is found; to ignore it stands with the finding', async () => {
    const client = await start({ core: coreWith(sameTags) });
    await client.open(uri, 'FROM a:latest\nFROM b\nFROM c:latest\n');
    const [item] = await client.pulled(uri, 1);
    expect(titles(await client.actions(uri, there(item).range))).toEqual([
      'Write stable everywhere',
      'Ignore same-tags here',
    ]);
    const at = (line: number) => ({ start: { line, character: 8 }, end: { line, character: 8 } });
    const [action, ...more] = await client.actions(uri, at(2));
    expect([action?.title, more]).toEqual(['Write stable everywhere', []]);
    expect(action?.diagnostics?.[0]?.range).toEqual(there(item).range);
    expect(client.apply(action?.edit).get(uri)).toBe('FROM a:stable\nFROM b\nFROM c:stable\n');
    expect(
      await client.actions(uri, { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }),
    ).toEqual([]);
  });

  it('are not offered where the result would be no better', async () => {
    const core = coreWith(latestTag);
    const client = await start({ core: { ...core, verifiedFixes: () => [] } });
    await client.open(uri, 'FROM a:latest\n');
    await client.pulled(uri, 1);
    expect(titles(await client.actions(uri, whole))).toEqual(['Ignore latest-tag here']);
  });

  it('wait for the facts of the version that is open', async () => {
    const client = await start();
    await client.open(uri, 'FROM a\n');
    await client.change(uri, 'FROM a:latest\n');
    expect(titles(await client.actions(uri, whole))[0]).toBe('Write stable');
  });
});

describe('kinds', () => {
  it.each([
    [['source.fixAll'], ['source.fixAll.plimsoll']],
    [['source.fixAll.plimsoll'], ['source.fixAll.plimsoll']],
    [['source'], ['source.fixAll.plimsoll']],
    [['source.fixAll.other'], []],
    [['source.organizeImports'], []],
    [['refactor'], []],
    [['quickfix'], ['quickfix']],
    [[''], ['quickfix', 'source.fixAll.plimsoll']],
  ])('only %j gives %j', async (only, kinds) => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const actions = await client.actions(uri, whole, { only });
    expect([...new Set(actions.map(({ kind }) => kind))]).toEqual(kinds);
  });

  it('fix-all is worked out when asked for, not for each move of the cursor', async () => {
    const core = coreWith(latestTag);
    let runs = 0;
    const client = await start({
      core: {
        ...core,
        fixAll(...given) {
          runs++;
          return core.fixAll(...given);
        },
      },
    });
    await client.open(uri, 'FROM a:latest\n');
    await client.actions(uri, whole, { triggerKind: 2 });
    await client.actions(uri, whole, { only: ['quickfix'] });
    expect(runs).toBe(0);
    await client.actions(uri, whole, { triggerKind: 1 });
    expect(runs).toBe(1);
  });
});

describe('fix-all', () => {
  it('applies the safe fixes and touches no line in between', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\nRUN x\nFROM b:latest\n');
    const [action] = await client.actions(uri, whole, { only: ['source.fixAll'] });
    expect(action?.edit).toBeUndefined();
    const { edit } = await client.request<CodeAction>('codeAction/resolve', action);
    expect(client.apply(edit).get(uri)).toBe('FROM a:stable\nRUN x\nFROM b:stable\n');
    expect(there(edit?.documentChanges)[0]).toMatchObject({ textDocument: { version: 1 } });
    const [change] = there(edit?.documentChanges);
    expect(change !== undefined && 'edits' in change && change.edits).toHaveLength(2);
  });

  it('is the same by request', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\nFROM b:latest\n');
    const { edit, applied } = await client.ask('plimsoll/applySafeFixes', { uri });
    expect(applied).toBe(2);
    expect(client.apply(edit).get(uri)).toBe('FROM a:stable\nFROM b:stable\n');
    await client.change(uri, 'FROM a\n');
    expect(await client.ask('plimsoll/applySafeFixes', { uri })).toEqual({ edit: null, applied: 0 });
  });
});

describe('a stale action', () => {
  it('is refused with a clear error after the document changed', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const [action] = await client.actions(uri, whole, { only: ['source.fixAll'] });
    await client.change(uri, 'FROM typed:latest\n');
    await expect(client.request('codeAction/resolve', action)).rejects.toThrow(
      'stale code action: the document has changed since; ask for actions again',
    );
    expect(client.text(uri)).toBe('FROM typed:latest\n');
  });

  it('is refused after another file changed what was found', async () => {
    const files = new Map([['/w/package.json', 'old']]);
    const client = await start({ core: coreWith(twoFiles), files });
    await client.open(uri, 'FROM both\n');
    await client.pulled(uri, 1);
    const [action] = await client.actions(uri, whole);
    files.delete('/w/package.json');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/package.json', type: 3 }],
    });
    await expect(client.request('codeAction/resolve', action)).rejects.toThrow(
      'what was found has changed since',
    );
    client.discard('workspace/diagnostic/refresh');
  });

  it('that applies all fixes is worked out anew for the same version', async () => {
    const files = new Map([['/w/package.json', 'old']]);
    const client = await start({ core: coreWith(latestTag, twoFiles), files });
    await client.open(uri, 'FROM both\nFROM a:latest\n');
    await client.pulled(uri, 2);
    const [action] = await client.actions(uri, whole, { only: ['source.fixAll'] });
    files.delete('/w/package.json');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/package.json', type: 3 }],
    });
    const { edit } = await client.request<CodeAction>('codeAction/resolve', action);
    expect(client.apply(edit).get(uri)).toBe('FROM both\nFROM a:stable\n');
    client.discard('workspace/diagnostic/refresh');
  });

  it('with its edit inside is refused by the client, which knows the version', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const [action] = await client.actions(uri, whole);
    await client.change(uri, 'FROM typed:latest\n');
    expect(() => client.apply(action?.edit)).toThrow('stale edit');
  });
});

describe('fixes of several files', () => {
  const files = new Map([['/w/package.json', '{"old":true}\n']]);

  it('come with codeAction/resolve and carry the versions of all open documents', async () => {
    const client = await start({ core: coreWith(twoFiles), files });
    const beside = 'file:///w/package.json';
    await client.open(beside, '{}\n{}\n', 'json');
    await client.change(beside, '{"typed":1}\n');
    await client.open(uri, 'FROM both\n');
    await client.pulled(uri, 1);
    const [action] = await client.actions(uri, whole);
    expect(action).toMatchObject({ title: 'Change both files (unsafe)', data: { uri, version: 1 } });
    const { edit } = await client.request<CodeAction>('codeAction/resolve', action);
    expect(edit?.documentChanges).toMatchObject([
      { textDocument: { uri, version: 1 } },
      { textDocument: { uri: beside, version: 2 } },
    ]);
    expect([...client.apply(edit)]).toEqual([
      [uri, 'FROM one\n'],
      [beside, '{}\n'],
    ]);
    client.discard('workspace/diagnostic/refresh');
  });

  it('create files where the client can, and are not offered where it cannot', async () => {
    const able = await start({ core: coreWith(creator) });
    await able.open(uri, 'FROM make\n');
    await able.pulled(uri, 1);
    const [action] = await able.actions(uri, whole);
    const { edit } = await able.request<CodeAction>('codeAction/resolve', action);
    expect(edit?.documentChanges?.[0]).toMatchObject({ kind: 'create', uri: 'file:///w/made.txt' });
    expect(able.apply(edit).get('file:///w/made.txt')).toBe('made\n');
    const unable = await start({
      core: coreWith(creator),
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.workspaceEdit?.resourceOperations;
      }),
    });
    await unable.open(uri, 'FROM make\n');
    await unable.pulled(uri, 1);
    expect(titles(await unable.actions(uri, whole))).toEqual(['Ignore creator here']);
  });
});

describe('clients that can do less', () => {
  it('without resolve get every edit at once', async () => {
    const client = await start({
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.codeAction?.resolveSupport;
      }),
    });
    expect(client.initialized.capabilities.codeActionProvider).toMatchObject({ resolveProvider: false });
    await client.open(uri, 'FROM a:latest\n');
    const [action] = await client.actions(uri, whole, { only: ['source.fixAll'] });
    expect(client.apply(action?.edit).get(uri)).toBe('FROM a:stable\n');
  });

  it('without documentChanges get plain changes', async () => {
    const client = await start({
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.workspaceEdit?.documentChanges;
      }),
    });
    await client.open(uri, 'FROM a:latest\n');
    const [action] = await client.actions(uri, whole);
    expect(action?.edit).toEqual({
      changes: {
        [uri]: [
          { range: { start: { line: 0, character: 7 }, end: { line: 0, character: 13 } }, newText: 'stable' },
        ],
      },
    });
  });

  it('without code action objects get commands, which apply the edit', async () => {
    const client = await start({
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.codeAction;
      }),
    });
    expect(client.initialized.capabilities.codeActionProvider).toBe(true);
    await client.open(uri, 'FROM a:latest\n');
    const [command] = await client.commands(uri, whole);
    expect(command).toMatchObject({ title: 'Write stable', command: 'plimsoll.server.applyAction' });
    const run = client.request('workspace/executeCommand', {
      command: command?.command,
      arguments: command?.arguments,
    });
    const { edit } = await client.next<{ edit: CodeAction['edit'] }>('workspace/applyEdit');
    expect(client.apply(edit).get(uri)).toBe('FROM a:stable\n');
    expect(await run).toBeNull();
    await client.change(uri, 'FROM c:latest\n');
    await expect(
      client.request('workspace/executeCommand', {
        command: command?.command,
        arguments: command?.arguments,
      }),
    ).rejects.toThrow('stale code action');
  });
});

describe('refactorings', () => {
  const text = 'FROM a\nRUN b\n';
  const first = { start: { line: 0, character: 3 }, end: { line: 0, character: 3 } };
  const title = 'Split in two';
  /** Offers to put a line behind the first one. */
  const core: Core = {
    ...coreWith(latestTag),
    refactorsOf: (_engine, _snapshot, { path }, at) =>
      at.start > 6
        ? []
        : [
            {
              title,
              applicability: 'unsafe',
              changes: () => [
                { kind: 'edit', path, edits: [{ span: { start: 6, end: 6 }, newText: ' AS build' }] },
              ],
            },
          ],
  };

  it('are offered where they are asked for, and looked at before anything changes', async () => {
    const client = await start({ core });
    await client.open(uri, text);
    await client.items(uri);
    const [action, ...others] = await client.actions(uri, first, { only: ['refactor'] });
    expect(others).toEqual([]);
    expect(action).toMatchObject({ title, kind: 'refactor.rewrite' });
    const { edit } = await client.request<CodeAction>('codeAction/resolve', action);
    expect(edit?.changeAnnotations).toEqual({ plimsoll: { label: title, needsConfirmation: true } });
    expect(client.apply(edit).get(uri)).toBe('FROM a AS build\nRUN b\n');
  });

  it('are not offered as the cursor moves, nor elsewhere in the file', async () => {
    const client = await start({ core });
    await client.open(uri, text);
    await client.items(uri);
    expect(titles(await client.actions(uri, first))).toEqual([]);
    const other = { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } };
    expect(await client.actions(uri, other, { only: ['refactor.rewrite'] })).toEqual([]);
  });
});
