import type { MeasuredBuild, MeasuredStep } from '../project/measured.js';

/** Builds kept of one Dockerfile. */
const kept = 20;
/** Milliseconds within which two accounts of a build may say it began. */
const sameStart = 500;

/** The measured builds of the session, by absolute path of the Dockerfile. */
export interface MeasuredBuilds {
  /** The newest first. */
  of(dockerfile: string): readonly MeasuredBuild[];
  /** The same value until something changes. */
  all(): Readonly<Record<string, readonly MeasuredBuild[]>>;
  /** How many of `builds` are new. */
  add(dockerfile: string, builds: readonly MeasuredBuild[]): number;
  forget(dockerfile: string): void;
}

/** Begins with what the client kept. */
export function createMeasured(initial: ReadonlyMap<string, readonly MeasuredBuild[]>): MeasuredBuilds {
  let all: Readonly<Record<string, readonly MeasuredBuild[]>> = Object.fromEntries(initial);
  const of: MeasuredBuilds['of'] = (dockerfile) => all[dockerfile] ?? [];
  return {
    of,
    all: () => all,
    add(dockerfile, builds) {
      let list = of(dockerfile);
      let added = 0;
      for (const build of builds) {
        if (list.some((known) => isSame(known, build))) continue;
        list = placed(list, build);
        added++;
      }
      if (added > 0) all = { ...all, [dockerfile]: list.slice(0, kept) };
      return added;
    },
    forget(dockerfile) {
      const { [dockerfile]: _, ...others } = all;
      all = others;
    },
  };
}

function startOf({ started }: MeasuredBuild): number | undefined {
  return started === null ? undefined : Date.parse(started);
}

/** Whether two accounts, perhaps one of our own and one of the builder's, are of the same build. */
function isSame(a: MeasuredBuild, b: MeasuredBuild): boolean {
  if (a.id === b.id) return true;
  const [from, to] = [startOf(a), startOf(b)];
  if (from === undefined || to === undefined || Math.abs(from - to) > sameStart) return false;
  const steps = ({ steps: all }: MeasuredBuild): string =>
    JSON.stringify(all.map(({ stage, index, platform, cached }) => [stage, index, platform, cached]).sort());
  return steps(a) === steps(b);
}

/** A build without a date counts as the newest: somebody has just brought it. */
function placed(list: readonly MeasuredBuild[], build: MeasuredBuild): readonly MeasuredBuild[] {
  const start = startOf(build);
  if (start === undefined) return [build, ...list];
  const older = list.map((other) => {
    const its = startOf(other);
    return its !== undefined && its < start;
  });
  const newest = list.every((other, i) => older[i] === true || startOf(other) === undefined);
  const first = older.indexOf(true);
  const at = newest ? 0 : first < 0 ? list.length : first;
  return [...list.slice(0, at), build, ...list.slice(at)];
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

function objectOf<T>(checks: { readonly [K in keyof T]-?: Check }): Check {
  const all = Object.entries<Check>(checks);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    all.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

const isStep = objectOf<MeasuredStep>({
  ...{ stage: orNull(isText), index: isNumber, of: isNumber, platform: orNull(isText), name: isText },
  ...{ seconds: orNull(isNumber), cached: isFlag, line: orNull(isNumber) },
});

const isBuild = objectOf<MeasuredBuild>({
  ...{ id: isText, origin: isText, complete: isFlag, seconds: orNull(isNumber), steps: listOf(isStep) },
  started: orNull((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))),
  format: (value) => value === 'plain' || value === 'rawjson',
  others: listOf(objectOf<MeasuredBuild['others'][number]>({ name: isText, seconds: isNumber })),
  contextBytes: orNull(isNumber),
});

/** The builds that a client kept; what is none counts as not given. */
export function readMeasured(value: unknown): readonly MeasuredBuild[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter((one): one is MeasuredBuild => isBuild(one)).slice(0, kept);
}
