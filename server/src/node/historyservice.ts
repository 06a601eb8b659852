import path from 'node:path';
import { type HistoryAnswer, type HistoryQuery, historyGap } from '../project/history.js';
import { answerHistory, kindOf } from '../sim/replay/answer.js';
import type { RawChange, RawCommit, RawHistory } from '../sim/replay/commits.js';
import type { RevisionAnswer, RevisionQuery } from '../sim/replay/revision.js';
import { selection } from '../sim/replay/selection.js';
import { counted } from '../text/counted.js';
import { type CommitMemory, commitMemory, type MemoryLimits } from './commitmemory.js';
import { findProgram } from './findprogram.js';
import { fromCorePath } from './fs.js';
import { gate } from './gate.js';
import { type Git, GitFailure, gitEnvironment, gitOutput } from './git.js';
import { indexEntries } from './gitindex.js';
import type { ChainedCommit } from './gitlog.js';
import { commitNamed, nearestRepository, type Repository } from './gitrepo.js';
import { repositoryMemory } from './repositorymemory.js';
import { revisionState } from './revisions.js';
import type { SyncFs } from './syncfs.js';
import { syncTree } from './synctree.js';

export interface HistoryServiceOptions {
  readonly fs: SyncFs;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly limits?: MemoryLimits;
  /** See `Git`. */
  readonly patienceMs?: number;
}

/** Answers questions about history, with a memory of commits. */
export interface HistoryService {
  /** `program`: absolute path of git, or its name in PATH; undefined for `git`. Rejects only with the reason of `signal`. */
  run(query: HistoryQuery, program: string | undefined, signal?: AbortSignal): Promise<HistoryAnswer>;
  /** The context at a revision and on the disk. Rejects only with the reason of `signal`. */
  compare(query: RevisionQuery, program: string | undefined, signal?: AbortSignal): Promise<RevisionAnswer>;
}

/** Questions for which git runs at once: a workspace may have a hundred contexts. */
const mostAtOnce = 4;

/** Files of the repository's folder that each commit writes, relative to the context; none where it lies elsewhere. */
function ownFiles(repository: Repository, folder: string, platform: NodeJS.Platform): readonly string[] {
  const relative = path.relative(folder, repository.gitFolder);
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return [];
  const inside = platform === 'win32' ? relative.replaceAll('\\', '/') : relative;
  const { branch, head = '' } = repository;
  const refs = branch === undefined ? ['HEAD'] : [branch, `logs/${branch}`];
  const object = `objects/${head.slice(0, 2)}/${head.slice(2)}`;
  return ['index', 'logs/HEAD', ...refs, object].map((name) => `${inside}/${name}`);
}

function noProgram(program: string | undefined): string {
  return program === undefined || program === 'git'
    ? 'There is no git program.'
    : `There is no git program "${program}".`;
}

const onlyOne = 'The clone is shallow and holds one commit only: there is no history to replay.';

/** The commit at which a shallow clone ends is not among those read, so one without a parent is the first there is. */
function withFirst(commit: ChainedCommit): RawCommit {
  return commit.parent === undefined ? { ...commit, first: true } : commit;
}

/** A service that remembers nothing yet. */
export function createHistoryService(options: HistoryServiceOptions): HistoryService {
  const { fs, platform, env, patienceMs } = options;
  const patience = patienceMs === undefined ? {} : { patienceMs };
  const memory: CommitMemory = commitMemory(options.limits);
  const repositories = repositoryMemory();
  const own = gitEnvironment(env);
  const few = gate(mostAtOnce);
  /** Questions about one context wait for one another: what one has read the next need not. */
  const turns = new Map<string, Promise<unknown>>();

  const inTurn = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(folder);
    const own = (async () => {
      await before?.catch(() => {});
      return work();
    })();
    turns.set(folder, own);
    try {
      return await own;
    } finally {
      if (turns.get(folder) === own) turns.delete(folder);
    }
  };
  /** How many commits along first parents `revision` does not hold. */
  const commitsSince = async (
    git: Git,
    folder: string,
    head: string,
    revision: string,
    signal: AbortSignal | undefined,
  ): Promise<number> => {
    const id = await commitNamed(git, folder, revision, signal);
    if (id === undefined)
      throw new GitFailure('bad-revision', `"${revision}" is no revision of this repository.`);
    const args = ['rev-list', '--first-parent', '--count', head, `^${id}`];
    return Number(await gitOutput(git, args, { cwd: folder, signal }));
  };
  const history = async (
    git: Git,
    folder: string,
    query: HistoryQuery,
    heard: (change: RawChange) => void,
    signal: AbortSignal | undefined,
  ): Promise<RawHistory> => {
    const repository = await repositories.of(git, folder, signal);
    const { head } = repository;
    if (head === undefined) throw new GitFailure('no-commits', 'The repository has no commits yet.');
    if (!repository.tracked)
      throw new GitFailure('no-repository', 'Git does not track the folder of the context.');
    const wished =
      query.since === null
        ? query.commits
        : Math.min(query.commits, await commitsSince(git, folder, head, query.since, signal));
    const wish = { folder, head, commits: wished, heard, signal };
    const { commits, ends } =
      wished === 0 ? { commits: [], ends: undefined } : await memory.read(git, repository, wish);
    if (wished > 0 && commits.length === 0) {
      const why = ends === 'boundary' ? onlyOne : 'The last commit changes more files than are read.';
      throw new GitFailure('no-commits', why);
    }
    const notes = [
      ...(ends === 'boundary'
        ? [`The clone is shallow: its history ends after ${counted(commits.length, 'commit')}.`]
        : []),
      ...(ends === 'cut'
        ? [`Only the last ${counted(commits.length, 'commit')} were read: before them too many files change.`]
        : []),
    ];
    const tracked =
      query.modes && platform !== 'win32' ? await indexEntries(git, folder, 'modes', signal) : null;
    return {
      commits: commits.map(withFirst),
      ownFiles: ownFiles(repository, folder, platform),
      tracked,
      notes,
    };
  };
  /** The folder of a context and the git to ask there. Throws `GitFailure`. */
  const placeOf = (
    root: string,
    program: string | undefined,
  ): { readonly git: Git; readonly folder: string } => {
    const folder = fs.realFolder(fromCorePath(root, platform));
    if (folder === undefined) throw new GitFailure('no-repository', 'There is no such context.');
    if (nearestRepository(folder) === undefined) {
      throw new GitFailure('no-repository', 'The context lies in no git repository.');
    }
    const wanted = program ?? 'git';
    // A path that is neither absolute nor a mere name would be looked for in the repository.
    const file = path.isAbsolute(wanted)
      ? wanted
      : path.basename(wanted) === wanted
        ? findProgram(wanted, env, platform)
        : undefined;
    if (file === undefined) throw new GitFailure('no-git', noProgram(program));
    return { git: { program: file, env: own, ...patience }, folder };
  };
  return {
    async run(query, program, signal) {
      try {
        const { git, folder } = placeOf(query.root, program);
        const tree = syncTree(fs, folder, platform);
        const select = selection(query, tree);
        // What becomes of a path is worked out while git looks for the next.
        const heard = (change: RawChange): void => void select(change.path, kindOf(change));
        const found = await inTurn(folder, () => few(() => history(git, folder, query, heard, signal)));
        return answerHistory(query, found, tree, select);
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
        return historyGap(error.kind, error.message);
      }
    },
    async compare(query, program, signal) {
      try {
        const { git, folder } = placeOf(query.root, program);
        const state = await few(async () => {
          const repository = await repositories.of(git, folder, signal);
          return revisionState({ git, folder, repository, platform }, query, signal);
        });
        return { state, gap: null };
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
        return { state: null, gap: { kind: error.kind, message: error.message } };
      }
    },
  };
}
