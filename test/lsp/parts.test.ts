import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../server/src/lsp/scheduler.js';
import { lintOptions, readSettings, rebuildsIn } from '../../server/src/lsp/settings.js';
import { createUris, loneName } from '../../server/src/lsp/uris.js';
import { type Config, parseConfig, thresholdsOf } from '../../server/src/project/config.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { lineEdits } from '../../server/src/text/lineDiff.js';

describe('URIs and paths', () => {
  const posix = createUris(false);
  const windows = createUris(true);

  it.each([
    ['file:///w/a%20b/%5Bx%5D/Dockerfile', '/w/a b/[x]/Dockerfile'],
    ['file:///w/../x//Dockerfile', '/x/Dockerfile'],
    ['file:///c%3A/x', '/c:/x'],
    ['file://localhost/w', '/w'],
    ['file://host/w', undefined],
    ['untitled:Untitled-1', undefined],
    ['vscode-vfs://github/a/b', undefined],
    ['', undefined],
    ['::', undefined],
  ])('elsewhere: %s is %s', (uri, path) => {
    expect(posix.pathOf(uri)).toBe(path);
  });

  it.each([
    ['file:///c%3A/x', 'c:/x'],
    ['file:///C:/X/Dockerfile', 'c:/X/Dockerfile'],
    ['file:///c%3A', 'c:/'],
    ['file:///c%3A/', 'c:/'],
    ['file://server/share/Dockerfile', '/server/share/Dockerfile'],
    ['git:/c%3A/x', undefined],
  ])('on Windows: %s is %s', (uri, path) => {
    expect(windows.pathOf(uri)).toBe(path);
  });

  it('come back as VS Code writes them', () => {
    expect(windows.uriOf('c:/a b/Dockerfile')).toBe('file:///c%3A/a%20b/Dockerfile');
    expect(windows.uriOf('/server/share/x')).toBe('file://server/share/x');
    expect(posix.uriOf('/w/[x]/ü')).toBe('file:///w/%5Bx%5D/%C3%BC');
    for (const uri of ['file:///c%3A/a%20b/x', 'file://server/share/x']) {
      expect(windows.uriOf(windows.pathOf(uri) ?? '')).toBe(uri);
    }
  });

  it('a text without a place gets a telling name', () => {
    const known = (name: string): boolean => name === 'Dockerfile.dev';
    expect(loneName('untitled:Untitled-1', 'dockerfile', known)).toBe('Dockerfile');
    expect(loneName('git:/w/Dockerfile.dev?x', 'yaml', known)).toBe('Dockerfile.dev');
    expect(loneName('untitled:Untitled-1', 'markdown', known)).toBe('Untitled-1');
    expect(loneName('untitled:', 'yaml.docker-compose', known)).toBe('compose.yaml');
  });
});

describe('the scheduler', () => {
  it('drops an older result, however late it comes', async () => {
    const scheduler = createScheduler();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let aborted = false;
    const old = scheduler.start('a', async (signal) => {
      await held;
      aborted = signal.aborted;
      return 'old';
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const recent = scheduler.start('a', async () => 'new');
    const other = scheduler.start('b', async () => 'other');
    release();
    expect(await Promise.all([old, recent, other])).toEqual([undefined, 'new', 'other']);
    expect(aborted).toBe(true);
  });

  it('does not start what was cancelled, nor anything once stopped', async () => {
    const scheduler = createScheduler();
    let runs = 0;
    const job = async (): Promise<number> => ++runs;
    const waiting = scheduler.start('a', job, 1000);
    scheduler.cancel('a');
    expect(await waiting).toBeUndefined();
    scheduler.stop();
    expect(await scheduler.start('a', job)).toBeUndefined();
    expect(runs).toBe(0);
  });

  it('says nothing of a job that throws because it was aborted', async () => {
    const scheduler = createScheduler();
    const job = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const started = scheduler.start('a', job);
    await new Promise((resolve) => setTimeout(resolve, 5));
    scheduler.stop();
    expect(await started).toBeUndefined();
  });

  it('passes on what a job throws', async () => {
    const failing = createScheduler().start('a', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
  });
});

describe('settings', () => {
  it.each([
    [undefined],
    [null],
    ['x'],
    [{}],
    [{ profile: 'default', rules: null, exclude: 'x', preference: 1 }],
  ])('%j says nothing', (given) => {
    expect(readSettings(given)).toEqual({
      enable: true,
      profile: null,
      rules: {},
      exclude: [],
      context: { noteAbove: null, warnAbove: null },
      history: { commits: null },
      rebuild: { hintAbove: null },
      git: { path: 'git' },
      docker: { path: 'docker' },
      preference: 'editor',
    });
  });

  it('keeps what it understands', () => {
    const given = { profile: 'thorough', rules: { a: 'off', b: 'loud' }, exclude: ['x', 1], enable: false };
    expect(readSettings(given)).toMatchObject({
      profile: 'thorough',
      rules: { a: 'off' },
      exclude: ['x'],
      enable: false,
    });
  });
});

describe('what numbers about rebuilds rest on', () => {
  const rebuilds = (settings: unknown, text: string): unknown =>
    rebuildsIn(readSettings(settings), parseConfig(text)('/w'));

  it('is the usual where nobody says otherwise', () => {
    expect(rebuilds({}, '')).toEqual({ commits: 200, hintAbove: 5 });
    const sent = { history: { commits: 200 }, rebuild: { hintAbove: 5 } };
    expect(rebuilds(sent, 'history: { commits: 50 }\n')).toEqual({ commits: 50, hintAbove: 5 });
  });

  it('is what the person says, or the project where that is preferred', () => {
    const settings = { history: { commits: 10.7 }, rebuild: { hintAbove: 0 } };
    const project = 'history: { commits: 0 }\nrebuild: { hintAbove: 2.5 }\n';
    expect(rebuilds(settings, project)).toEqual({ commits: 10, hintAbove: 0 });
    expect(rebuilds({ ...settings, preference: 'project' }, project)).toEqual({ commits: 0, hintAbove: 2.5 });
    expect(rebuilds({ ...settings, preference: 'project' }, '')).toEqual({ commits: 10, hintAbove: 0 });
  });

  it('programs are what the settings name', () => {
    const { git, docker } = readSettings({ git: { path: ' /opt/git ' }, docker: { path: 3 } });
    expect([git.path, docker.path]).toEqual(['/opt/git', 'docker']);
  });
});

describe('thresholds', () => {
  const config = (text: string): Config => parseConfig(text)('/w');
  const inBytes = (settings: unknown, text: string): unknown =>
    thresholdsOf(config(text), lintOptions(readSettings(settings), config(text)).context);

  it('are the usual ones where nobody says otherwise', () => {
    expect(inBytes({}, '')).toEqual({ noteAbove: 100_000_000, warnAbove: 500_000_000 });
  });

  it('of the person count more than those of the project', () => {
    const project = 'context: { noteAbove: 20, warnAbove: 30 }\n';
    expect(inBytes({ context: { noteAbove: 5 } }, project)).toEqual({
      noteAbove: 5_000_000,
      warnAbove: 30_000_000,
    });
    const yielding = { context: { noteAbove: 5, warnAbove: 6.5 }, preference: 'project' };
    expect(inBytes(yielding, 'context: { noteAbove: 20 }\n')).toEqual({
      noteAbove: 20_000_000,
      warnAbove: 6_500_000,
    });
  });

  it('that clients send by default, or that are no numbers, say nothing', () => {
    const project = 'context: { noteAbove: 20, warnAbove: 30 }\n';
    const sent = [{ noteAbove: 100, warnAbove: 500 }, { noteAbove: -1, warnAbove: '7' }, 'x', null];
    for (const context of sent) {
      expect(inBytes({ context }, project)).toEqual({ noteAbove: 20_000_000, warnAbove: 30_000_000 });
    }
  });
});

describe('line edits', () => {
  it.each([
    ['', ''],
    ['a\nb\nc\n', 'a\nB\nc\n'],
    ['a\nb\nc\nd\ne\n', 'b\nc\nX\ne\nf'],
    ['a\r\nb\r\n', 'a\r\nx\r\nb\r\n'],
    ['a', 'a\n'],
    ['a\nb\na\nb\n', 'b\na\nb\na\n'],
  ])('lead from %j to %j', (before, after) => {
    expect(applyEdits(before, lineEdits(before, after))).toBe(after);
  });

  it('leave what did not change', () => {
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
    const after = lines.map((line, i) => (i === 5 || i === 40 ? `new ${line}` : line));
    expect(lineEdits(lines.join(''), after.join(''))).toHaveLength(2);
  });
});
