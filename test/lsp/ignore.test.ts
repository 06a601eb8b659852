import { describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver/node';
import { fullCapabilities, without } from '../harness/lspClient.js';
import { coreWith, deadLine } from './rules.js';
import { starter, there, uri } from './start.js';

const start = starter();
const ignoreUri = 'file:///w/.dockerignore';
const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

describe('findings in an ignore file', () => {
  const files = new Map([['/w/Dockerfile', 'FROM a\nCOPY . .\n']]);

  it.each([
    [ignoreUri, 'ignore'],
    [ignoreUri, 'plaintext'],
    ['file:///w/Dockerfile.dockerignore', 'dockerfile'],
  ])('come for %s as %s, dead lines faded', async (asked, languageId) => {
    const client = await start({ core: coreWith(deadLine), files });
    await client.open(asked, 'x\ndead\n', languageId);
    expect(await client.pulled(asked, 1)).toMatchObject([
      { code: 'dead-line', range: { start: { line: 1, character: 0 } }, tags: [1] },
    ]);
  });

  it('are not tagged for a client that knows no tags', async () => {
    const client = await start({
      core: coreWith(deadLine),
      files,
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.diagnostic?.tagSupport;
        delete c.textDocument?.publishDiagnostics?.tagSupport;
      }),
    });
    await client.open(ignoreUri, 'dead\n', 'ignore');
    expect((await client.pulled(ignoreUri, 1))[0]).not.toHaveProperty('tags');
  });

  it('have fixes that ask before they change another file unsafely, where the client can', async () => {
    const client = await start({ core: coreWith(deadLine), files });
    await client.open(ignoreUri, 'dead\n', 'ignore');
    await client.pulled(ignoreUri, 1);
    const [action] = await client.actions(ignoreUri, whole);
    const { edit } = await client.request<CodeAction>('codeAction/resolve', action);
    expect(edit?.changeAnnotations).toEqual({
      plimsoll: { label: 'Change both (unsafe)', needsConfirmation: true },
    });
    const changes = there(edit?.documentChanges);
    const edits = changes.flatMap((change) => ('edits' in change ? change.edits : []));
    expect(edits).toHaveLength(2);
    for (const one of edits) expect(one).toMatchObject({ annotationId: 'plimsoll' });
    expect(client.apply(edit).get(uri)).toBe('from a\nCOPY . .\n');

    const plain = await start({
      core: coreWith(deadLine),
      files,
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.workspaceEdit?.changeAnnotationSupport;
      }),
    });
    await plain.open(ignoreUri, 'dead\n', 'ignore');
    await plain.pulled(ignoreUri, 1);
    const [other] = await plain.actions(ignoreUri, whole);
    const resolved = await plain.request<CodeAction>('codeAction/resolve', other);
    expect(resolved.edit).not.toHaveProperty('changeAnnotations');
    expect(JSON.stringify(resolved.edit)).not.toContain('annotationId');
  });

  it('can be silenced by a comment', async () => {
    const client = await start({ core: coreWith(deadLine), files });
    await client.open(ignoreUri, 'x\ndead\n', 'ignore');
    await client.pulled(ignoreUri, 1);
    const actions = await client.actions(ignoreUri, whole);
    const silence = actions.find(({ title }) => title === 'Ignore dead-line here');
    const text = there(client.apply(silence?.edit).get(ignoreUri));
    expect(text).toBe('x\n# plimsoll: ignore[dead-line]\ndead\n');
    await client.change(ignoreUri, text);
    expect(await client.pulled(ignoreUri, 0)).toEqual([]);
  });
});
