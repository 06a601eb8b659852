import type { BuildLog, LogVertex } from './model.js';
import { isObject, type PlainObject, parseObject } from './objects.js';

interface Interval {
  readonly start: number;
  readonly end: number | null;
}

interface Draft {
  name: string;
  readonly digests: Set<string>;
  /** By start: the same work is told of when it starts and when it is over. */
  readonly intervals: Map<number, Interval>;
  error: string;
  contextBytes: number | null;
  /** By digest: one, but for what BuildKit shows as one. */
  readonly parts: Map<string, Part>;
}

interface Part {
  readonly started: boolean;
  readonly completed: boolean;
  readonly cached: boolean;
  /** The work itself (of COPY --link the copy), where others only put it in its place. */
  readonly weak: boolean;
}

function objectsOf(value: unknown): readonly PlainObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function timeOf(value: unknown): number | null {
  // Nanoseconds are more than a date takes.
  const time = typeof value === 'string' ? Date.parse(value.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN;
  if (Number.isNaN(time)) return null;
  const beyond = /\.\d{3}(\d+)/.exec(textOf(value))?.[1];
  return beyond === undefined ? time : time + Number(`0.${beyond}`);
}

/** Where an object begins: in a string its quotes would be escaped. */
const beginning = /\{(?="(?:vertexes|statuses|logs|warnings)":)/;

/**
 * The objects in a text, whatever stands in front of each: most logs have one in a line, that of `docker buildx history`
 * has them all in one. What is no such object is left out.
 */
function objectsIn(text: string): readonly PlainObject[] {
  return text.split('\n').flatMap((line) =>
    line
      .split(beginning)
      .slice(1)
      .flatMap((rest) => {
        const value = parseObject(`{${rest}`);
        return value === undefined ? [] : [value];
      }),
  );
}

interface DraftLog {
  readonly vertices: Map<string, Draft>;
  /** Digest → key in `vertices`: its own, or that of the group it is part of. */
  readonly keys: Map<string, string>;
}

const definition = /internal\] load build definition/;

/**
 * What `--progress=rawjson` printed, one log for each build in it; empty for a text without any. What the same digest is
 * said of is put together, and what BuildKit shows as one (COPY --link) is one. Never throws.
 */
export function parseRawLog(text: string): readonly BuildLog[] {
  const logs: DraftLog[] = [];
  for (const line of objectsIn(text)) {
    for (const vertex of objectsOf(line.vertexes)) {
      if (logs.length === 0 || startsBuild(logs.at(-1), vertex))
        logs.push({ vertices: new Map(), keys: new Map() });
      const log = logs.at(-1);
      if (log !== undefined) readVertex(log, vertex);
    }
    const log = logs.at(-1);
    if (log !== undefined) for (const status of objectsOf(line.statuses)) readStatus(log, status);
  }
  return logs.map(finished);
}

/** A build definition is loaded once for each build (and name, where there are several targets). */
function startsBuild(log: DraftLog | undefined, vertex: PlainObject): boolean {
  const name = textOf(vertex.name);
  if (log === undefined || !definition.test(name) || log.keys.has(textOf(vertex.digest))) return false;
  return [...log.vertices.values()].some((known) => known.name === name && isOver(known));
}

function isOver({ intervals }: Draft): boolean {
  return intervals.size > 0 && [...intervals.values()].every(({ end }) => end !== null);
}

function readVertex(log: DraftLog, vertex: PlainObject): void {
  const digest = textOf(vertex.digest);
  const name = textOf(vertex.name);
  if (digest === '' && name === '') return;
  const group = isObject(vertex.progressGroup) ? vertex.progressGroup : undefined;
  const key = group === undefined ? `${digest} ` : `group ${textOf(group.id)}`;
  log.keys.set(digest, key);
  let draft = log.vertices.get(key);
  if (draft === undefined) {
    draft = {
      name: '',
      digests: new Set(),
      intervals: new Map(),
      error: '',
      contextBytes: null,
      parts: new Map(),
    };
    log.vertices.set(key, draft);
  }
  draft.name = (group === undefined ? '' : textOf(group.name)) || name || draft.name;
  draft.digests.add(digest);
  draft.error = textOf(vertex.error) || draft.error;
  const start = timeOf(vertex.started);
  const end = timeOf(vertex.completed);
  const part = draft.parts.get(digest);
  draft.parts.set(digest, {
    started: start !== null || part?.started === true,
    completed: end !== null || part?.completed === true,
    cached: start === null ? part?.cached === true : vertex.cached === true,
    weak: group?.weak === true,
  });
  if (start !== null) draft.intervals.set(start, { start, end });
}

function readStatus(log: DraftLog, status: PlainObject): void {
  const draft = log.vertices.get(log.keys.get(textOf(status.vertex)) ?? '');
  if (draft === undefined || textOf(status.id) !== 'transferring context:') return;
  const { current } = status;
  if (typeof current === 'number' && current >= 0) draft.contextBytes = current;
}

function finished({ vertices }: DraftLog): BuildLog {
  // What is told of but never started was not needed.
  const drafts = [...vertices.values()]
    .filter(({ intervals, error }) => intervals.size > 0 || error !== '')
    .sort((a, b) => startOf(a) - startOf(b));
  const all = drafts.flatMap(({ intervals }) => [...intervals.values()]);
  const started = all.reduce<number | null>((first, { start }) => Math.min(first ?? start, start), null);
  const ended = all.reduce<number | null>(
    (last, { end }) => (end === null ? last : Math.max(last ?? end, end)),
    null,
  );
  return {
    format: 'rawjson',
    vertices: drafts.map(vertexOf),
    started,
    seconds: started === null || ended === null ? null : Math.round(ended - started) / 1000,
  };
}

function startOf({ intervals }: Draft): number {
  return Math.min(...intervals.keys());
}

function vertexOf(draft: Draft): LogVertex {
  const end = endOf(draft);
  return {
    name: draft.name,
    digests: [...draft.digests],
    end,
    seconds: end === 'done' ? activeSeconds([...draft.intervals.values()]) : null,
    contextBytes: draft.contextBytes,
  };
}

function endOf(draft: Draft): LogVertex['end'] {
  if (draft.error !== '') return /context canceled$/.test(draft.error) ? 'canceled' : 'failed';
  const parts = [...draft.parts.values()].filter(({ started }) => started);
  const work = parts.filter(({ weak }) => weak);
  if ((work.length > 0 ? work : parts).every(({ cached }) => cached)) return 'cached';
  return isOver(draft) && parts.every(({ completed }) => completed) ? 'done' : 'open';
}

/** Length of the union of intervals, seconds. */
function activeSeconds(intervals: readonly Interval[]): number {
  let sum = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    if (end === null || end <= reached) continue;
    sum += end - Math.max(start, reached);
    reached = end;
  }
  return Math.round(sum) / 1000;
}
