import { describe, expect, it } from 'vitest';
import { fullCapabilities, without } from '../harness/lspClient.js';
import { memoryHistory } from '../harness/memhistory.js';
import {
  commits,
  discardRefreshes,
  dockerfile,
  hintsOf,
  hintsWhen,
  hoverText,
  lenses,
  measured,
  project,
  rebuildStarter,
} from './rebuildProject.js';
import { coreWith, payingCopy } from './rules.js';
import { uri } from './start.js';

const start = rebuildStarter();

describe('inlay hints of steps', () => {
  it('say what a step takes and how often it ran again, past a threshold', async () => {
    let rebuild = {};
    const client = await start({ settings: () => ({ rebuild }) });
    await client.open(uri, dockerfile);
    await measured(client);
    const hints = await hintsWhen(client, (labels) => labels.length === 1);
    expect(hints).toMatchObject([
      { position: { line: 5, character: 10 }, label: '40 s · 6 of 8 commits', paddingLeft: true },
    ]);
    expect(JSON.stringify(hints[0]?.tooltip)).toContain('`src/a.js` (6 commits)');
    rebuild = { hintAbove: 0.4 };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    const more = await hintsWhen(client, (labels) => labels.length === 2);
    expect(more.map(({ label }) => label)).toEqual(['0.5 s · 6 of 8 commits', '40 s · 6 of 8 commits']);
    discardRefreshes(client);
  });

  it('come when git has answered, and other hints do not wait for it', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const files = project().set('/w/src/big.bin', 2_000_000);
    const client = await start({ files, asked: () => held });
    await client.open(uri, dockerfile);
    await measured(client);
    const sizes = await hintsWhen(client, (labels) => labels.length > 0);
    expect(sizes.map(({ label }) => label)).toEqual(['2 MB in 3 files']);
    release();
    expect((await hintsWhen(client, (labels) => labels.length > 1)).map(({ label }) => label)).toEqual([
      '2 MB in 3 files',
      '40 s · 6 of 8 commits',
    ]);
    discardRefreshes(client);
  });

  it('follow new commits where the client watches', async () => {
    const grown = [...commits];
    const client = await start({ commits: grown });
    await client.open(uri, dockerfile);
    await measured(client);
    await hintsWhen(client, (labels) => labels.includes('40 s · 6 of 8 commits'));
    grown.unshift(['/w/package.json']);
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: 'file:///w/.git/logs/HEAD', type: 2 }],
    });
    await hintsWhen(client, (labels) => labels.includes('40 s · 7 of 9 commits'));
    discardRefreshes(client);
  });

  it('without history say the time alone', async () => {
    const client = await start({ settings: () => ({ history: { commits: 0 } }) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await hintsWhen(client, (labels) => labels.length > 0))[0]?.label).toBe('40 s');
    discardRefreshes(client);
  });
});

describe('a client that can do less', () => {
  it('waits for git where it cannot be told to ask again, and hears no refresh', async () => {
    const client = await start({
      asked: () => new Promise((resolve) => setTimeout(resolve, 500)),
      capabilities: without(fullCapabilities, (c) => {
        delete c.workspace?.inlayHint;
        delete c.workspace?.codeLens;
        delete c.workspace?.diagnostics;
      }),
    });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await hintsOf(client)).map(({ label }) => label)).toEqual(['40 s · 6 of 8 commits']);
    await new Promise((resolve) => setTimeout(resolve, 450));
    // The harness fails at the end of the test if a refresh came.
  });
});

describe('a Dockerfile that cannot be built', () => {
  it.each([['RUN x\n'], ['FROM\n'], ['FROM a AS b\nCOPY --from=c / /\n'], ['COPY [']])(
    'is answered as any other: %j',
    async (text) => {
      const client = await start();
      await client.open(uri, text);
      expect(Array.isArray(await hintsOf(client))).toBe(true);
      for (const { command } of await lenses(client)) expect(command?.title).toBeTruthy();
      await client.hover(uri, 0, 1);
      expect(client.log).toEqual(expect.not.arrayContaining([expect.stringContaining('error')]));
      discardRefreshes(client);
    },
  );

  it('nor is one whose target is not there', async () => {
    const compose = 'services:\n  web:\n    build: { context: ., target: gone }\n';
    const client = await start({ files: project().set('/w/compose.yaml', compose) });
    await client.open(uri, dockerfile);
    expect((await hintsOf(client)).length).toBe(0);
    const { notes } = await client.ask('plimsoll/impactReport', { uri });
    expect(notes).toEqual([expect.stringContaining('cannot be built')]);
    discardRefreshes(client);
  });
});

describe('trust', () => {
  it('git is not asked before the workspace is trusted, and then the one the settings name', async () => {
    const files = project();
    const history = memoryHistory(files, commits);
    const client = await start({
      ...{ files, history },
      initializationOptions: { trusted: false },
      settings: () => ({ git: { path: '/opt/git' } }),
    });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await hintsWhen(client, (labels) => labels.length > 0))[0]?.label).toBe('40 s');
    const { picture } = await client.ask('plimsoll/impactReport', { uri });
    expect(picture).toMatchObject({ commits: null, gap: expect.stringContaining('not asked') });
    expect(history.asked()).toBe(0);
    await client.notify('plimsoll/trust', { trusted: true });
    await hintsWhen(client, (labels) => labels.includes('40 s · 6 of 8 commits'));
    expect(history.asked()).toBeGreaterThan(0);
    expect(history.programs.at(-1)).toBe('/opt/git');
    discardRefreshes(client);
  });
});

describe('lenses of stages', () => {
  it('say how many steps re-run on a typical commit, and what that takes', async () => {
    const client = await start({ initializationOptions: { chosenBuilds: {} } });
    await client.open(uri, dockerfile);
    await measured(client);
    const all = await lenses(client);
    expect(all.map(({ range, command }) => [range.start.line, command?.title, command?.command])).toEqual([
      [0, 'Context: 102 B in 2 files', 'plimsoll.showContextSize'],
      [0, '2 of 3 steps re-run on a typical commit, 41 s', 'plimsoll.estimateImpact'],
      [6, '0 to 1 of 1 step re-runs on a typical commit', 'plimsoll.estimateImpact'],
    ]);
    expect(all[1]?.command?.arguments).toEqual([uri]);
    discardRefreshes(client);
  });

  it('name no command to other editors, and say what is known without history', async () => {
    const client = await start({ settings: () => ({ history: { commits: 0 } }) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await lenses(client)).slice(1).map(({ command }) => command)).toEqual([
      { title: '3 steps, 41 s without cache', command: '' },
      { title: '1 step, 0.2 s without cache', command: '' },
    ]);
    const quiet = await start({ commits: [['/w/README.md'], ['/w/README.md']] });
    await quiet.open(uri, dockerfile);
    expect((await lenses(quiet))[1]?.command?.title).toBe('None of 3 steps re-runs on a typical commit');
    for (const one of [client, quiet]) discardRefreshes(one);
  });

  it('say what fixes would leave', async () => {
    const client = await start({ core: coreWith(payingCopy) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect((await lenses(client))[1]?.command?.title).toBe(
      '2 of 3 steps re-run on a typical commit, 41 s; with fixes none',
    );
    // Trying fixes takes its time: what is being typed waits for none of it.
    await client.change(uri, `${dockerfile}# x\n`);
    expect((await lenses(client))[1]?.command?.title).toBe('2 of 3 steps re-run on a typical commit, 41 s');
    client.discard('workspace/codeLens/refresh');
    await client.save(uri);
    await client.next('workspace/codeLens/refresh');
    expect((await lenses(client))[1]?.command?.title).toContain('; with fixes none');
    discardRefreshes(client);
  });

  it('there are none for what is no file', async () => {
    const client = await start();
    await client.open('untitled:Untitled-1', dockerfile);
    const found = await client.request('textDocument/codeLens', {
      textDocument: { uri: 'untitled:Untitled-1' },
    });
    expect(found).toEqual([]);
    expect(await client.hover('untitled:Untitled-1', 5, 2)).toBeNull();
    discardRefreshes(client);
  });
});

describe('hover on a step', () => {
  it('says what it depends on, how often it ran again and why, and what it takes', async () => {
    const client = await start();
    await client.open(uri, dockerfile);
    await measured(client);
    expect(await hoverText(client, 4)).toBe(
      [
        '| This step | |',
        '|:--|:--|',
        '| Ran again | in 6 of the last 8 commits |',
        '| Because of | `src/a.js` (6 commits), `package.json` (1 commit) |',
        '| Takes | 0.5 s (0.4 – 0.7 s), measured: build.log |',
        '| Critical path | yes: a rebuild waits for it |',
        '| Files | `.`: 3 B in 2 files |',
        '| Built on | image `node:20` below it |',
      ].join('\n'),
    );
    expect(await hoverText(client, 5)).toContain('| Arguments | `MODE` |\n| Environment | `NODE_ENV` |');
    expect(await hoverText(client, 7)).toBe(
      [
        '| This step | |',
        '|:--|:--|',
        '| Ran again | in 0 of the last 8 commits, and perhaps in 6 more |',
        '| Because of | `src/a.js` (6 commits), `package.json` (1 commit) |',
        '| Takes | 0.2 s (0.1 – 0.3 s), measured: build.log |',
        '| Critical path | yes, in a clean build |',
        '| Built on | `build`, image `node:20` below it |',
      ].join('\n'),
    );
    // ARG and ENV are no steps.
    expect(await client.hover(uri, 2, 2)).toBeNull();
    discardRefreshes(client);
  });
});

describe('hover while git is being asked', () => {
  it('says so, with all that is known besides', async () => {
    const client = await start({ asked: () => new Promise((resolve) => setTimeout(resolve, 4000)) });
    await client.open(uri, dockerfile);
    await measured(client);
    expect(await hoverText(client, 5)).toBe(
      [
        '| This step | |',
        '|:--|:--|',
        '| Ran again | git is still being asked: look again in a moment |',
        '| Takes | 40 s (32 – 48 s), measured: build.log |',
        '| Built on | image `node:20` below it |',
        '| Arguments | `MODE` |',
        '| Environment | `NODE_ENV` |',
      ].join('\n'),
    );
    discardRefreshes(client);
  });
});

describe('hover elsewhere', () => {
  it('marks values that change by themselves, and is plain where the client knows no Markdown', async () => {
    const workflow =
      'services:\n  web:\n    build: { context: ., args: { GIT_SHA: "${GITHUB_SHA}", "A|B": x } }\n';
    const client = await start({
      files: project().set('/w/compose.yaml', workflow),
      capabilities: without(fullCapabilities, (c) => {
        delete c.textDocument?.hover;
      }),
    });
    await client.open(uri, 'FROM a\nARG GIT_SHA\nRUN ./build\n');
    const text = await hoverText(client, 2);
    expect(text).toContain('Arguments: GIT_SHA (another value with every commit)');
    expect(text).toContain('Takes: not known: ');
    discardRefreshes(client);
  });
});
