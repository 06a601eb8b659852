import type { Git } from './git.js';
import { isTracked, nearestRepository, type Repository, repositoryOf, signatureOf } from './gitrepo.js';

/** A folder in its repository. */
export interface Placed {
  readonly repository: Repository;
  /** The commit HEAD names holds something of the folder. */
  readonly tracked: boolean;
}

/** Remembers where folders stand for as long as the files of their repositories say the same. */
export interface RepositoryMemory {
  /** `folder`: native, links resolved. Rejects with `GitFailure`. */
  of(git: Git, folder: string, signal?: AbortSignal): Promise<Placed>;
}

const mostFolders = 200;

/** A memory that holds nothing yet. */
export function repositoryMemory(): RepositoryMemory {
  const known = new Map<
    string,
    Placed & { readonly nearest: string | undefined; readonly signature: string }
  >();
  return {
    async of(git, folder, signal) {
      const nearest = nearestRepository(folder);
      const before = known.get(folder);
      if (before !== undefined && before.nearest === nearest) {
        if (before.signature === signatureOf(before.repository)) return before;
      }
      known.delete(folder);
      const repository = await repositoryOf(git, folder, signal);
      const isTop = repository.prefix === '';
      const tracked = isTop || (repository.head !== undefined && (await isTracked(git, folder, signal)));
      const signature = signatureOf(repository);
      if (signature !== undefined) known.set(folder, { repository, tracked, nearest, signature });
      for (const oldest of known.keys()) {
        if (known.size <= mostFolders) break;
        known.delete(oldest);
      }
      return { repository, tracked };
    },
  };
}
