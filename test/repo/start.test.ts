import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuilt, repo } from './built.js';

const script = path.join(repo, 'scripts/start.mjs');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function refused(...args: readonly string[]): { status: number | null; lines: string[] } {
  const env = { ...process.env, INIT_CWD: folder };
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
  return { status, lines: stderr.trim().split('\n') };
}

describe('npm start refuses in one line with exit 2', () => {
  test('a folder that is not there', () => {
    expect(refused('nowhere')).toEqual({
      status: 2,
      lines: [`plimsoll: there is no folder ${path.join(folder, 'nowhere')}`],
    });
  });

  test('a file', () => {
    writeFileSync(path.join(folder, 'Dockerfile'), '');
    const { status, lines } = refused('Dockerfile');
    expect(status).toBe(2);
    expect(lines).toEqual([expect.stringContaining('is not a folder')]);
  });

  test('two folders, and an option it does not know', () => {
    for (const args of [['a', 'b'], ['--port=1']]) {
      expect(refused(...args)).toEqual({
        status: 2,
        lines: [expect.stringContaining('usage: npm start [FOLDER]')],
      });
    }
  });
});

/** Stands in for the desktop: as `code` does, it starts an editor outside its group, writes its id, and waits. */
const fakeCode = `#!/usr/bin/env node
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const data = process.argv[process.argv.indexOf('--user-data-dir') + 1];
const editor = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
editor.on('exit', () => process.exit(0));
writeFileSync(data + '/code.lock', String(editor.pid));
writeFileSync(process.env.FAKE_OUT, JSON.stringify({ args: process.argv.slice(2), data, editor: editor.pid, code: process.pid }));
`;

interface Started {
  readonly args: readonly string[];
  readonly data: string;
  readonly editor: number;
  readonly code: number;
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function start(): Promise<{ child: ChildProcess; said: Started }> {
  const bin = path.join(folder, 'bin');
  const out = path.join(folder, 'out.json');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'code'), fakeCode, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, FAKE_OUT: out, INIT_CWD: folder };
  const child = spawn(process.execPath, [script, folder], { env, stdio: 'ignore' });
  for (let i = 0; i < 200 && !existsSync(out); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return { child, said: JSON.parse(readFileSync(out, 'utf8')) };
}

describe.skipIf(process.platform === 'win32')('npm start with the desktop', () => {
  beforeEach(ensureBuilt, 60_000);

  test('opens a window and a profile of its own with the extension', async () => {
    const { child, said } = await start();
    expect(said.args.slice(0, 2)).toEqual(['--wait', '--new-window']);
    expect(said.args).toContain(`--extensionDevelopmentPath=${repo}`);
    expect(said.args.at(-1)).toBe(folder);
    expect(readdirSync(path.join(said.data, 'User'))).toEqual(['settings.json']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(said.editor); // the window is closed
    expect(await ended).toBe(0);
    expect(existsSync(said.data)).toBe(false);
  });

  test('Ctrl-C ends all it started and removes the profile', async () => {
    const { child, said } = await start();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect([alive(said.editor), alive(said.code)]).toEqual([false, false]);
    expect(existsSync(said.data)).toBe(false);
  });
});
