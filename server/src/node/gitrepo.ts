import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Git, GitFailure, gitOutput } from './git.js';
import { nameOfBytes } from './names.js';

/** Where a folder stands in its repository. */
export interface Repository {
  /** The folder below the top of the working tree, ends in `/`; empty for the top itself. */
  readonly prefix: string;
  /** Absolute, links resolved: of this working tree, and the one shared by all of them. */
  readonly gitFolder: string;
  readonly commonFolder: string;
  /** The commit HEAD names; undefined before the first one. */
  readonly head: string | undefined;
  /** The branch HEAD stands on, as `refs/heads/main`; undefined where it is detached. */
  readonly branch: string | undefined;
  /** The commit HEAD names holds something below the folder. */
  readonly tracked: boolean;
  /** Commits at which a shallow clone ends: they seem to have no parents. */
  readonly boundary: ReadonlySet<string>;
}

/** The `.git` of `folder` (native, absolute) or of the nearest folder above it; undefined where git need not be started. */
export function nearestRepository(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = path.join(at, '.git');
    if (existsSync(found)) return found;
    if (path.dirname(at) === at) return undefined;
  }
}

function decoded(latin1: string): string {
  return nameOfBytes(Buffer.from(latin1, 'latin1'));
}

function textNow(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * A text that stays the same as long as `repository` is what `repositoryOf` would say; undefined where the files that say
 * where HEAD stands are not of the usual kind, so that only git knows.
 */
export function signatureOf({ gitFolder, commonFolder, branch, head }: Repository): string | undefined {
  const shallow = textNow(path.join(commonFolder, 'shallow'));
  const own = textNow(path.join(gitFolder, 'HEAD'));
  // A loose ref wins over a packed one.
  const loose = branch === undefined ? own : textNow(path.join(commonFolder, branch));
  const isPacked = (): boolean =>
    loose === '' && textNow(path.join(commonFolder, 'packed-refs')).includes(`${head} ${branch}\n`);
  if (head === undefined || (loose.trim() !== head && !isPacked())) return undefined;
  return [gitFolder, own, head, shallow].join('\n');
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return '';
  }
}

const objectName = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The object name of the commit that `revision` means; undefined where it means none. */
export async function commitNamed(
  git: Git,
  cwd: string,
  revision: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  // Git would take it for an option, or for several revisions.
  if (revision.startsWith('-') || revision.trim() === '' || /[\0\n]/.test(revision)) return undefined;
  const args = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`];
  // Nothing on standard output and 1: no such revision; 128: it names something that is not there.
  const out = await gitOutput(git, args, { cwd, signal, accepted: [0, 1, 128] });
  const [name = ''] = out.split('\n');
  return objectName.test(name) ? name : undefined;
}

/** What git says of a folder. */
interface Told {
  readonly prefix: string;
  readonly gitFolder: string;
  /** Relative to the folder, or absolute. */
  readonly common: string;
  readonly head: string | undefined;
  readonly tracked: boolean;
}

/** In one question what holds of most repositories; undefined where something is missing. */
async function toldAtOnce(git: Git, cwd: string, signal?: AbortSignal): Promise<Told | undefined> {
  const asked = ['--show-prefix', '--absolute-git-dir', '--git-common-dir', 'HEAD^{commit}', 'HEAD:./'];
  const out = await gitOutput(git, ['rev-parse', ...asked], { cwd, signal }).catch((error: unknown) => {
    if (error instanceof GitFailure) return '';
    throw error;
  });
  const lines = out.split('\n');
  // One line each, unless a name holds a newline.
  if (lines.length !== asked.length + 1) return undefined;
  const [prefix = '', gitFolder = '', common = '', head] = lines.map(decoded);
  return { prefix, gitFolder, common, head, tracked: true };
}

async function toldOneByOne(git: Git, cwd: string, signal?: AbortSignal): Promise<Told> {
  const ask = (name: string): Promise<string> => gitOutput(git, ['rev-parse', name], { cwd, signal });
  // Nothing else fails outside of a working tree.
  await ask('--show-toplevel');
  const asked = ['--show-prefix', '--absolute-git-dir', '--git-common-dir'].map(ask);
  const answers = (await Promise.all(asked)).map((answer) => decoded(answer.slice(0, -1)));
  const [prefix = '', gitFolder = '', common = ''] = answers;
  const head = await commitNamed(git, cwd, 'HEAD', signal);
  const args = ['rev-parse', '--verify', '--quiet', 'HEAD:./'];
  const tree = await gitOutput(git, args, { cwd, signal, accepted: [0, 1, 128] });
  return { prefix, gitFolder, common, head, tracked: objectName.test(tree.trim()) };
}

/** The repository whose working tree holds `folder` (native, links resolved). Rejects with `GitFailure`. */
export async function repositoryOf(git: Git, folder: string, signal?: AbortSignal): Promise<Repository> {
  const told = (await toldAtOnce(git, folder, signal)) ?? (await toldOneByOne(git, folder, signal));
  const { prefix, gitFolder, head, tracked } = told;
  const commonFolder = path.resolve(folder, told.common);
  const [own, shallow] = await Promise.all([
    textOf(path.join(gitFolder, 'HEAD')),
    textOf(path.join(commonFolder, 'shallow')),
  ]);
  return {
    prefix,
    gitFolder,
    commonFolder,
    head,
    branch: /^ref: (refs\/heads\/\S+)\s*$/.exec(own)?.[1],
    tracked,
    boundary: new Set(shallow.split('\n').filter((line) => objectName.test(line))),
  };
}
