import { realpath } from 'node:fs/promises';
import { joinPath } from '../text/paths.js';
import { createBuildOutput } from './dockeroutput.js';
import { fromCorePath, toCorePath } from './fs.js';
import { type ProgramEnd, runProgram } from './program.js';

/** Builds of the builder's history that are looked at, the newest first, and that are read. */
const lookedAt = 50;
const readAtMost = 20;

/** A build to run. */
export interface DockerBuild {
  readonly program: string;
  /** Core path of the folder it is run in. */
  readonly folder: string;
  /** What follows `docker build` and the options that measuring needs. */
  readonly args: readonly string[];
  /** Hears the name of each step as it begins. */
  readonly step: (name: string) => void;
}

export interface DockerBuilt {
  readonly outcome: 'done' | 'failed' | 'cancelled';
  /** What docker said of the steps, as far as it got; empty where it did not begin. */
  readonly log: string;
  /** What went wrong or has to be known, one sentence each. */
  readonly notes: readonly string[];
}

/** Whose builds are wanted. Core paths. */
export interface HistoryWish {
  readonly program: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly progress: (done: number, of: number) => void;
}

/** One build of the builder's history. */
export interface PastBuild {
  readonly ref: string;
  /** Its log in the form of `--progress=rawjson`. */
  readonly log: string;
  /** SLSA provenance with the lines of the steps, JSON; null where there is none. */
  readonly provenance: string | null;
}

export interface DockerHistory {
  /** The newest first. */
  readonly builds: readonly PastBuild[];
  readonly notes: readonly string[];
}

/** Docker as a person's request runs it; nothing else does. Nothing rejects: what goes wrong is a note. */
export interface Docker {
  build(wish: DockerBuild, signal: AbortSignal): Promise<DockerBuilt>;
  history(wish: HistoryWish, signal: AbortSignal): Promise<DockerHistory>;
}

/** The options that measuring wants; what a docker refuses is left out. */
interface Options {
  readonly rawjson: boolean;
  readonly discard: boolean;
}

/** The options as written: `--output type=cacheonly` leaves no image behind. */
export function measuringOptions({ rawjson, discard }: Options = wanted): readonly string[] {
  return [`--progress=${rawjson ? 'rawjson' : 'plain'}`, ...(discard ? ['--output', 'type=cacheonly'] : [])];
}

const wanted: Options = { rawjson: true, discard: true };

/** The real docker. */
export function createDocker(): Docker {
  return { build, history };
}

const imageKept =
  'This docker cannot build without keeping the image: it is kept without a name (docker image prune removes it).';

async function build(wish: DockerBuild, signal: AbortSignal): Promise<DockerBuilt> {
  let options = wanted;
  for (;;) {
    const output = createBuildOutput(wish.step);
    const end = await runProgram(
      {
        program: wish.program,
        folder: wish.folder,
        args: ['build', ...measuringOptions(options), ...wish.args],
        // Only BuildKit tells times; a docker that has another builder too would take that one.
        environment: { DOCKER_BUILDKIT: '1' },
        line: output.line,
      },
      signal,
    );
    if (end.kind === 'cancelled') return { outcome: 'cancelled', log: '', notes: [] };
    if (end.kind === 'missing') return { outcome: 'failed', log: '', notes: [noProgram(wish.program)] };
    const kept = options.discard ? [] : [imageKept];
    if (end.code === 0) return { outcome: 'done', log: output.log(), notes: kept };
    const less = output.reached() ? undefined : withoutRefused(options, output.lastWord());
    if (less === undefined) {
      const problem = output.problem() ?? (output.lastWord() || `docker ended with code ${end.code}`);
      return { outcome: 'failed', log: output.log(), notes: [`The build failed: ${sentence(problem)}`] };
    }
    options = less;
  }
}

/** The options without the one that docker complains of; undefined where it complains of something else. */
function withoutRefused(options: Options, complaint: string): Options | undefined {
  if (options.rawjson && /progress|rawjson/i.test(complaint)) return { ...options, rawjson: false };
  if (options.discard && /cacheonly|exporter|output/i.test(complaint)) return { ...options, discard: false };
  return undefined;
}

function noProgram(program: string): string {
  return `There is no program "${program}" to run; the setting plimsoll.docker.path says which docker is used.`;
}

/** One line that ends in a full stop. */
function sentence(text: string): string {
  const line = text.replace(/^(?:ERROR: |failed to build: |failed to solve: )+/, '').trim();
  const short = line.length > 400 ? `${line.slice(0, 400)} …` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

interface Answer {
  readonly end: ProgramEnd;
  readonly stdout: string;
  readonly stderr: string;
}

async function ask(wish: HistoryWish, args: readonly string[], signal: AbortSignal): Promise<Answer> {
  const said = { stdout: [] as string[], stderr: [] as string[] };
  const { program, context: folder } = wish;
  const end = await runProgram(
    { program, folder, args: ['buildx', 'history', ...args], line: (text, from) => said[from].push(text) },
    signal,
  );
  return { end, stdout: said.stdout.join('\n'), stderr: said.stderr.join('\n') };
}

function succeeded({ end }: Answer): boolean {
  return end.kind === 'ended' && end.code === 0;
}

async function history(wish: HistoryWish, signal: AbortSignal): Promise<DockerHistory> {
  const listed = await ask(wish, ['ls', '--format', 'json'], signal);
  if (!succeeded(listed)) return { builds: [], notes: whyNot(wish, listed) };
  const refs = endedRefs(listed.stdout).slice(0, lookedAt);
  const builds: PastBuild[] = [];
  const notes: string[] = [];
  for (const [i, ref] of refs.entries()) {
    if (signal.aborted || builds.length >= readAtMost) break;
    wish.progress(i, refs.length);
    if (!(await isOfWish(wish, ref, signal))) continue;
    const logs = await ask(wish, ['logs', ref, '--progress', 'rawjson'], signal);
    if (!succeeded(logs)) {
      notes.push(`The log of build ${ref} could not be read: ${sentence(lastLine(logs.stderr))}`);
      continue;
    }
    const type = 'https://slsa.dev/provenance/v1';
    const attached = await ask(wish, ['inspect', 'attachment', '--type', type, ref], signal);
    const log = logs.stderr.includes('"vertexes"') ? logs.stderr : logs.stdout;
    builds.push({ ref, log, provenance: succeeded(attached) ? attached.stdout : null });
  }
  if (signal.aborted) return { builds: [], notes: [] };
  const none =
    builds.length > 0 || notes.length > 0
      ? []
      : [`None of the last ${refs.length} builds that the builder remembers is one of this Dockerfile.`];
  return { builds, notes: [...notes, ...none] };
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => line.startsWith('ERROR: ')) ?? lines.at(-1) ?? 'docker said nothing').trim();
}

function whyNot({ program }: HistoryWish, { end, stderr, stdout }: Answer): readonly string[] {
  if (end.kind === 'cancelled') return [];
  if (end.kind === 'missing') return [noProgram(program)];
  const unknown = /unknown command|is not a docker command|unknown flag|Usage:/i.test(stderr);
  return unknown
    ? ['This docker keeps no history of builds that can be read (docker buildx history is missing).']
    : [`The history of builds could not be read: ${sentence(lastLine(stderr || stdout))}`];
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** References of the builds that have ended, the newest first, as `history ls` prints them: one JSON object a line. */
function endedRefs(listing: string): readonly string[] {
  return listing
    .split('\n')
    .map(parsed)
    .filter(({ completed_at }) => typeof completed_at === 'string')
    .sort((a, b) => String(b.created_at).localeCompare(String(a.created_at)))
    .flatMap(({ ref }) =>
      typeof ref === 'string' && /^[\w./-]+$/.test(ref) ? [ref.replace(/^.*\//, '')] : [],
    )
    .filter((ref) => !ref.startsWith('-'));
}

/** Whether a build of the history was one of the wanted Dockerfile in the wanted context. */
async function isOfWish(wish: HistoryWish, ref: string, signal: AbortSignal): Promise<boolean> {
  const { Context, Dockerfile } = parsed(
    (await ask(wish, ['inspect', ref, '--format', 'json'], signal)).stdout,
  );
  if (typeof Context !== 'string' || typeof Dockerfile !== 'string') return false;
  if (/^[a-z]+:\/\//i.test(Context)) return false;
  // As buildx writes them: the context from the folder it runs in, the Dockerfile from the context.
  const context = joinPath(wish.context, toCorePath(Context));
  const dockerfile = joinPath(context, toCorePath(Dockerfile));
  return (await samePlace(context, wish.context)) && (await samePlace(dockerfile, wish.dockerfile));
}

async function samePlace(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map(realPath));
  return one === other;
}

function realPath(path: string): Promise<string> {
  return realpath(fromCorePath(path)).catch(() => path);
}
