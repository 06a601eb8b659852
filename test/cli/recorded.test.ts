import { linkSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ContextReport } from '../../server/src/report/contextModel.js';
import { repo } from '../harness/files.js';
import { type ContextVector, itemsOf } from '../sim/vectors.js';
import { Folder } from './harness.js';

const rows = readFileSync(path.join(repo, 'test/sim/facts/context.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as ContextVector);
/** All are simulated in memory elsewhere; here some, as real files read by a real process. */
const some = rows.filter((row, i) => i % 25 === 0 || row.error?.includes('not found') === true).slice(0, 24);

/** Writes the context of a recorded build; false where this file system cannot hold it. */
function written(folder: Folder, row: ContextVector): boolean {
  const items = Object.entries(itemsOf(row));
  for (const [name, item] of items) {
    const full = path.join(folder.path, name);
    if (name.endsWith('/')) mkdirSync(full, { recursive: true });
    else if (typeof item === 'number') folder.write(name, Buffer.alloc(item));
    else if (typeof item === 'string') folder.write(name, item);
  }
  for (const [name, item] of items) {
    const full = path.join(folder.path, name);
    if (typeof item !== 'object') continue;
    mkdirSync(path.dirname(full), { recursive: true });
    if ('symlink' in item) symlinkSync(item.symlink, full);
    else if ('hardlink' in item) linkSync(path.join(folder.path, item.hardlink), full);
    else return false;
  }
  return true;
}

function argumentsOf(row: ContextVector): string[] {
  const args = Object.entries(row.args ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const target = row.target === undefined ? [] : ['--target', row.target];
  const file = row.dockerfileName ?? 'Dockerfile';
  return ['context', file, '--context', '.', '--format', 'json', '--list', ...target, ...args];
}

describe.skipIf(process.platform === 'win32')('what BuildKit transferred, told by the command', () => {
  test.each(some.map((row) => [row.id, row] as const))('%s', (_, row) => {
    using folder = new Folder({});
    if (!written(folder, row)) return;
    const { code, out } = folder.run(argumentsOf(row));
    const { loaded, sent } = JSON.parse(out) as ContextReport;
    expect(code).toBe(row.error === undefined ? 0 : 1);
    expect(loaded).toBe(row.contextLoaded);
    if (!row.contextLoaded || row.wireBytes === undefined) return;
    expect(sent.paths).toEqual(row.entries);
    expect([sent.bytes, sent.wireBytes]).toEqual([row.contentBytes, row.wireBytes]);
    if (row.sentFiles !== undefined) expect(sent.files).toBe(row.sentFiles);
  });
});
