import type { TrackedMode } from '../sim/replay/commits.js';
import { type Git, gitOutput } from './git.js';
import { nameOfBytes } from './names.js';

/** Modes of the tracked files below `folder` (native, links resolved), as the index has them; paths relative to it. */
export async function trackedModes(
  git: Git,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly TrackedMode[]> {
  const out = await gitOutput(git, ['ls-files', '--stage', '-z', '--', '.'], { cwd: folder, signal });
  return out.split('\0').flatMap((line) => {
    const tab = line.indexOf('\t');
    if (tab < 0) return [];
    const path = nameOfBytes(Buffer.from(line.slice(tab + 1), 'latin1'));
    return [{ path, mode: Number.parseInt(line.slice(0, 6), 8) }];
  });
}
