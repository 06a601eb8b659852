import { describe, expect, it } from 'vitest';
import type { CodeAction, CompletionList } from 'vscode-languageserver/node';
import { type ClientOptions, fullCapabilities, without } from '../harness/lspClient.js';
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
    return items.map(({ label, textEdit, insertTextFormat, command }) => {
      // No snippets, no commands: every client can insert it.
      expect([insertTextFormat, command]).toEqual([undefined, undefined]);
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

describe('hover on a line of an ignore file', () => {
  const files = (): Map<string, string | number> =>
    new Map<string, string | number>([
      ['/w/Dockerfile', 'FROM a\nCOPY . .\n'],
      ['/w/.dockerignore', ''],
      ['/w/dist/a.js', 1000],
      ['/w/dist/keep.js', 500],
      ['/w/dist/sub/b.js', 2000],
      ['/w/app/dist/c.js', 4000],
      ['/w/a.log', 10],
    ]);
  const text = '# out\ndist\n!dist/keep.js\n**/*.log\n/dist/sub/\nnone\na[\n*.js\n';
  const hovered = async (
    line: number,
    options: Partial<ClientOptions> = {},
    asked = ignoreUri,
  ): Promise<string> => {
    const client = await start({ core: coreWith(), files: files(), ...options });
    await client.open(asked, text.replace(line === 6 ? '' : 'a[\n', line === 6 ? '' : 'x\n'), 'ignore');
    const found = await client.hover(asked, line, 1);
    client.discard('workspace/diagnostic/refresh');
    const { contents } = found ?? { contents: '' };
    return typeof contents === 'object' && 'value' in contents ? contents.value : '';
  };

  it('says what it hides, with examples and the line that overrides it', async () => {
    expect((await hovered(1)).split('\n\n')).toEqual([
      'Hides `dist` in the root of the context, and all that lies below it. Unlike in a .gitignore, not in folders further down: that would be `**/dist`.',
      'It hides 3 kB in 2 files, of 3.5 kB in 3 files that it hits.',
      'Examples: `dist/`.',
      'For 1 file of them line 3 (`!dist/keep.js`) further down decides: it lets them in.',
      'For the context the project root (as the files suggest). Simulated from the files on disk, as BuildKit 0.33 does it.',
    ]);
  });

  it('says what an exception lets in, and how a line is read', async () => {
    expect(await hovered(2)).toContain('Lets in again `dist/keep.js` counted from the root of the context');
    expect(await hovered(2)).toContain('It lets in 500 B in 1 file.');
    expect(await hovered(3)).toContain(
      'Hides what is called `*.log` at any depth, and all that lies below it.',
    );
    const read = await hovered(4);
    expect(read).toContain('It is read as `dist/sub`.');
    expect(read).not.toContain('Unlike in a .gitignore');
    expect(read).toContain('It hides no file, though it hits 2 kB in 1 file.');
    expect(read).toContain('Line 2 (`dist`) had hidden 1 file of them already.');
  });

  it('says where a line does nothing, or makes the build fail', async () => {
    expect(await hovered(5)).toContain(
      'Nothing in the context has such a name now, so the line does nothing.',
    );
    expect(await hovered(6)).toContain('BuildKit refuses this pattern');
    expect(await hovered(0)).toBe('');
    expect(await hovered(8)).toBe('');
  });

  it('says why nothing is counted', async () => {
    const nothing = files().set('/w/Dockerfile', 'FROM a\n');
    expect(await hovered(1, { files: nothing })).toContain('No step of a build that reads this file takes');
    const blind = await hovered(1, { measuring: 'never' });
    expect(blind).toMatch(/^Hides `dist` in the root of the context, .*`\*\*\/dist`\.$/);
    const broken = await start({ core: coreWith(), files: files() });
    await broken.open(ignoreUri, 'dist\na[\n', 'ignore');
    expect(await broken.hover(ignoreUri, 0, 1)).toMatchObject({
      contents: { value: expect.stringContaining('BuildKit refuses another line of this file') },
    });
    broken.discard('workspace/diagnostic/refresh');
  });

  it('says what a line means while the disk is walked, and for what is no file', async () => {
    const walking = await hovered(1, { measuring: () => new Promise(() => undefined) });
    expect(walking).toContain('Hides `dist` in the root');
    expect(walking).toContain('The context is still being walked');
    const lone = await hovered(1, {}, 'untitled:.dockerignore');
    expect(lone).toMatch(/^Hides `dist` in the root of the context, .*`\*\*\/dist`\.$/);
    const unread = await hovered(1, {}, 'file:///w/sub/.dockerignore');
    expect(unread).toContain('No build of this project reads this file.');
  });

  it('is plain where the client knows no Markdown', async () => {
    const capabilities = without(fullCapabilities, (c) => {
      delete c.textDocument?.hover;
    });
    expect(await hovered(1, { capabilities })).toContain('Hides dist in the root of the context');
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
