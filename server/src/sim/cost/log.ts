import type { MeasuredBuild, MeasuredStep } from '../../project/measured.js';
import type { BuildLog, LogVertex } from '../../syntax/buildlog/model.js';
import { parsePlainLog } from '../../syntax/buildlog/plain.js';
import { parseRawLog } from '../../syntax/buildlog/rawjson.js';
import { hashText } from '../../text/hash.js';
import { addressOf, type StepAddress, targetsOf, type VertexAddress } from './stepname.js';

/** What could be read of a text: at least one build with a step, or one sentence why there is none. */
export type BuildLogReading =
  | {
      /** One for each build in the text, and for each target of one that built several; the last build first. */
      readonly builds: readonly MeasuredBuild[];
      /** What limits them, one sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly problem: string };

/** Line of the Dockerfile, 0-based, for the digest of a vertex, where provenance says it. */
export type LineOfDigest = (digest: string) => number | undefined;

/** What is no more than noise of other steps is left out: seconds. */
const leastOther = 0.05;

/**
 * The builds in a log of `--progress=plain` or `--progress=rawjson`; `name` says what was read, for people: `build.log`.
 * Never throws, whatever the text.
 */
export function readBuildLog(
  text: string,
  name: string,
  lineOf: LineOfDigest = () => undefined,
): BuildLogReading {
  const raw = parseRawLog(text);
  const logs = raw.length > 0 ? raw : parsePlainLog(text);
  const id = hashText(text);
  const read = logs
    .map((log, i) => ({ log, builds: buildsOf(log, name, i === 0 ? id : `${id}-${i + 1}`, lineOf) }))
    // The start of a builder is no build.
    .filter(({ builds }) => builds.length > 0);
  const builds = read.flatMap((one) => one.builds).reverse();
  if (builds.length === 0) return { problem: problemOf(text, name, logs.length > 0) };
  const used = read.map(({ log }) => log);
  return { builds, notes: notesOf(used, builds, name) };
}

function problemOf(text: string, name: string, isLog: boolean): string {
  if (text.trim() === '') return `${name} is empty.`;
  if (isLog) return `${name} is a build log without a step of a Dockerfile.`;
  if (/^ ?=> (?:CACHED |ERROR )?\[/m.test(text) || /\[\+\] Building \d/.test(text))
    return `${name} holds the progress display for terminals: build with --progress=plain (or rawjson) instead.`;
  if (/^Step \d+\/\d+ : /m.test(text))
    return `${name} is a log of the legacy builder, which does not say how long its steps take.`;
  return `${name} is no build log: build with --progress=plain or --progress=rawjson, and keep what is printed on standard error.`;
}

function notesOf(
  logs: readonly BuildLog[],
  builds: readonly MeasuredBuild[],
  name: string,
): readonly string[] {
  const notes: string[] = [];
  if (logs.length > 1) notes.push(`${name} holds ${logs.length} builds: each is used by itself.`);
  if (logs.some(({ vertices }) => vertices.some(({ end }) => end === 'failed')))
    notes.push(`A build in ${name} failed: the steps that ended before are used.`);
  else if (builds.some(({ complete }) => !complete))
    notes.push(`${name} ends before the build does: the steps that ended are used.`);
  return notes;
}

/** A step while its vertices are put together. */
interface Gathered {
  readonly address: StepAddress;
  readonly vertices: LogVertex[];
}

interface Vertex extends LogVertex {
  readonly address: VertexAddress;
}

/** The builds of one log: one, or one for each of several targets; without those of which it has no step. */
function buildsOf(log: BuildLog, name: string, id: string, lineOf: LineOfDigest): readonly MeasuredBuild[] {
  const targets = targetsOf(log.vertices.map((vertex) => vertex.name));
  const vertices = log.vertices.map(
    (vertex): Vertex => ({ ...vertex, address: addressOf(vertex.name, targets) }),
  );
  const common = {
    started: log.started === null ? null : new Date(log.started).toISOString(),
    format: log.format,
    seconds: log.seconds,
  };
  const all = { ...common, id, origin: name, ...partsOf(vertices, lineOf) };
  if (targets.size < 2) return all.steps.length > 0 ? [all] : [];
  return [...targets].flatMap((target) => {
    const own = partsOf(
      vertices.filter(({ address }) => address.target === target),
      lineOf,
    );
    return own.steps.length > 0
      ? [{ ...common, id: `${id}-${target}`, origin: `${name} (${target})`, ...own }]
      : [];
  });
}

function partsOf(
  vertices: readonly Vertex[],
  lineOf: LineOfDigest,
): Pick<MeasuredBuild, 'complete' | 'steps' | 'others' | 'contextBytes'> {
  const steps = new Map<string, Gathered>();
  const others: { readonly name: string; readonly seconds: number }[] = [];
  for (const vertex of vertices) {
    const { address, seconds } = vertex;
    if (address.kind === 'other') {
      if (seconds !== null && seconds >= leastOther) others.push({ name: address.text, seconds });
      continue;
    }
    const key = JSON.stringify(address);
    const known = steps.get(key);
    // An ADD of an address is two vertices of one name.
    if (known === undefined) steps.set(key, { address, vertices: [vertex] });
    else known.vertices.push(vertex);
  }
  return {
    complete: isComplete(vertices, [...steps.values()]),
    steps: [...steps.values()].map((step) => stepOf(step, lineOf)),
    others,
    contextBytes: lastOf(vertices.map(({ contextBytes }) => contextBytes)),
  };
}

function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function stepOf({ address, vertices }: Gathered, lineOf: LineOfDigest): MeasuredStep {
  const ran = vertices.filter(({ seconds }) => seconds !== null);
  const lines = vertices.flatMap(({ digests }) => digests.flatMap((digest) => lineOf(digest) ?? []));
  const ended = vertices.every(({ end }) => end === 'done' || end === 'cached');
  return {
    stage: address.stage,
    index: address.index,
    of: address.of,
    platform: address.platform,
    name: address.text,
    seconds: ended && ran.length > 0 ? ran.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) : null,
    cached: vertices.every(({ end }) => end === 'cached'),
    line: lines[0] ?? null,
  };
}

/**
 * Whether a build is seen to its end: nothing failed or is still open, and it was exported or every stage that was begun
 * came to its last step. A plain log has no other end.
 */
function isComplete(vertices: readonly LogVertex[], steps: readonly Gathered[]): boolean {
  if (vertices.some(({ end }) => end === 'failed' || end === 'open')) return false;
  if (vertices.some(({ name, end }) => / ?exporting to |^exporting /.test(name) && end === 'done'))
    return true;
  const stages = new Map<string, boolean>();
  for (const { address } of steps) {
    const stage = `${address.platform} ${address.stage}`;
    stages.set(stage, stages.get(stage) === true || address.index >= address.of);
  }
  return [...stages.values()].every((ended) => ended);
}
