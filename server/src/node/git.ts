import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import type { Readable } from 'node:stream';
import type { HistoryGap } from '../project/history.js';

/** Git can't answer: why, in one sentence for people. */
export class GitFailure extends Error {
  constructor(
    readonly kind: Exclude<HistoryGap, 'off'>,
    message: string,
  ) {
    super(message);
  }
}

/** How git is called. */
export interface Git {
  /** Absolute path of the program. */
  readonly program: string;
  /** As `gitEnvironment` makes it. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Milliseconds without a word from git after which it is ended: a configuration may name a file that never ends. */
  readonly patienceMs?: number;
}

export interface GitRun {
  /** The folder it is asked in. */
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  /** Standard input. */
  readonly input?: string | Readable;
  /** Hears standard output piece by piece; `false` ends git, which is then no failure. */
  readonly hear?: (piece: Buffer) => boolean;
  /** Exit statuses that are no failure; 0 when left out. */
  readonly accepted?: readonly number[];
}

/** Settings that win over every configuration: whatever could name a program, or reach for the network. */
const settings = [
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'core.pager=cat',
  'core.untrackedCache=false',
  'core.alternateRefsCommand=',
  'log.showSignature=false',
  'protocol.allow=never',
  'credential.helper=',
  'core.askPass=',
  'gc.auto=0',
  'maintenance.auto=false',
];

/** What git is told in its environment, nothing of which a repository can change. */
const fixedEnvironment = {
  GIT_OPTIONAL_LOCKS: '0',
  // Not line by line: nobody waits for one.
  GIT_FLUSH: '0',
  GIT_NO_LAZY_FETCH: '1',
  // Versions that do not know the line above are not let out either.
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_PROTOCOL_FROM_USER: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_PAGER: 'cat',
  GIT_TRACE2: '0',
  GIT_TRACE2_EVENT: '0',
  GIT_TRACE2_PERF: '0',
  LC_ALL: 'C',
  LANGUAGE: 'C',
};

/** The environment of git: the caller's, without any of git's own variables (GIT_DIR, GIT_EXTERNAL_DIFF, …). */
export function gitEnvironment(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(?:GIT_|SSH_ASKPASS)/i.test(name));
  return { ...Object.fromEntries(kept), ...fixedEnvironment };
}

const usualPatience = 60_000;
const mostErrorText = 4000;

/** Runs one plumbing command: resolves when it has ended well, rejects with `GitFailure`, or with the reason of `signal`. */
export async function runGit(git: Git, args: readonly string[], run: GitRun): Promise<void> {
  run.signal?.throwIfAborted();
  const child = spawn(git.program, ['--no-pager', ...settings.flatMap((one) => ['-c', one]), ...args], {
    cwd: run.cwd,
    env: git.env,
    shell: false,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  let ended: 'enough' | 'silent' | undefined;
  const stop = (why: typeof ended): void => {
    ended ??= why;
    child.kill('SIGKILL');
  };
  const aborted = (): void => void child.kill('SIGKILL');
  run.signal?.addEventListener('abort', aborted, { once: true });
  const patience = setTimeout(() => stop('silent'), git.patienceMs ?? usualPatience);
  child.stdout.on('data', (piece: Buffer) => {
    patience.refresh();
    if (ended === undefined && run.hear?.(piece) === false) stop('enough');
  });
  child.stderr.on('data', (piece: Buffer) => {
    if (complaint.length < mostErrorText) complaint += piece.toString('utf8');
  });
  // Git that ends early reads no further: its exit status tells.
  child.stdin.on('error', () => {});
  if (run.input === undefined || typeof run.input === 'string') child.stdin.end(run.input ?? '');
  else run.input.pipe(child.stdin);
  try {
    const status = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    run.signal?.throwIfAborted();
    if (ended === 'enough') return;
    if (ended === 'silent') throw new GitFailure('failed', 'Git did not answer in time.');
    if (typeof status !== 'number' || !(run.accepted ?? [0]).includes(status)) {
      throw explained(args[0] ?? '', complaint, status);
    }
  } catch (error) {
    if (error instanceof GitFailure || run.signal?.aborted === true) throw error;
    throw unstartable(error);
  } finally {
    clearTimeout(patience);
    run.signal?.removeEventListener('abort', aborted);
  }
}

/** Standard output of a command, whole, byte by byte (latin1). */
export async function gitOutput(
  git: Git,
  args: readonly string[],
  run: Omit<GitRun, 'hear'>,
): Promise<string> {
  const pieces: Buffer[] = [];
  await runGit(git, args, { ...run, hear: (piece) => pieces.push(piece) > 0 });
  return Buffer.concat(pieces).toString('latin1');
}

function unstartable(error: unknown): GitFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOENT' || code === 'EACCES'
    ? new GitFailure('no-git', 'The git program could not be started.')
    : new GitFailure(
        'failed',
        `Git could not be started: ${error instanceof Error ? error.message : String(error)}`,
      );
}

/** What git's complaints mean; the first that fits. */
const meanings: readonly (readonly [RegExp, Exclude<HistoryGap, 'off'>, string])[] = [
  [
    /dubious ownership|unsafe repository/i,
    'failed',
    'Git does not read this repository because it belongs to another user (safe.directory).',
  ],
  [/not a git repository/i, 'no-repository', 'The context lies in no git repository.'],
  [
    /must be run in a work tree|outside repository|cannot chdir|invalid gitfile format/i,
    'no-repository',
    'The context lies in no working tree of a git repository.',
  ],
  [
    /lazy fetching disabled|promisor|could not fetch .* from|transport .* not allowed/i,
    'failed',
    'Objects of the history are not in this clone, and they are not fetched.',
  ],
  [
    /unable to read|missing (?:blob|tree|commit|object)|bad object|could not (?:get|parse|read)|unable to (?:find|parse)|Could not parse|loose object|packfile|corrupt|inflate|no such (?:object|commit)|not a tree object|Failed to traverse|bad tree|cannot read/i,
    'failed',
    'Objects of the repository are missing or broken.',
  ],
  [/bad config|config (?:line|file)/i, 'failed', "Git does not understand the repository's configuration."],
];

function explained(command: string, complaint: string, status: number | string): GitFailure {
  const found = meanings.find(([sign]) => sign.test(complaint));
  if (found !== undefined) return new GitFailure(found[1], found[2]);
  const first = complaint
    .split('\n')
    .map((line) => line.replace(/^(?:fatal|error): /, '').trim())
    .find((line) => line !== '');
  const detail = first === undefined ? `it ended with ${status}` : first;
  return new GitFailure('failed', `git ${command} failed: ${detail.replace(/\.?$/, '.')}`);
}
