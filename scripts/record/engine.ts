import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Outcome } from './case.js';
import { emptyShell } from './shell.js';

/* A BuildKit, whichever `docker buildx` reaches, and what it says about the transfer of a context. */

export interface BuildRequest {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string | undefined;
  readonly args?: Readonly<Record<string, string>> | undefined;
  /** Named contexts, as `--build-context` takes them. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** Permissions hold, even for root. */
  readonly bound?: boolean;
  /** Further options. */
  readonly options?: readonly string[];
}

export interface BuildResult extends Outcome {
  /** All that was printed, where the build failed. */
  readonly log: string;
}

export interface Finished {
  readonly code: number | null;
  /** What was written to stderr. */
  readonly output: string;
  readonly stdout: string;
}

/** Starts a program that may read only what the modes of files allow. */
const boundBy = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all'];

/** Runs `docker` and gives what it wrote. Rejects where it can't be started. */
export function runDocker(
  args: readonly string[],
  {
    bound = false,
    env = {},
  }: { readonly bound?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  const [command = 'docker', ...rest] = [...(bound ? boundBy : []), 'docker', ...args];
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env } };
    const child = spawn(command, rest, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const [errors, printed]: [Buffer[], Buffer[]] = [[], []];
    child.stderr.on('data', (part: Buffer) => errors.push(part));
    child.stdout.on('data', (part: Buffer) => printed.push(part));
    const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output: text(errors), stdout: text(printed) }));
  });
}

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** What docker printed, without what colours a terminal's text. */
export function withoutColours(output: string): string {
  return output.replaceAll(COLOUR, '');
}

/** Why no build can be made here, as one line; undefined where one can. */
export async function noEngine(): Promise<string | undefined> {
  const hint = 'no BuildKit is reachable through `docker buildx`';
  try {
    const { code, output } = await runDocker(['buildx', 'inspect', '--bootstrap']);
    return code === 0 ? undefined : `${hint}: ${output.trim().split('\n').at(-1)}`;
  } catch {
    return `${hint}: there is no \`docker\` on the PATH`;
  }
}

/** The last line of `--progress=rawjson`, as far as it is read here. */
interface Progress {
  readonly vertexes?: readonly {
    readonly digest: string;
    readonly name: string;
    readonly error?: string;
  }[];
  readonly statuses?: readonly {
    readonly id: string;
    readonly vertex: string;
    readonly current: number;
    readonly completed?: string;
  }[];
}

function progressOf(output: string): readonly Progress[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    return [JSON.parse(line) as Progress];
  });
}

/** The transfers of the steps of one name, and whether all of them came to their end. */
function transfersOf(lines: readonly Progress[], name: string): Outcome & { readonly started: boolean } {
  const steps = lines.flatMap(({ vertexes = [] }) => vertexes).filter((vertex) => vertex.name === name);
  const digests = new Set(steps.map(({ digest }) => digest));
  const last = lines
    .flatMap(({ statuses = [] }) => statuses)
    .findLast(({ id, vertex }) => id === 'transferring context:' && digests.has(vertex));
  const whole = last?.completed !== undefined && steps.every(({ error }) => error === undefined);
  return {
    started: steps.length > 0,
    contextLoaded: last !== undefined,
    wireBytes: whole ? last.current : null,
  };
}

/** What a log of `--progress=rawjson` says: the transfers of `.dockerignore` and of named contexts are others. */
export function readProgress(output: string, failed: boolean): Outcome {
  const lines = progressOf(output);
  const own = transfersOf(lines, '[internal] load build context');
  // Where all that is needed is the ignore file and nothing is ignored, the two are one transfer.
  const shared = own.started && !own.contextLoaded && !failed;
  const { contextLoaded, wireBytes } = shared ? transfersOf(lines, '[internal] load .dockerignore') : own;
  return { contextLoaded, wireBytes, ...(failed ? { error: errorOf(output) } : {}) };
}

/** What the client says at the end, without what is another each time: refs, folders. */
function errorOf(output: string): string {
  const lines = output.trim().split('\n');
  const line = lines.findLast((l) => l.startsWith('ERROR: ')) ?? lines.at(-1) ?? 'failed';
  return line
    .replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, '')
    .replace(/ of ref [\w:]+/, '')
    .replace(/\/[^\s"]*\/plimsoll-(?:record|corpus|base)-\w+\/\w+\//g, '')
    .replace(/\/[^\s"]*\/(?:snapshots\/\d+\/fs|cachemounts\/\w+|buildkit-mount\d+)\//g, '/');
}

/** Builds once and tells what was transferred. Rejects only where `docker` can't be started. */
export async function build(request: BuildRequest): Promise<BuildResult> {
  const flag = (name: string, values: Readonly<Record<string, string>> = {}): string[] =>
    Object.entries(values).flatMap(([key, value]) => [name, `${key}=${value}`]);
  const { code, output } = await runDocker(
    [
      // A step that is in the cache does not fail, whatever is missing.
      ...['buildx', 'build', '--progress=rawjson', '--provenance=false', '--no-cache'],
      ...['-f', request.dockerfile],
      ...(request.target === undefined ? [] : ['--target', request.target]),
      ...flag('--build-arg', request.args),
      ...flag('--build-context', request.contexts),
      ...(request.options ?? []),
      request.context,
    ],
    request.bound === true ? { bound: true } : {},
  );
  return { ...readProgress(output, code !== 0), log: code === 0 ? '' : output };
}

/** An image that needs no registry: it holds `/bin/sh`, which does nothing and succeeds. */
export interface Base {
  /** What `--build-context base=` takes. */
  readonly reference: string;
  remove(): Promise<void>;
}

/**
 * Makes that image. A RUN in a stage from scratch fails before the context is asked for, or while it is transferred, so
 * stages that RUN something are `FROM base`.
 */
export async function makeBase(): Promise<Base> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-base-'));
  const context = path.join(folder, 'context');
  await mkdir(context);
  await writeFile(path.join(context, 'sh'), emptyShell(process.arch), { mode: 0o755 });
  await writeFile(path.join(context, 'Dockerfile'), 'FROM scratch\nCOPY sh /bin/sh\nCOPY sh /bin/true\n');
  const layout = path.join(folder, 'image');
  const metadata = path.join(folder, 'metadata.json');
  const made = await build({
    context,
    dockerfile: path.join(context, 'Dockerfile'),
    options: ['--output', `type=oci,tar=false,dest=${layout}`, '--metadata-file', metadata],
  });
  if (made.error !== undefined) throw new Error(`the base image can't be made: ${made.error}`);
  const { 'containerimage.digest': digest } = JSON.parse(readFileSync(metadata, 'utf8')) as Record<
    string,
    string
  >;
  return {
    reference: `oci-layout://${layout}@${digest}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
