import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repo } from '../harness/files.js';

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A temporary folder with files. */
export class Folder {
  readonly path = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-cli-'));

  constructor(files: Readonly<Record<string, string | Buffer>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string | Buffer): void {
    const full = path.join(this.path, name);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  /** Runs dist/cli.js in the folder. */
  run(args: readonly string[], input = ''): Run {
    const done = spawnSync(process.execPath, [path.join(repo, 'dist/cli.js'), ...args], {
      cwd: this.path,
      input,
      encoding: 'utf8',
    });
    return { code: done.status, out: done.stdout, err: done.stderr };
  }

  /** What lies in the folder: paths with sizes and times. */
  state(): readonly string[] {
    return readdirSync(this.path, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const { size, mtimeMs, mode } = lstatSync(path.join(this.path, name));
        return `${name} ${size} ${mtimeMs} ${mode}`;
      });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
