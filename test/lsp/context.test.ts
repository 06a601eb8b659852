import { describe, expect, it } from 'vitest';
import { fullCapabilities, without } from '../harness/lspClient.js';
import { starter, uri } from './start.js';

const start = starter();

const compose = 'services:\n  web:\n    build: .\n  job:\n    build:\n      context: job\n';

function project(more: Record<string, string> = {}): Map<string, string> {
  return new Map([
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

  it('says why it does not', async () => {
    const files = project({ '.dockerignore': '*.log\n' });
    const client = await start({ files });
    const there = await client.ask('plimsoll/addIgnoreLine', { uri, pattern: '*.log' });
    expect(there).toMatchObject({
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
      ['file:///w/job/Dockerfile', { path: 'a.txt', included: true, pattern: null }],
    ]);
    expect((await client.ask('plimsoll/whyInBuild', { uri: 'file:///elsewhere' })).explanations).toEqual([]);
  });
});
