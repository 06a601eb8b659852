import type { RawChange } from '../sim/replay/commits.js';
import { type Git, GitFailure } from './git.js';
import { type ChainedCommit, readLog, withinLimit } from './gitlog.js';
import type { Repository } from './gitrepo.js';

/** Commits of one context that were read. */
interface Chain {
  /** The newest first, each followed by its first parent. */
  readonly commits: readonly ChainedCommit[];
  /** Nothing older will be read: history begins there, the clone ends, or too much changed. */
  readonly ends: 'begin' | 'boundary' | 'cut' | undefined;
  /** The commits at which the clone ended then. */
  readonly boundary: string;
}

export interface ReadWish {
  /** Folder of the context, native, links resolved. */
  readonly folder: string;
  readonly head: string;
  readonly commits: number;
  /** Hears of each change that is read now, while git goes on. */
  readonly heard?: (change: RawChange) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Remembered {
  /** The newest first; the commit at which a shallow clone ends is not among them, since what it changed is not known. */
  readonly commits: readonly ChainedCommit[];
  readonly ends: Chain['ends'];
  /** How many of them git had to be asked for. */
  readonly fresh: number;
}

/** Keeps what was read of commits, by context: they never change. */
export interface CommitMemory {
  /** Reads only what is not known: new commits on top of known ones, and older ones. Rejects with `GitFailure`. */
  read(git: Git, repository: Repository, wish: ReadWish): Promise<Remembered>;
}

export interface MemoryLimits {
  /** Changes that are read for one context. */
  readonly perContext: number;
  /** Changes that are kept in all. */
  readonly kept: number;
}

/** About 100 bytes each. */
const usualLimits: MemoryLimits = { perContext: 400_000, kept: 800_000 };

function sizeOf({ commits }: Chain): number {
  return commits.reduce((sum, { changes }) => sum + changes.length + 1, 0);
}

/** A memory that holds nothing yet. */
export function commitMemory(limits: MemoryLimits = usualLimits): CommitMemory {
  /** By folder, the one asked last at the end. */
  const chains = new Map<string, Chain>();

  const keep = (folder: string, chain: Chain): void => {
    chains.delete(folder);
    chains.set(folder, chain);
    let size = [...chains.values()].reduce((sum, one) => sum + sizeOf(one), 0);
    for (const [oldest, one] of chains) {
      if (size <= limits.kept || oldest === folder) break;
      chains.delete(oldest);
      size -= sizeOf(one);
    }
  };
  const room = (commits: readonly ChainedCommit[]): number =>
    limits.perContext - commits.reduce((sum, { changes }) => sum + changes.length, 0);
  /** The known commits from `id` on; undefined where it is not among them. */
  const knownFrom = (chain: Chain | undefined, id: string): readonly ChainedCommit[] | undefined => {
    const at = chain?.commits.findIndex((commit) => commit.id === id) ?? -1;
    return at < 0 ? undefined : chain?.commits.slice(at);
  };
  const endOf = (commits: readonly ChainedCommit[], cut: boolean, repository: Repository): Chain['ends'] => {
    if (cut) return 'cut';
    const last = commits.at(-1);
    if (last === undefined || last.parent !== undefined) return undefined;
    return repository.boundary.has(last.id) ? 'boundary' : 'begin';
  };
  return {
    async read(git, repository, wish) {
      const { folder, head, heard, signal } = wish;
      const boundary = [...repository.boundary].join();
      const before = chains.get(folder);
      const known = before?.boundary === boundary ? before : undefined;
      const log = (
        from: string,
        commits: number,
        mostChanges: number,
        without?: string,
      ): ReturnType<typeof readLog> =>
        readLog(git, { folder, from, commits, mostChanges, without, heard, signal });
      let fresh = 0;
      let commits = knownFrom(known, head);
      let ends = commits === undefined ? undefined : known?.ends;
      const newest = known?.commits[0];
      if (commits === undefined && known !== undefined && newest !== undefined) {
        const added = await log(head, wish.commits, limits.perContext, newest.id).catch((error: unknown) => {
          // What was known may be gone for good.
          if (error instanceof GitFailure) return undefined;
          throw error;
        });
        const parent = added?.commits.at(-1)?.parent;
        const rest = parent === undefined ? undefined : knownFrom(known, parent);
        // Otherwise the chain no longer leads through what is known.
        if (added?.cut === false && rest !== undefined) {
          fresh += added.commits.length;
          commits = [...added.commits, ...rest];
          ends = known.ends;
        }
      }
      const oldest = commits?.at(-1);
      if (commits === undefined || oldest === undefined) {
        const all = await log(head, wish.commits, limits.perContext);
        fresh = all.commits.length;
        commits = all.commits;
        ends = endOf(commits, all.cut, repository);
      } else if (commits.length < wish.commits && ends === undefined && oldest.parent !== undefined) {
        const older = await log(oldest.parent, wish.commits - commits.length, Math.max(1, room(commits)));
        fresh += older.commits.length;
        commits = [...commits, ...older.commits];
        ends = endOf(commits, older.cut, repository);
      }
      const within = withinLimit(commits, limits.perContext);
      if (within.length < commits.length) ends = 'cut';
      commits = within;
      keep(folder, { commits, ends, boundary });
      const told = ends === 'boundary' ? commits.slice(0, -1) : commits;
      return {
        commits: told.slice(0, wish.commits),
        ends: told.length < wish.commits ? ends : undefined,
        fresh,
      };
    },
  };
}
