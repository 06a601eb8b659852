import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ContextEntry } from '../sim/cache/model.js';
import { isCheckoutMode } from '../sim/replay/modes.js';
import type { RevisionQuery, RevisionState } from '../sim/replay/revision.js';
import { counted } from '../text/counted.js';
import { fromCorePath } from './fs.js';
import { type Git, GitFailure } from './git.js';
import { type IndexEntry, indexEntries, untrackedFiles } from './gitindex.js';
import { filteredPaths, type TreeObject, textAt, treeObjects } from './gitobjects.js';
import { commitNamed, type Repository } from './gitrepo.js';
import { nativeBelow } from './syncfs.js';
import { blobNames, type DiskFile, diskFile, isUntouched } from './worktree.js';

/** Where a comparison happens. */
export interface RevisionPlace {
  readonly git: Git;
  /** Folder of the context, native, links resolved. */
  readonly folder: string;
  readonly repository: Repository;
  readonly platform: NodeJS.Platform;
}

/** Files looked at between two chances to be given up. */
const inOneGo = 200;

function kindOf(mode: number): ContextEntry['kind'] {
  const type = mode & 0o170000;
  if (type === 0o160000) return 'folder';
  return type === 0o120000 ? 'link' : 'file';
}

/** The permission bits that a checkout gives, umask aside. */
function trackedMode(mode: number): number {
  const kind = kindOf(mode);
  if (kind === 'link') return 0o777;
  return kind === 'folder' || (mode & 0o100) !== 0 ? 0o755 : 0o644;
}

/** A side of git: the mode is that of the disk where a checkout could have made it. */
function entryOf(
  { mode, id }: TreeObject,
  disk: DiskFile | undefined,
  platform: NodeJS.Platform,
): ContextEntry {
  const kind = kindOf(mode);
  const tracked = trackedMode(mode);
  const fits =
    disk?.kind === kind && (kind !== 'file' || platform === 'win32' || isCheckoutMode(tracked, disk.mode));
  return { kind, mode: fits ? disk.mode : tracked, content: id };
}

function indexWritten({ gitFolder }: Repository): bigint {
  try {
    return statSync(path.join(gitFolder, 'index'), { bigint: true }).mtimeNs;
  } catch {
    return 0n;
  }
}

/** The commit that is checked out in a submodule; undefined where none is. */
async function checkedOut(
  git: Git,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    lstatSync(path.join(folder, '.git'));
    return await commitNamed(git, folder, 'HEAD', signal);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return undefined;
  }
}

/** The context at a revision and on the disk. Rejects with `GitFailure`. */
export async function revisionState(
  place: RevisionPlace,
  query: RevisionQuery,
  signal?: AbortSignal,
): Promise<RevisionState> {
  const { git, folder, repository, platform } = place;
  const commit = await commitNamed(git, folder, query.revision, signal);
  if (commit === undefined) {
    throw new GitFailure('bad-revision', `"${query.revision}" is no revision of this repository.`);
  }
  const [tree, index, untracked] = await Promise.all([
    treeObjects(git, folder, commit, signal),
    indexEntries(git, folder, 'stat', signal),
    untrackedFiles(git, folder, signal),
  ]);
  const written = indexWritten(repository);
  const before = new Map<string, ContextEntry>();
  const after = new Map<string, ContextEntry>();
  const doubtful: string[] = [];
  let modules = 0;
  const nativeOf = (name: string): ReturnType<typeof nativeBelow> => nativeBelow(folder, name, platform);
  const tracked = new Map<string, IndexEntry>();
  for (const entry of index)
    if (entry.stage === 0 || !tracked.has(entry.path)) tracked.set(entry.path, entry);

  const submodule = async (
    name: string,
    old: TreeObject | undefined,
    own: IndexEntry | undefined,
  ): Promise<void> => {
    modules++;
    const native = nativeOf(name);
    const now = typeof native === 'string' ? await checkedOut(git, native, signal) : undefined;
    const content = now ?? own?.id ?? old?.id;
    after.set(name, { kind: 'folder', mode: 0o755, content });
  };
  /** What a file holds now: the object name of what git would keep of it. */
  const contentOf = (name: string, disk: DiskFile, ids: readonly string[]): string | undefined => {
    const names = blobNames(nativeOf(name), disk, commit.length);
    if (names === undefined) return undefined;
    const known = ids.find((id) => id === names.raw) ?? ids.find((id) => id === names.converted);
    if (known === undefined && ids.length > 0 && disk.kind === 'file') doubtful.push(name);
    return known ?? names.raw;
  };
  const both = (name: string): void => {
    const old = tree.get(name);
    const own = tracked.get(name);
    const disk = diskFile(nativeOf(name));
    if (old !== undefined) before.set(name, entryOf(old, disk, platform));
    if (disk === undefined || disk.kind === 'folder') {
      const same = before.get(name);
      if (own?.skipped === true && disk === undefined && same !== undefined) after.set(name, same);
      return;
    }
    const ids = [own?.stage === 0 ? own.id : undefined, old?.id].filter((id) => id !== undefined);
    const isAsIndexed = own !== undefined && isUntouched(own, disk, written);
    const content = isAsIndexed ? own.id : contentOf(name, disk, ids);
    const mode = platform === 'win32' ? (before.get(name)?.mode ?? disk.mode) : disk.mode;
    after.set(name, { kind: disk.kind, mode, content });
  };
  let seen = 0;
  for (const name of new Set([...tree.keys(), ...tracked.keys()])) {
    if (++seen % inOneGo === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const old = tree.get(name);
    const own = tracked.get(name);
    const isModule =
      kindOf((own ?? old)?.mode ?? 0) === 'folder' && diskFile(nativeOf(name))?.kind === 'folder';
    both(name);
    if (isModule) await submodule(name, old, own);
  }
  for (const name of untracked) {
    const disk = name.endsWith('/') ? undefined : diskFile(nativeOf(name));
    if (disk === undefined || after.has(name)) continue;
    const content = tree.has(name) ? contentOf(name, disk, [tree.get(name)?.id ?? '']) : undefined;
    after.set(name, { kind: disk.kind, mode: disk.mode, content });
  }
  const filtered = await filteredPaths(git, folder, doubtful, signal);
  for (const name of filtered) {
    const same = before.get(name);
    const now = after.get(name);
    if (same !== undefined && now !== undefined) after.set(name, { ...now, content: same.content });
  }
  const texts = await Promise.all(
    query.texts.map(
      async (file) =>
        [file, await textAt(git, folder, commit, fromCorePath(file, platform), signal)] as const,
    ),
  );
  const notes = [
    ...(modules > 0 ? [`Of ${counted(modules, 'submodule')} only the commit is compared.`] : []),
    ...(filtered.size > 0
      ? [`${counted(filtered.size, 'file')} that git filters could not be compared and count as unchanged.`]
      : []),
  ];
  return { commit, before, after, texts: new Map(texts), notes };
}
