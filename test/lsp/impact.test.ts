import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import type { StepsOfFileResult } from '../../server/src/lsp/protocol.js';
import { fullCapabilities, type LspClient, without } from '../harness/lspClient.js';
import {
  discardRefreshes,
  dockerfile,
  hoverText,
  measured,
  project,
  rebuildStarter,
} from './rebuildProject.js';
import { coreWith, payingCopy } from './rules.js';
import { there, uri } from './start.js';

const start = rebuildStarter();

describe('the steps of a file', () => {
  const of = (client: LspClient, file: string): Promise<StepsOfFileResult> =>
    client.ask('plimsoll/stepsOfFile', { uri: `file:///w/${file}` });

  it('are those that a change of it re-runs, with the reason', async () => {
    const client = await start();
    const { builds, note } = await of(client, 'src/a.js');
    expect(note).toBeNull();
    expect(builds).toMatchObject([
      {
        dockerfileUri: uri,
        text: 'A change of src/a.js re-runs 2 steps, and perhaps 1 more, from line 5 on.',
        steps: [
          { line: 4, stage: 'build', cached: false, because: { kind: 'file', detail: 'src/a.js' } },
          { line: 5, stage: 'build', cached: false, because: { kind: 'parent', parentLine: 4 } },
          { line: 7, cached: 'maybe' },
        ],
      },
    ]);
  });

  it('are none for what is ignored, with the reason; the Dockerfile itself is told apart', async () => {
    const client = await start();
    const [ignored] = (await of(client, 'README.md')).builds;
    expect(ignored?.steps).toEqual([]);
    expect(ignored?.text).toContain(
      're-runs no step. README.md is not in the build: line 1 of .dockerignore (*.md)',
    );
    expect((await of(client, 'Dockerfile')).builds[0]?.text).toContain('An edit of the Dockerfile itself');
    expect((await of(client, '.dockerignore')).builds[0]?.text).toContain('An edit of the ignore file also');
  });

  it('are not known outside of every context, and for what is no file', async () => {
    const client = await start({ files: new Map([['/w/app/Dockerfile', 'FROM a\nCOPY . .\n']]) });
    expect(await of(client, 'x.js')).toEqual({
      builds: [],
      note: 'It lies outside the context of every build of this project, so none of them can see it.',
    });
    const { note } = await client.ask('plimsoll/stepsOfFile', { uri: 'untitled:x' });
    expect(note).toBe('This document is no file on disk.');
    const empty = await start({ files: new Map([['/w/x.js', '']]) });
    expect((await of(empty, 'x.js')).note).toBe('No build of this project is known.');
  });
});

describe('the impact report', () => {
  it('is the picture and its page', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    await measured(client);
    const report = await client.ask('plimsoll/impactReport', { uri });
    expect(report).toMatchObject({ dockerfileUri: uri, candidates: [], notes: [] });
    expect(report.picture).toMatchObject({
      dockerfile: 'Dockerfile',
      commits: { replayed: 8, rebuilding: 6 },
      measured: [{ origin: 'build.log', ran: 4 }],
    });
    expect(report.html).toContain('npm ci');
    discardRefreshes(client);
  });

  it('says in one sentence why there is none', async () => {
    const client = await start();
    const of = async (asked: string): Promise<unknown> => {
      const { picture, html, notes } = await client.ask('plimsoll/impactReport', { uri: asked });
      expect([picture, html]).toEqual([null, '']);
      return notes;
    };
    expect(await of('untitled:Untitled-1')).toEqual(['This document is no file on disk.']);
    expect(await of('file:///w/src/a.js')).toEqual(['No Dockerfile is built from here.']);
    await client.open(uri, 'RUN x\n');
    expect(await of(uri)).toEqual([expect.stringContaining('cannot be built')]);
    discardRefreshes(client);
  });

  it('lists what could be meant', async () => {
    const files = project().set('/w/sub/Dockerfile', 'FROM a\n').set('/w/sub/b.Dockerfile', 'FROM a\n');
    const client = await start({ files });
    const { candidates, notes } = await client.ask('plimsoll/impactReport', { uri: 'file:///w/sub' });
    expect(candidates.map(({ label }) => label)).toEqual(['sub/Dockerfile', 'sub/b.Dockerfile']);
    expect(notes).toEqual([]);
  });

  it('ends when it is cancelled, and tells of what takes long', async () => {
    const client = await start({ asked: () => new Promise((resolve) => setTimeout(resolve, 1500)) });
    const source = new CancellationTokenSource();
    const asked = client.connection.sendRequest(
      'plimsoll/impactReport',
      { uri, workDoneToken: 'p' },
      source.token,
    );
    expect(await client.next('$/progress')).toMatchObject({ value: { kind: 'begin', cancellable: true } });
    source.cancel();
    await expect(asked).rejects.toThrow('cancelled');
    expect(await client.next('$/progress')).toMatchObject({ value: { kind: 'end' } });
    discardRefreshes(client);
  });

  it('applies a fix by its name, the safe ones, or all', async () => {
    const client = await start({ core: coreWith(payingCopy) });
    await client.open(uri, dockerfile);
    await measured(client);
    const { picture } = await client.ask('plimsoll/impactReport', { uri });
    const [fix, ...others] = there(picture).fixes;
    expect(others).toEqual([]);
    expect(fix).toMatchObject({
      rule: 'paying-copy',
      applicability: 'unsafe',
      savedPercent: expect.any(Number),
    });
    const one = await client.ask('plimsoll/applyImpactFix', { uri, fix: there(fix).id });
    const after = dockerfile.replace('COPY . .\nRUN npm ci', 'COPY package.json .\nRUN npm ci');
    expect(client.apply(one.edit).get(uri)).toBe(after);
    const all = await client.ask('plimsoll/applyImpactFix', { uri, fix: 'all' });
    expect([all.applied, client.apply(all.edit).get(uri)]).toEqual([1, after]);
    const gone = { edit: null, reason: 'This fix does not apply any more: estimate the impact again.' };
    expect(await client.ask('plimsoll/applyImpactFix', { uri, fix: 'safe' })).toMatchObject(gone);
    expect(await client.ask('plimsoll/applyImpactFix', { uri, fix: 'x' })).toMatchObject(gone);
    discardRefreshes(client);
  });
});

describe('findings', () => {
  it('say how often their steps ran again once that is known; their actions what a fix saves', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const client = await start({ core: coreWith(payingCopy), asked: () => held });
    await client.open(uri, dockerfile);
    await measured(client);
    const [before] = await client.pulled(uri, 1);
    expect(before).toMatchObject({ message: 'Too much is copied.', severity: 2 });
    release();
    let [now] = await client.pulled(uri, 1);
    while (now?.message === 'Too much is copied.') {
      await client.next('workspace/diagnostic/refresh');
      [now] = await client.pulled(uri, 1);
    }
    expect(now).toMatchObject({
      message: 'Too much is copied. Re-ran in 6 of the last 8 commits, 40 s each.',
      severity: 2,
    });
    const [action] = await client.actions(uri, there(now).range);
    expect(action?.title).toMatch(/^Copy package\.json alone \(unsafe, saves about 2\d s per commit\)$/);
    expect(await hoverText(client, 4)).toContain('Re-ran in 6 of the last 8 commits');
    discardRefreshes(client);
  });

  it('push where the client pulls nothing', async () => {
    const client = await start({
      core: coreWith(payingCopy),
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.diagnostic;
      }),
    });
    await client.open(uri, dockerfile);
    for (;;) {
      const { diagnostics } = await client.published(uri);
      if (String(diagnostics[0]?.message).includes('Re-ran in 6 of the last 8 commits')) break;
    }
    discardRefreshes(client);
  });
});
