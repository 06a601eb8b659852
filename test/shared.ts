import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The folder with recorded facts and corpus that lies beside the project where it is developed; undefined elsewhere. */
export function sharedDir(): string | undefined {
  const candidates = [
    process.env.PLIMSOLL_SHARED,
    path.join(root, '../shared'),
    path.join(root, '../../shared'),
  ];
  return candidates.find((c) => c !== undefined && existsSync(path.join(c, 'corpus')));
}
