import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHistorian, type History } from '../../../server/src/node/historian.js';
import { ask, commit, everything, hasGit, newFolder, newRepository } from './repository.js';

const worker = path.resolve('dist/worker.js');
let history: History;

beforeEach(() => {
  history = createHistorian({ worker });
});

afterEach(() => history.close());

/** A git that notes that it began, and never ends by itself. */
function endlessGit(): { readonly program: string; readonly begun: () => boolean; readonly pid: string } {
  const folder = newFolder();
  const program = path.join(folder, 'git');
  const pid = path.join(folder, 'pid');
  writeFileSync(program, `#!/bin/sh\necho $$ > '${pid}'\nexec sleep 600\n`);
  chmodSync(program, 0o755);
  return { program, begun: () => existsSync(pid), pid };
}

function isRunning(pidFile: string): boolean {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
  } catch {
    return false;
  }
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await pause(5);
}

describe.skipIf(!hasGit || process.platform === 'win32')('asking git off this thread', () => {
  it('answers as the service does', async () => {
    const folder = newRepository();
    commit(folder, { a: '1', 'src/b': '1' });
    commit(folder, { a: '2' });
    const query = everything(folder, { modes: true });
    expect(await history.ask(query)).toEqual(await ask(folder, { modes: true }));
    const [first, second] = await Promise.all([history.ask(query), history.ask({ ...query, commits: 1 })]);
    expect([first.commits.length, second.commits.length]).toEqual([2, 1]);
    const found = await history.compare({ root: query.root, revision: 'HEAD', texts: [] });
    expect([...(found.state?.after.keys() ?? [])]).toEqual(['a', 'src/b']);
  });

  it('ends git when who asked gives up, and others are answered meanwhile', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const endless = endlessGit();
    history.useProgram(endless.program);
    const controller = new AbortController();
    const stuck = history.ask(everything(folder), controller.signal);
    await until(endless.begun);
    history.useProgram(undefined);
    const other = newRepository();
    commit(other, { b: '1' });
    expect((await history.ask(everything(other))).commits).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(stuck).rejects.toThrow('enough');
    await until(() => !isRunning(endless.pid));
    expect((await history.ask(everything(folder))).commits).toHaveLength(1);
  });

  it('does not outlive close, and git does not outlive it', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const endless = endlessGit();
    history.useProgram(endless.program);
    const stuck = history.ask(everything(folder));
    await until(endless.begun);
    await Promise.all([expect(stuck).rejects.toThrow('closed'), history.close()]);
    await expect(history.ask(everything(folder))).rejects.toThrow('closed');
    expect(isRunning(endless.pid)).toBe(false);
  });

  it('starts a new thread after the old one was idle', async () => {
    const folder = newRepository();
    commit(folder, { a: '1' });
    const brief = createHistorian({ worker, idleMs: 1 });
    expect((await brief.ask(everything(folder))).commits).toHaveLength(1);
    await pause(30);
    expect((await brief.ask(everything(folder))).commits).toHaveLength(1);
    await brief.close();
  });
});
