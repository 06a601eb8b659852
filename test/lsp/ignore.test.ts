import { describe, expect, it } from 'vitest';
import type { CodeAction, CompletionList } from 'vscode-languageserver/node';
import { fullCapabilities, without } from '../harness/lspClient.js';
import { coreWith, deadLine } from './rules.js';
import { starter, there, uri } from './start.js';

const start = starter();
const ignoreUri = 'file:///w/.dockerignore';
const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

describe('completion in an ignore file', () => {
  const files = new Map(
    [
      'Dockerfile',
      'zoo.md',
      '.env',
      'a b#[1].txt',
      '#x',
      'node_modules/left/i.js',
      'src/app/node_modules/x.js',
      'src/app.js',
    ].map((path): [string, string] => [`/w/${path}`, path === 'Dockerfile' ? 'FROM a\n' : '']),
  );
  /** What the last line offers: label and the line it makes. */
  const offered = async (text: string, asked = ignoreUri): Promise<string[]> => {
    const client = await start({ files });
    await client.open(asked, text, 'ignore');
    const lines = text.split('\n');
    const position = { line: lines.length - 1, character: there(lines.at(-1)).length };
    const list = await client.request<CompletionList | null>('textDocument/completion', {
      textDocument: { uri: asked },
      position,
    });
    client.discard('workspace/diagnostic/refresh');
    const items = (list?.items ?? []).toSorted((a, b) => (there(a.sortText) < there(b.sortText) ? -1 : 1));
    return items.map(({ label, textEdit }) => {
      if (textEdit === undefined || !('range' in textEdit)) throw new Error('no edit');
      const { start: from, end } = textEdit.range;
      expect([from.line, end]).toEqual([position.line, position]);
      return `${label} ${there(lines.at(-1)).slice(0, from.character)}${textEdit.newText}`;
    });
  };

  it('offers the root of the context, folders first, names escaped', async () => {
    expect(await offered('')).toEqual([
      'node_modules/ node_modules',
      'src/ src',
      '#x \\#x',
      '.env .env',
      'Dockerfile Dockerfile',
      'a b#[1].txt a b#\\[1\\].txt',
      'zoo.md zoo.md',
    ]);
  });

  it('follows the folders typed', async () => {
    expect(await offered('src/')).toEqual(['app/ src/app', 'app.js src/app.js']);
    expect(await offered('x\n/src/a')).toEqual(['app/ /src/app', 'app.js /src/app.js']);
    expect(await offered('./s?c/app/')).toEqual(['node_modules/ ./s?c/app/node_modules']);
    expect(await offered('none/')).toEqual([]);
  });

  it('offers names at any depth after **/, and what is hidden first after !', async () => {
    expect((await offered('**/')).slice(0, 3)).toEqual([
      'app/ **/app',
      'node_modules/ **/node_modules',
      'src/ **/src',
    ]);
    expect((await offered('*.md\nsrc\n!')).slice(0, 3)).toEqual([
      'src/ !src',
      'zoo.md !zoo.md',
      'node_modules/ !node_modules',
    ]);
    expect(await offered('src\n!src/')).toEqual(['app/ !src/app', 'app.js !src/app.js']);
  });

  it('is silent in comments, elsewhere, and for what is no file', async () => {
    expect(await offered('# s')).toEqual([]);
    expect(await offered('FROM s', uri)).toEqual([]);
    expect(await offered('', 'untitled:.dockerignore')).toEqual([]);
  });

  it('is offered to clients that can complete only', async () => {
    const client = await start({ files });
    expect(client.initialized.capabilities.completionProvider).toEqual({ triggerCharacters: ['/', '!'] });
    const plain = await start({
      files,
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.completion;
      }),
    });
    expect(plain.initialized.capabilities.completionProvider).toBeUndefined();
  });
});

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
