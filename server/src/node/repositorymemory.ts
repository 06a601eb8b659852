import type { Git } from './git.js';
import { nearestRepository, type Repository, repositoryOf, signatureOf } from './gitrepo.js';

/** Remembers where folders stand for as long as the files of their repositories say the same. */
export interface RepositoryMemory {
  /** `folder`: native, links resolved. Rejects with `GitFailure`. */
  of(git: Git, folder: string, signal?: AbortSignal): Promise<Repository>;
}

interface Known {
  readonly repository: Repository;
  readonly nearest: string | undefined;
  readonly signature: string;
}

const mostFolders = 200;

/** A memory that holds nothing yet. */
export function repositoryMemory(): RepositoryMemory {
  const known = new Map<string, Known>();
  return {
    async of(git, folder, signal) {
      const nearest = nearestRepository(folder);
      const before = known.get(folder);
      if (before !== undefined && before.nearest === nearest) {
        if (before.signature === signatureOf(before.repository)) return before.repository;
      }
      known.delete(folder);
      const repository = await repositoryOf(git, folder, signal);
      const signature = signatureOf(repository);
      if (signature !== undefined) known.set(folder, { repository, nearest, signature });
      for (const oldest of known.keys()) {
        if (known.size <= mostFolders) break;
        known.delete(oldest);
      }
      return repository;
    },
  };
}
