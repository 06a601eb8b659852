import { changeTo } from '../../fixes/ignorefile/edit.js';
import { generateIgnore } from '../../fixes/ignorefile/generate.js';
import { savedBy } from '../../fixes/ignorefile/impact.js';
import { inputOf } from '../../fixes/ignorefile/input.js';
import { ignoresNothing } from '../../fixes/ignorefile/junk.js';
import type { GeneratedIgnore, IgnoreInput } from '../../fixes/ignorefile/model.js';
import { broadFolder } from '../../fixes/ignorefile/sharing.js';
import { contextView } from '../../project/context.js';
import { type ContextMeasure, type PathMeasure, sumOf } from '../../project/measure.js';
import { entryNamed } from '../../project/snapshot.js';
import type { ContextUse } from '../../sim/context/model.js';
import { contextQuery } from '../../sim/context/query.js';
import { bytesText } from '../../text/bytes.js';
import { baseName, dirName, isInside } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type RuleFinding } from '../rule.js';

/** Paths named in the message. */
const mostNamed = 3;
/** A path that holds less than this part of what is sent explains nothing. */
const leastPart = 0.05;

/** Whether what is taken may be so large: files by their sizes, anything else may. */
function mayExceed({ snapshot, build, needs }: IgnoreInput, bytes: number): boolean {
  const view = contextView(snapshot, build);
  if (view === undefined) return false;
  let sum = 0;
  for (const { query } of needs.uses.flatMap(({ sources }) => sources)) {
    const file = view.kindOf(query.path) === 'file' && broadFolder(query.path) === query.path;
    if (!file) return true;
    const entries = view.entries(query.path.includes('/') ? dirName(query.path) : '.');
    const size = entryNamed(entries, baseName(query.path))?.size;
    if (size === undefined) return true;
    sum += size;
  }
  return sum >= bytes;
}

interface Taker {
  readonly use: ContextUse;
  readonly bytes: number;
}

function takersOf({ needs }: IgnoreInput, measure: ContextMeasure): readonly Taker[] {
  let source = 0;
  const takers = needs.uses.map((use): Taker => {
    const own = measure.sources.slice(source, source + use.sources.length);
    source += use.sources.length;
    return { use, bytes: sumOf(own).bytes };
  });
  return takers.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
}

/** The largest paths of which none holds another. A folder gives way to a part of it that is nearly all of it. */
function offenders({ largest, sent }: ContextMeasure): readonly PathMeasure[] {
  const chosen: PathMeasure[] = [];
  for (const path of largest) {
    if (path.bytes < sent.bytes * leastPart) continue;
    const within = largest.find(
      (p) => p !== path && isInside(path.path, p.path) && p.bytes > path.bytes * 0.9,
    );
    if (within !== undefined || chosen.some((c) => isInside(c.path, path.path))) continue;
    chosen.push(path);
  }
  return chosen.slice(0, mostNamed);
}

function messageOf(measure: ContextMeasure): string {
  const named = offenders(measure).map(({ path, bytes }) => `${path} (${bytesText(bytes)})`);
  const list = named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  const size = bytesText(measure.sent.wireBytes);
  return named.length === 0
    ? `This build sends ${size} of its context.`
    : `This build sends ${size} of its context; the most is in ${list}.`;
}

/** Additions to the ignore file that bring the context below the threshold; a smaller gain would leave the finding. */
function additions(input: IgnoreInput, below: number): GeneratedIgnore | undefined {
  // A file that is missing is a finding of its own, with its own fix.
  if (ignoresNothing(input)) return undefined;
  const generated = generateIgnore(input);
  return 'refused' in generated || generated.after.wireBytes >= below ? undefined : generated;
}

function* findings(context: DockerfileContext): Generator<RuleFinding> {
  const input = inputOf(context);
  const { noteAbove, warnAbove } = context.thresholds;
  // Whoever sets only the warning, and below the default of the note, wants the warning.
  const above = Math.min(noteAbove, warnAbove);
  if (input.build.git === true || !input.needs.loaded || !mayExceed(input, above)) return;
  const query = contextQuery(input.snapshot, input.build, input.needs);
  const measure = query === undefined ? undefined : input.snapshot.measure(query);
  if (measure === undefined || measure.sent.wireBytes < above) return;
  const [most, ...others] = takersOf(input, measure);
  if (most === undefined) return;
  const generated = additions(input, above);
  yield {
    at: most.use.instruction.span,
    severity: measure.sent.wireBytes >= warnAbove ? 'warning' : 'information',
    message: messageOf(measure),
    related: others
      .filter(({ use, bytes }) => use.instruction !== most.use.instruction && bytes >= most.bytes * leastPart)
      .map(({ use, bytes }) => ({ at: use.instruction.span, message: `This takes ${bytesText(bytes)}.` })),
    impact: generated === undefined ? null : savedBy(generated),
    fixes:
      generated === undefined
        ? []
        : [
            {
              title: generated.title,
              applicability: 'unsafe',
              changes: () => [changeTo(input.snapshot, generated.path, generated.text)],
            },
          ],
  };
}

/** What a build sends is large: every first build, every new builder and every CI run waits for it. */
export default dockerfileRule(
  {
    id: 'large-context',
    severity: ['warning', 'information'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A build sends more than 100 MB (a warning from 500 MB on) of its context.',
  },
  findings,
);
