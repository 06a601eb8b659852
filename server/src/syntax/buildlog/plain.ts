import { type CleanLine, cleanLines } from './lines.js';
import type { BuildLog, LogVertex } from './model.js';

/** A vertex while the log is read. */
interface Draft {
  name: string;
  digests: string[];
  end: LogVertex['end'];
  seconds: number | null;
  contextBytes: number | null;
}

interface DraftLog {
  readonly vertices: Map<number, Draft>;
  first: number | null;
  last: number | null;
}

const done = /^DONE(?: (\d+(?:\.\d+)?)s)?$/;
const digestLine = /^sha256:[0-9a-f]{64}$/;
/** What stands under the name of a vertex: output (which begins with seconds), transfers, pulls, warnings. */
const underName =
  /^(?:\d+\.\d+ |\d+\.\d+$|\.\.\.$|sha256:|transferring |extracting |resolve (?!image config)|resolving |exporting (?:layers|manifest|config|attestation|cache)|pushing |writing |naming |unpacking |sending |preparing |inferred |WARN: |done\b)/;
const transferred = /^transferring context:\s+(\d+(?:\.\d+)?)\s?([kMGT]?i?B)\b/;

const units: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/**
 * What `--progress=plain` printed, also with time stamps and other words in front of each line, colours, and lines of other
 * programs in between; one log for each build in it. Empty for a text without any. Never throws.
 */
export function parsePlainLog(text: string): readonly BuildLog[] {
  const logs: DraftLog[] = [];
  for (const line of cleanLines(text)) {
    let log = logs.at(-1);
    if (log === undefined || startsBuild(log, line)) {
      log = { vertices: new Map(), first: null, last: null };
      logs.push(log);
    }
    log.first ??= line.time;
    log.last = line.time ?? log.last;
    if (line.vertex > 0) readLine(log, line);
  }
  return logs.map(finished).filter(({ vertices }) => vertices.some(({ name }) => name !== ''));
}

/** Whether the line is the first of another build: numbers begin again. */
function startsBuild(log: DraftLog, { vertex, rest }: CleanLine): boolean {
  if (vertex === 0) return log.vertices.size > 0;
  const known = log.vertices.get(vertex);
  if (known === undefined || known.end === 'open' || known.name === '') return false;
  if (underName.test(rest) || isEnd(rest)) return false;
  return known.name === rest ? vertex === 1 && log.vertices.size > 1 : rest.startsWith('[');
}

function isEnd(rest: string): boolean {
  return rest === 'CACHED' || rest === 'CANCELED' || rest.startsWith('ERROR: ') || done.test(rest);
}

function readLine(log: DraftLog, { vertex: number, rest }: CleanLine): void {
  let vertex = log.vertices.get(number);
  if (vertex === undefined) {
    vertex = { name: '', digests: [], end: 'open', seconds: null, contextBytes: null };
    log.vertices.set(number, vertex);
  }
  const seconds = done.exec(rest);
  if (seconds !== null) {
    vertex.end = 'done';
    vertex.seconds = seconds[1] === undefined ? null : Number(seconds[1]);
  } else if (rest === 'CACHED') vertex.end = 'cached';
  else if (rest === 'CANCELED') vertex.end = 'canceled';
  else if (rest.startsWith('ERROR: ')) vertex.end = 'failed';
  else if (digestLine.test(rest)) vertex.digests.push(rest);
  else if (underName.test(rest)) readStatus(vertex, rest);
  else if (vertex.name === '' || (rest.startsWith('[') && !vertex.name.startsWith('['))) vertex.name = rest;
  else if (vertex.name === rest) {
    // It goes on, or runs after its key was looked for.
    vertex.end = 'open';
  }
}

function readStatus(vertex: Draft, rest: string): void {
  const match = transferred.exec(rest);
  if (match === null) return;
  const unit = units[match[2] ?? ''];
  if (unit !== undefined) vertex.contextBytes = Math.round(Number(match[1]) * unit);
}

function finished({ vertices, first, last }: DraftLog): BuildLog {
  return {
    format: 'plain',
    vertices: [...vertices.values()].map((vertex) => ({
      ...vertex,
      seconds: vertex.end === 'done' ? vertex.seconds : null,
    })),
    started: first,
    seconds: first === null || last === null || last < first ? null : (last - first) / 1000,
  };
}
