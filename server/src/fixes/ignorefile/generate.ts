import type { ContextMeasure, ContextQuery } from '../../project/measure.js';
import { contextQuery } from '../../sim/context/query.js';
import { bytesText } from '../../text/bytes.js';
import { baseName, isInside, relativePath } from '../../text/paths.js';
import type { Scene } from './candidates.js';
import { draftWith, type IgnoreDraft } from './edit.js';
import type { GeneratedIgnore, IgnoreInput, LineApplicability, Refused, SentAmount } from './model.js';
import { prove } from './prove.js';
import { measureWith, sceneOf } from './scene.js';
import { inFileOrder, type Weighed, type Weighing, weigh } from './weigh.js';
import { patternsIn } from './write.js';

/** What to write. */
export interface GenerateOptions {
  /** Only lines of this kind; left out: all. */
  readonly only?: LineApplicability;
}

/** A draft and the candidates among its lines. */
interface Draft extends IgnoreDraft {
  readonly kept: readonly Weighed[];
}

function draft(input: IgnoreInput, scene: Scene, lines: readonly Weighed[]): Draft | undefined {
  const made = draftWith(input, scene, lines);
  if (made === undefined) return undefined;
  const patterns = new Set(made.lines.map(({ pattern }) => pattern));
  return { ...made, kept: lines.filter(({ pattern }) => patterns.has(pattern)) };
}

/** Sizes that writing a draft changes in the context, as trying a fix would have it. */
function textsOf({ path, text }: Draft, root: string): ContextQuery['texts'] {
  if (!isInside(root, path)) return {};
  return { [relativePath(root, path)]: new TextEncoder().encode(text).length };
}

/** Drafts with fewer and fewer lines, until one holds for every build. Undefined where none does, or facts are lacking. */
function proven(input: IgnoreInput, scene: Scene, { combined, weighed }: Weighing): Draft | undefined {
  let lines = weighed;
  while (lines.length > 0) {
    const made = draft(input, scene, lines);
    if (made === undefined || made.kept.length === 0) return undefined;
    const trial = { patterns: patternsIn(made.text), texts: textsOf(made, input.build.context) };
    const outcome = prove(input.snapshot, combined, made.kept, trial);
    if (outcome === undefined) return undefined;
    if (outcome.holds) return made;
    const { source } = outcome;
    const kept: readonly Weighed[] = made.kept.filter((l) => (l.bySource[source]?.files ?? 0) === 0);
    // A source that no line takes from was harmed by the file itself: nothing to drop makes it whole.
    if (kept.length === lines.length) return undefined;
    lines = kept;
  }
  return undefined;
}

function sentAmount({ sent }: ContextMeasure): SentAmount {
  return { files: sent.files, bytes: sent.bytes, wireBytes: sent.wireBytes };
}

function titleOf(made: Draft, before: SentAmount, after: SentAmount): string {
  const name = baseName(made.path);
  const count = made.kept.length;
  const what = !made.creates
    ? `Add ${count === 1 ? made.kept[0]?.pattern : `${count} lines`} to ${name}`
    : `Create ${name}`;
  const [was, is] = [bytesText(before.wireBytes), bytesText(after.wireBytes)];
  const saved = before.wireBytes - after.wireBytes;
  if (was !== is) return `${what} (context ${was} → ${is})`;
  return saved > 0 ? `${what} (${bytesText(saved)} of ${was} less)` : what;
}

/**
 * The ignore file that keeps out what the builds of this context do not need, or additions to the one that decides
 * already. Proved on the simulation: every source keeps its files but for those that the lines hide, and no build newly
 * fails; lines for which that does not hold are dropped. Where facts are lacking the snapshot notes them.
 */
export function generateIgnore(input: IgnoreInput, options: GenerateOptions = {}): GeneratedIgnore | Refused {
  const { snapshot, build, needs } = input;
  if (build.remote || build.git === true)
    return { refused: 'BuildKit reads no ignore file for a context that is not a local folder.' };
  if (!needs.loaded && needs.unknown.length > 0)
    return { refused: 'What the steps take from the context depends on values that are not known.' };
  if (!needs.loaded) return { refused: 'No step of this build takes anything from its context.' };
  const scene = sceneOf(input);
  if (scene === undefined)
    return { refused: 'Too many builds share this context to be sure of all of them.' };
  const weighing = weigh(snapshot, scene);
  const query = contextQuery(snapshot, build, needs);
  if (weighing === undefined || query === undefined) return { refused: 'The context could not be measured.' };
  const isWanted = (l: Weighed): boolean => options.only === undefined || l.applicability === options.only;
  const weighed = weighing.weighed.filter(isWanted);
  if (weighed.length === 0)
    return { refused: 'There is nothing in the context that the build surely does not need.' };
  const lines = [...weighed, ...weighing.besides.filter(isWanted)].sort(inFileOrder);
  const made = proven(input, scene, { ...weighing, weighed: lines });
  if (made === undefined)
    return { refused: 'There is nothing more in the context that could surely be left out.' };
  const before = snapshot.measure(query);
  const after = measureWith(snapshot, query, patternsIn(made.text), textsOf(made, build.context));
  if (before === undefined || after === undefined) return { refused: 'The context could not be measured.' };
  const amounts = { before: sentAmount(before), after: sentAmount(after) };
  return {
    path: made.path,
    text: made.text,
    additions: !made.creates,
    title: titleOf(made, amounts.before, amounts.after),
    ...amounts,
    applicability: made.kept.every((l) => l.applicability === 'safe') ? 'safe' : 'unsafe',
    lines: made.lines.map(({ pattern }) => pattern),
  };
}
