import type { DiskFs } from '../node/fs.js';
import { kindOnDisk, toCorePath } from '../node/fs.js';
import { walk } from '../node/walk.js';
import { classifyName } from '../project/classify.js';
import { dirName, isInside } from '../text/paths.js';
import { type Io, resolved, shownFrom } from './io.js';

/** The files a command is about. */
export interface Collected {
  /** Core paths, sorted, each once. */
  readonly files: readonly string[];
  /** Nothing above these is a project root. */
  readonly folders: readonly string[];
  /** Something could not be read or holds nothing: it was said, and the exit code is 2. */
  readonly failed: boolean;
}

/** Whether a file is one of ours by its name. */
export function isOurs(path: string): boolean {
  const kind = classifyName(path);
  return kind !== undefined && kind !== 'devcontainer' && kind !== 'config';
}

/** What is said of a file of another kind. */
export function notOurs(shown: string): string {
  return `${shown}: by its name this is no file that Plimsoll reads`;
}

/** The files of ours among and below `paths`, what git ignores left out. Says in one line each what cannot be used. */
export async function collect(io: Io, fs: DiskFs, paths: readonly string[]): Promise<Collected> {
  const shown = shownFrom(io.cwd);
  const files = new Set<string>();
  const folders = new Set<string>();
  let failed = false;
  const complain = (line: string): void => {
    io.complain(line);
    failed = true;
  };
  const folder = async (path: string): Promise<void> => {
    folders.add(path);
    const found = await walk(path, { fs, wanted: isOurs });
    for (const file of found.files) files.add(file);
    for (const gone of found.unreadable) complain(`${shown(gone)}: this folder cannot be read`);
    if (found.files.length === 0 && found.unreadable.length === 0) {
      complain(`${shown(path)}: no Dockerfile, Compose, ignore, bake or workflow file below this folder`);
    }
  };
  for (const argument of paths) {
    const path = resolved(io, toCorePath, argument);
    const kind = await kindOnDisk(path);
    if (kind === 'folder') await folder(path);
    else if (kind === undefined) complain(`${argument}: there is no such file or folder`);
    else if (kind === 'link') complain(`${argument}: this is a symbolic link; links are not followed`);
    else if (kind === 'other') complain(`${argument}: this is neither a file nor a folder`);
    else if (!isOurs(path)) complain(notOurs(argument));
    else {
      files.add(path);
      folders.add(isInside(io.cwd, path) ? io.cwd : dirName(path));
    }
  }
  return { files: [...files].sort(), folders: [...folders].sort(), failed };
}
