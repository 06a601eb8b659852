import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { fullCapabilities, without } from '../harness/lspClient.js';
import { testShellParser } from '../harness/shell.js';
import { starter, there, uri } from './start.js';

const start = starter();

const compose = 'services:\n  web:\n    build: .\n  job:\n    build:\n      context: job\n';

function project(more: Record<string, string> = {}): Map<string, string | number> {
  return new Map<string, string | number>([
    ['/w/compose.yaml', compose],
    ['/w/Dockerfile', 'FROM a\nCOPY . .\n'],
    ['/w/job/Dockerfile', 'FROM a\nCOPY . .\n'],
    ['/w/src/a.js', 'a'],
    ...Object.entries(more).map(([path, text]): [string, string] => [`/w/${path}`, text]),
  ]);
}

describe('what a URI stands for', () => {
  it('is one Dockerfile, or candidates to choose from', async () => {
    const client = await start({ files: project({ 'job/.dockerignore': 'x\n' }) });
    const of = async (asked: string): Promise<unknown> => {
      const { dockerfileUri, candidates } = await client.ask('plimsoll/contextReport', { uri: asked });
      return dockerfileUri ?? candidates;
    };
    expect(await of('file:///w/Dockerfile')).toBe('file:///w/Dockerfile');
    expect(await of('file:///w/job')).toBe('file:///w/job/Dockerfile');
    expect(await of('file:///w/job/.dockerignore')).toBe('file:///w/job/Dockerfile');
    const both = [
      { uri: 'file:///w/Dockerfile', label: 'Dockerfile' },
      { uri: 'file:///w/job/Dockerfile', label: 'job/Dockerfile' },
    ];
    expect(await of('file:///w/compose.yaml')).toEqual(both);
    expect(await of('file:///w')).toBe('file:///w/Dockerfile');
    expect(await of('untitled:Untitled-1')).toEqual([]);
    expect(await of('file:///w/src/a.js')).toEqual([]);
  });

  it('thresholds are those of the project and the settings', async () => {
    const client = await start({
      files: project({ '.plimsoll.yaml': 'context: { noteAbove: 3 }\n' }),
      settings: () => ({ context: { noteAbove: 100, warnAbove: 7 } }),
    });
    const { thresholds } = await client.ask('plimsoll/contextReport', { uri });
    expect(thresholds).toEqual({ noteAbove: 3_000_000, warnAbove: 7_000_000 });
  });
});

describe('the report', () => {
  const big = (): Map<string, string | number> =>
    new Map<string, string | number>([
      ...project({ '.dockerignore': '*.md\n' }),
      ['/w/node_modules/x/i.js', 2_000_000],
      ['/w/README.md', 5000],
    ]);

  it('shows what a build sends, with what the numbers rest on', async () => {
    const client = await start({ files: big() });
    const result = await client.ask('plimsoll/contextReport', { uri });
    expect(result).toMatchObject({
      dockerfileUri: uri,
      ignoreFileUri: 'file:///w/.dockerignore',
      candidates: [],
      thresholds: { noteAbove: 100_000_000, warnAbove: 500_000_000 },
    });
    const { report, tree, lines } = there(result.picture);
    expect(report).toMatchObject({
      loaded: true,
      errors: [],
      all: null,
      build: { dockerfile: 'Dockerfile', context: '.', source: 'compose.yaml services.web' },
    });
    expect(report.sent.bytes).toBeGreaterThan(2_000_000);
    expect(report.largest[0]).toMatchObject({ path: 'node_modules', bytes: 2_000_000, neededBy: [1] });
    expect(lines).toEqual([1]);
    expect(tree?.children[0]).toMatchObject({ name: 'node_modules', bytes: 2_000_000 });
    expect(result.notes[0]).toBe('Simulated from the files on disk, as BuildKit 0.33 does it.');
  });

  it('counts what is ignored when asked to', async () => {
    const client = await start({ files: big() });
    const { picture } = await client.ask('plimsoll/contextReport', { uri, full: true });
    expect(picture?.report.ignored).toEqual({ files: 1, bytes: 5000 });
  });

  it('walks the disk anew each time, though the answer is known', async () => {
    const walks: (boolean | undefined)[] = [];
    const files = big();
    const client = await start({
      files,
      measuring: async (_, { fresh }) => void walks.push(fresh),
    });
    const bytes = async (): Promise<number> =>
      there((await client.ask('plimsoll/contextReport', { uri })).picture).report.sent.bytes;
    const before = await bytes();
    // Nobody tells the server of this.
    files.set('/w/node_modules/x/i.js', 3_000_000);
    expect((await bytes()) - before).toBe(1_000_000);
    expect(walks.filter((fresh) => fresh === true)).toHaveLength(2);
  });

  it('says what is not saved, and that the rest counts as it is on disk', async () => {
    const client = await start({ files: big() });
    await client.open('file:///w/.dockerignore', '*.md\n', 'ignore');
    await client.open('file:///w/src/a.js', 'a', 'javascript');
    await client.change('file:///w/.dockerignore', 'node_modules\n');
    await client.change('file:///w/src/a.js', 'abc');
    const { picture, notes } = await client.ask('plimsoll/contextReport', { uri });
    expect(picture?.report.sent.bytes).toBeLessThan(10_000);
    expect(notes).toContain('Taken as it is in the editor, not saved yet: .dockerignore.');
    expect(notes).toContain('Bytes are those on disk of what is not saved yet: .dockerignore, src/a.js.');
    await client.save('file:///w/src/a.js');
    const later = await client.ask('plimsoll/contextReport', { uri });
    expect(later.notes).toContain('Bytes are those on disk of what is not saved yet: .dockerignore.');
    client.discard('workspace/diagnostic/refresh');
  });

  it('shows progress of a long walk', async () => {
    const client = await start({
      files: big(),
      measuring: async (_, { progress }) => {
        progress?.({ folders: 10, files: 12_345, bytes: 2_000_000 });
        progress?.({ folders: 20, files: 22_345, bytes: 3_000_000 });
      },
    });
    await client.ask('plimsoll/contextReport', { uri, workDoneToken: 'walk' });
    const said = async (): Promise<unknown> => (await client.next<{ value: unknown }>('$/progress')).value;
    expect(await said()).toMatchObject({ kind: 'begin', cancellable: true, message: '12,345 files, 2 MB' });
    expect(await said()).toEqual({ kind: 'report', message: '22,345 files, 3 MB' });
    expect(await said()).toEqual({ kind: 'end' });
  });

  it('ends the walk when it is cancelled', async () => {
    let walking = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      walking = resolve;
    });
    const client = await start({
      files: big(),
      measuring: async (_, { fresh, progress }) => {
        if (fresh !== true) return;
        progress?.({ folders: 10, files: 12_345, bytes: 2_000_000 });
        walking();
        await new Promise(() => undefined);
      },
    });
    const cancellation = new CancellationTokenSource();
    const params = { uri, workDoneToken: 'walk' };
    const answer = client.connection.sendRequest('plimsoll/contextReport', params, cancellation.token);
    await started;
    cancellation.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    const kinds = [await client.next('$/progress'), await client.next('$/progress')];
    expect(kinds).toMatchObject([{ value: { kind: 'begin' } }, { value: { kind: 'end' } }]);
  });

  it('says nothing of a walk where nobody asked to hear of it', async () => {
    const client = await start({
      files: big(),
      measuring: async (_, { progress }) => progress?.({ folders: 1, files: 1, bytes: 1 }),
    });
    expect((await client.ask('plimsoll/contextReport', { uri })).picture).not.toBeNull();
    // The harness fails at the end of the test if a progress came.
  });

  it('says in one sentence why there is none', async () => {
    const client = await start({ files: new Map([['/w/a.txt', '']]) });
    const notes = async (asked: string): Promise<readonly string[]> => {
      const { picture, notes: said } = await client.ask('plimsoll/contextReport', { uri: asked });
      expect(picture).toBeNull();
      return said;
    };
    expect(await notes('file:///w')).toEqual(['No Dockerfile is built from here.']);
    expect(await notes('untitled:x')).toEqual(['This document is no file on disk.']);
    const blind = await start({ files: big(), measuring: 'never' });
    const { picture, notes: said } = await blind.ask('plimsoll/contextReport', { uri });
    expect(picture).toBeNull();
    expect(said).toEqual(['There is no folder /w, or it could not be measured.']);
  });
});

describe('a build from a git context', () => {
  const workflow = [
    'on: push',
    'jobs:',
    '  image:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: docker/build-push-action@v6',
    '',
  ].join('\n');
  const files = new Map<string, string | number>([
    ['/w/.github/workflows/build.yml', workflow],
    ['/w/Dockerfile', 'FROM a\nCOPY . .\n'],
    ['/w/.dockerignore', 'big\n'],
    ['/w/big', 5_000_000],
    ['/w/small', 2000],
  ]);

  it('is shown as the same build from this folder', async () => {
    const client = await start({ files });
    const { picture, ignoreFileUri } = await client.ask('plimsoll/contextReport', { uri });
    expect(ignoreFileUri).toBe('file:///w/.dockerignore');
    expect(picture?.report.sent.bytes).toBeLessThan(10_000);
    expect(picture?.report.build.why).toContain('from this folder');
    const { edit } = await client.ask('plimsoll/addIgnoreLine', { uri, pattern: 'small' });
    expect([...client.apply(edit)]).toEqual([['file:///w/.dockerignore', 'big\nsmall\n']]);
    const { explanations } = await client.ask('plimsoll/whyInBuild', { uri: 'file:///w/big' });
    expect(explanations[0]?.explanation).toMatchObject({ included: false, pattern: 'big' });
  });
});

describe('the generator', () => {
  it('answers with the whole text and a title that says what it saves; writes nothing', async () => {
    const files = new Map<string, string | number>([
      ['/w/Dockerfile', 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'],
      ['/w/package.json', '{"name":"x"}'],
      ['/w/package-lock.json', '{}'],
      ['/w/.git/HEAD', 'ref: refs/heads/main\n'],
      ['/w/.git/objects/pack/a.pack', 8_000_000],
      ['/w/src/a.js', 2_000_000],
    ]);
    const client = await start({ files, shell: await testShellParser() });
    const { generated, candidates, refused } = await client.ask('plimsoll/createDockerignore', {
      uri: 'file:///w',
    });
    expect([candidates, refused]).toEqual([[], undefined]);
    expect(generated).toMatchObject({
      uri: 'file:///w/.dockerignore',
      title: 'Create .dockerignore (context 10 MB → 2 MB)',
      exists: false,
      additions: false,
    });
    expect(generated?.text).toContain('.git\n');
    expect(files.has('/w/.dockerignore')).toBe(false);
  });

  it('lets choose among several, and says why there is nothing to write', async () => {
    const client = await start({ files: project() });
    const several = await client.ask('plimsoll/createDockerignore', { uri: 'file:///w/compose.yaml' });
    expect(several.candidates).toHaveLength(2);
    const none = await client.ask('plimsoll/createDockerignore', { uri: 'file:///w/job/Dockerfile' });
    expect(none).toMatchObject({ generated: null, refused: expect.stringMatching(/\.$/) });
  });
});

describe('adding a line to the ignore file', () => {
  it('creates .dockerignore at the root of the context where there is none', async () => {
    const client = await start({ files: project() });
    const { edit, path } = await client.ask('plimsoll/addIgnoreLine', {
      uri: 'file:///w/job/Dockerfile',
      pattern: '*.log',
    });
    expect(path).toBe('job/.dockerignore');
    expect([...client.apply(edit)]).toEqual([['file:///w/job/.dockerignore', '*.log\n']]);
  });

  it('adds to the one the build reads, with its unsaved text', async () => {
    const client = await start({ files: project({ '.dockerignore': '*.md\n' }) });
    await client.open('file:///w/.dockerignore', '*.txt', 'ignore');
    const { edit } = await client.ask('plimsoll/addIgnoreLine', { uri, pattern: '*.log' });
    expect([...client.apply(edit)]).toEqual([['file:///w/.dockerignore', '*.txt\n*.log']]);
    client.discard('workspace/diagnostic/refresh');
  });

  it('refuses a line that would take a source away', async () => {
    const files = project({ Dockerfile: 'FROM a\nCOPY src/a.js /\nCOPY . .\n' });
    const client = await start({ files });
    expect(await client.ask('plimsoll/addIgnoreLine', { uri, pattern: 'src' })).toMatchObject({
      edit: null,
      reason: 'It would hide "src/a.js", which COPY on line 2 needs: the build would fail.',
    });
    const other = await client.ask('plimsoll/addIgnoreLine', { uri, pattern: 'job' });
    expect([...client.apply(other.edit)]).toEqual([['file:///w/.dockerignore', 'job\n']]);
  });

  it('says why it does not', async () => {
    const files = project({ '.dockerignore': '*.log\n' });
    const client = await start({ files });
    const known = await client.ask('plimsoll/addIgnoreLine', { uri, pattern: '*.log' });
    expect(known).toMatchObject({
      edit: null,
      path: '.dockerignore',
      reason: expect.stringContaining('already'),
    });
    const lone = await client.ask('plimsoll/addIgnoreLine', { uri: 'untitled:x', pattern: '*.log' });
    expect(lone.edit).toBeNull();
    const plain = await start({
      files,
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.workspaceEdit?.resourceOperations;
      }),
    });
    const job = await plain.ask('plimsoll/addIgnoreLine', {
      uri: 'file:///w/job/Dockerfile',
      pattern: '*.log',
    });
    expect(job).toMatchObject({ edit: null, reason: expect.stringContaining('cannot create files') });
  });
});

describe('why a file is in a build', () => {
  it('names the deciding pattern, for each build whose context holds it', async () => {
    const client = await start({ files: project({ '.dockerignore': 'job\n', 'job/a.txt': '' }) });
    const { explanations } = await client.ask('plimsoll/whyInBuild', { uri: 'file:///w/job/a.txt' });
    expect(explanations.map(({ dockerfileUri, explanation }) => [dockerfileUri, explanation])).toMatchObject([
      ['file:///w/Dockerfile', { path: 'job/a.txt', included: false, pattern: 'job', line: 0 }],
      ['file:///w/job/Dockerfile', { path: 'a.txt', included: true, pattern: null, copiedBy: [1] }],
    ]);
    expect(explanations.map(({ text }) => text)).toEqual([
      'job/a.txt is not in the build: line 1 of .dockerignore (job) keeps it out.',
      'a.txt is in the build: line 2 of the Dockerfile takes it.',
    ]);
    expect(await client.ask('plimsoll/whyInBuild', { uri: 'file:///elsewhere' })).toEqual({
      explanations: [],
      note: 'It lies outside the context of every build of this project, so none of them can see it.',
    });
  });
});
