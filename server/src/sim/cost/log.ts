import type { MeasuredBuild, MeasuredStep } from '../../project/measured.js';
import type { BuildLog, LogVertex } from '../../syntax/buildlog/model.js';
import { parsePlainLog } from '../../syntax/buildlog/plain.js';
import { parseRawLog } from '../../syntax/buildlog/rawjson.js';
import { hashText } from '../../text/hash.js';
import { addressOf, type StepAddress, targetsOf } from './stepname.js';

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
  const builds = logs.flatMap((log, i) => buildsOf(log, name, i === 0 ? id : `${id}-${i + 1}`, lineOf));
  const usable = builds.filter(({ steps }) => steps.length > 0).reverse();
  if (usable.length === 0) return { problem: problemOf(text, name, logs.length > 0) };
  return { builds: usable, notes: notesOf(logs, usable, name) };
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

function buildsOf(log: BuildLog, name: string, id: string, lineOf: LineOfDigest): readonly MeasuredBuild[] {
  const targets = targetsOf(log.vertices.map((vertex) => vertex.name));
  const steps = new Map<string, Gathered>();
  const others: { target: string | null; name: string; seconds: number }[] = [];
  for (const vertex of log.vertices) {
    const address = addressOf(vertex.name, targets);
    if (address.kind !== 'step') {
      if (vertex.seconds !== null && vertex.seconds >= leastOther)
        others.push({ target: address.target, name: address.text, seconds: vertex.seconds });
      continue;
    }
    const key = JSON.stringify(address);
    const known = steps.get(key);
    // An ADD of an address is two vertices of one name.
    if (known === undefined) steps.set(key, { address, vertices: [vertex] });
    else known.vertices.push(vertex);
  }
  const names = targets.size > 1 ? [...targets] : [null];
  return names.map((target): MeasuredBuild => {
    const own = [...steps.values()].filter(({ address }) => target === null || address.target === target);
    const vertices = log.vertices.filter(
      (vertex) => target === null || addressOf(vertex.name, targets).target === target,
    );
    return {
      id: target === null ? id : `${id}-${target}`,
      started: log.started === null ? null : new Date(log.started).toISOString(),
      origin: target === null ? name : `${name} (${target})`,
      format: log.format,
      complete: isComplete(vertices, own),
      seconds: log.seconds,
      steps: own.map((step) => stepOf(step, lineOf)),
      others: others
        .filter((other) => target === null || other.target === target)
        .map((other) => ({ name: other.name, seconds: other.seconds })),
      contextBytes: lastOf(vertices.map(({ contextBytes }) => contextBytes)),
    };
  });
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
