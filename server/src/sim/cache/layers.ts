import type { SourceQuery } from '../../project/measure.js';
import type { CopyInstruction } from '../../syntax/dockerfile/model.js';
import { baseName, isInside } from '../../text/paths.js';
import { goMatcher, hasWildcards, splitWildcards } from '../context/goPath.js';
import { entryLikeness, type Likeness } from './contents.js';
import type { Effect } from './effects.js';
import type { ContextEntry } from './model.js';
import type { Selected } from './select.js';
import type { Below, Vertex, Vertices } from './vertices.js';

/** A path of a stage, as a step takes it. */
export interface Wanted {
  readonly path: string;
  readonly wildcards: boolean;
  /** Only some of what lies there is taken: --exclude, --parents. */
  readonly choosy: boolean;
}

/** A file, folder or link that a COPY puts somewhere. */
interface Leaf {
  readonly entry: ContextEntry;
  /** Owner and mode that the step gives it. */
  readonly given: string;
}

/** What one step writes: exactly these, or anything at or below a path. */
interface Written {
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** Where more is written than is known. */
  readonly vague: string | undefined;
}

/** A build whose steps have been looked up, as far as its files matter. */
export interface Layered {
  readonly vertices: Vertices;
  /** What a source of the context brings, by its index. */
  readonly selected: readonly (readonly Selected[])[];
  /** What a RUN surely does. */
  effect(vertex: Vertex): Effect | undefined;
  /** Names of what the files may be after a step, or of a base; one: surely that. */
  identities(below: Below): readonly string[];
}

/** The end of a stage in a build. */
interface StageEnd {
  readonly build: Layered;
  readonly below: Below;
}

/** Folders that are links in nearly every image. */
function throughUsualLinks(path: string): string {
  return path
    .replace(/^\/(s?bin|lib(?:32|64|x32)?)(?=\/|$)/, '/usr/$1')
    .replace(/^\/var\/run(?=\/|$)/, '/run');
}

/** Whether what happens at one path may show at the other. */
export function touches(a: string, b: string): boolean {
  const x = throughUsualLinks(a);
  const y = throughUsualLinks(b);
  return isInside(x, y) || isInside(y, x);
}

/** The folder or file that all of what is wanted lies at or below. */
export function wantedFolder({ path, wildcards }: Wanted): string {
  return wildcards && hasWildcards(path) ? `${splitWildcards(path).folder}` || '/' : path;
}

/** Whether a file is surely among what is wanted. */
function isWanted(wanted: Wanted, path: string): boolean {
  if (!isInside(wantedFolder(wanted), path)) return false;
  if (!wanted.wildcards || !hasWildcards(wanted.path)) return true;
  const depth = wanted.path.split('/').length;
  return goMatcher(wanted.path)(path.split('/').slice(0, depth).join('/'));
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function under(folder: string, name: string): string {
  const base = withoutSlash(folder);
  return name === '' ? base : base === '/' ? `/${name}` : `${base}/${name}`;
}

function givenBy(copy: CopyInstruction): string {
  return copy.flags
    .filter(({ name }) => name === 'chown' || name === 'chmod')
    .map(({ name, value }) => `${name}=${value}`)
    .join();
}

/** Where a single file lands whose target may be a folder that is there already. */
function ambiguous(target: string, name: string): string {
  return `${target}\0${name}`;
}

/** Where the entries of one source land; undefined where that is not clear. */
function placed(
  target: string,
  source: SourceQuery,
  selected: readonly Selected[],
  several: boolean,
): ReadonlyMap<string, ContextEntry> | undefined {
  const files = selected.every(({ entry }) => entry.kind !== 'folder');
  if (source.parents) return undefined;
  if (source.wildcards && hasWildcards(source.path)) {
    return files
      ? new Map(selected.map(({ path, entry }) => [under(target, baseName(path)), entry]))
      : undefined;
  }
  const [first] = selected;
  if (files && selected.length === 1 && first?.name === '') {
    const name = baseName(source.path);
    const folder = target.endsWith('/') || several;
    return new Map([[folder ? under(target, name) : ambiguous(target, name), first.entry]]);
  }
  return new Map(selected.map(({ name, entry }) => [under(target, name), entry]));
}

function vaguely(vertex: Vertex): Written {
  return { leaves: new Map(), vague: withoutSlash(vertex.target ?? '/') };
}

function writtenByCopy(build: Layered, vertex: Vertex, copy: CopyInstruction, target: string): Written {
  if (copy.kind === 'ADD' || copy.heredocs.length > 0) return vaguely(vertex);
  const given = givenBy(copy);
  const hasMode = given.includes('chmod=');
  const leaves = new Map<string, Leaf>();
  for (const input of vertex.inputs) {
    const source = input.kind === 'context' ? build.vertices.sources[input.source] : undefined;
    const selected = input.kind === 'context' ? build.selected[input.source] : undefined;
    if (source === undefined || selected === undefined) return vaguely(vertex);
    const found = placed(target, source.query, selected, vertex.inputs.length > 1);
    if (found === undefined) return vaguely(vertex);
    for (const [path, entry] of found)
      leaves.set(path, { entry: hasMode ? { ...entry, mode: 0 } : entry, given });
  }
  return { leaves, vague: undefined };
}

/** What a step writes. */
function writtenBy(build: Layered, vertex: Vertex): Written {
  const { instruction } = vertex.step;
  const { target, operation } = vertex;
  if (instruction.kind === 'WORKDIR' && target !== undefined) {
    const entry: ContextEntry = { kind: 'folder', mode: 0o755, content: '' };
    return { leaves: new Map([[target, { entry, given: operation.key }]]), vague: undefined };
  }
  if ((instruction.kind === 'COPY' || instruction.kind === 'ADD') && target !== undefined)
    return writtenByCopy(build, vertex, instruction, target);
  return vaguely(vertex);
}

function leafLikeness(a: Leaf, b: Leaf): Likeness {
  const likeness = entryLikeness(a.entry, b.entry, true, false);
  if (a.entry.kind === 'folder' && b.entry.kind === 'folder')
    return likeness === 'same' && a.given === b.given ? 'same' : 'open';
  if (likeness === 'unknown' || a.given !== b.given) return 'open';
  return likeness === 'same' ? 'same' : 'different';
}

/** What is known of the files at a path, from the last step that wrote them down to the first that may have written anything. */
interface Known {
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** More may lie there than `leaves` say, or something else. */
  readonly vague: boolean;
  /** What lies below all that is known, as `identities` has it. */
  readonly root: readonly string[];
}

/** The place of a leaf, whichever of the two an ambiguous one is. */
function placeOf(key: string): string {
  const at = key.indexOf('\0');
  return at < 0 ? key : key.slice(0, at);
}

function knownAt({ build, below }: StageEnd, folder: string): Known {
  const leaves = new Map<string, Leaf>();
  const vagueAt: string[] = [];
  let at = below;
  while (at.kind === 'step') {
    const vertex = build.vertices.list[at.vertex];
    if (vertex === undefined) break;
    if (vertex.target === undefined) {
      const effect = build.effect(vertex);
      if (effect === undefined) break;
      vagueAt.push(...effect.writes.filter((path) => touches(path, folder)));
      at = vertex.below;
      continue;
    }
    const written = writtenBy(build, vertex);
    for (const [key, leaf] of written.leaves) {
      const place = placeOf(key);
      if (leaves.has(key) || !touches(place, folder)) continue;
      const hidden = [
        ...vagueAt,
        ...[...leaves.keys()].filter((other) => other.includes('\0') || key.includes('\0')).map(placeOf),
      ];
      if (hidden.some((other) => touches(other, place))) vagueAt.push(place);
      else leaves.set(key, leaf);
    }
    if (written.vague !== undefined && touches(written.vague, folder)) vagueAt.push(written.vague);
    at = vertex.below;
  }
  return { leaves, vague: vagueAt.length > 0, root: build.identities(at) };
}

const nothing = 'scratch';

function isOne(a: readonly string[], b: readonly string[]): boolean {
  return a.length === 1 && b.length === 1 && a[0] === b[0];
}

/** Compares what is known of the files at a path in two builds. */
function knownLikeness(before: Known, after: Known, wanted: Wanted): Likeness {
  const own = before.leaves.get(wanted.path);
  const other = after.leaves.get(wanted.path);
  // A file that is written whole: nothing below it counts.
  const whole = own !== undefined && own.entry.kind === 'file' && other !== undefined;
  const isPattern = wanted.wildcards && hasWildcards(wanted.path);
  if (whole && !isPattern && leafLikeness(own, other) === 'same') return 'same';
  const complete = !before.vague && !after.vague && isOne(before.root, after.root);
  const empty = complete && before.root[0] === nothing;
  let result: Likeness = complete ? 'same' : 'open';
  for (const key of new Set([...before.leaves.keys(), ...after.leaves.keys()])) {
    if (isPattern && !key.includes('\0') && !isWanted(wanted, key)) continue;
    const a = before.leaves.get(key);
    const b = after.leaves.get(key);
    const likeness = a !== undefined && b !== undefined ? leafLikeness(a, b) : empty ? 'different' : 'open';
    if (likeness === 'same') continue;
    if (likeness === 'different' && !wanted.choosy && isWanted(wanted, placeOf(key))) return 'different';
    result = 'open';
  }
  return result;
}

/** Whether a link that some step brings stands on the way to what is wanted: it may lead anywhere. */
function passesLink(end: StageEnd, folder: string): boolean {
  for (let at = end.below; at.kind === 'step'; ) {
    const vertex = end.build.vertices.list[at.vertex];
    if (vertex === undefined) return false;
    for (const [key, { entry }] of writtenBy(end.build, vertex).leaves)
      if (entry.kind === 'link' && isInside(placeOf(key), folder)) return true;
    at = vertex.below;
  }
  return false;
}

/** Whether a step may have written something that shows at `folder`. */
export function mayWrite(build: Pick<Layered, 'effect'>, vertex: Vertex, folder: string): boolean {
  if (vertex.target !== undefined) return touches(withoutSlash(vertex.target), folder);
  return build.effect(vertex)?.writes.some((path) => touches(path, folder)) ?? true;
}

/** Whether a step wrote something that shows at `folder`, as far as that is known. */
function wrote(build: Layered, vertex: Vertex, folder: string): boolean {
  if (!mayWrite(build, vertex, folder)) return false;
  if (vertex.target === undefined) return true;
  const { leaves, vague } = writtenBy(build, vertex);
  return (
    (vague !== undefined && touches(vague, folder)) ||
    [...leaves.keys()].some((key) => touches(placeOf(key), folder))
  );
}

/** Skips steps that cannot have written what is wanted. */
function skipped(build: Layered, from: Below, folder: string): Below {
  let at = from;
  while (at.kind === 'step') {
    const vertex = build.vertices.list[at.vertex];
    if (vertex === undefined || wrote(build, vertex, folder)) break;
    at = vertex.below;
  }
  return at;
}

/** Whether two builds wrote the files at a path by the same steps from the same beginning. */
function madeAlike(before: StageEnd, after: StageEnd, folder: string, alike: InputsAlike): boolean {
  let old = before.below;
  let now = after.below;
  for (;;) {
    if (isOne(before.build.identities(old), after.build.identities(now))) return true;
    old = skipped(before.build, old, folder);
    now = skipped(after.build, now, folder);
    if (isOne(before.build.identities(old), after.build.identities(now))) return true;
    if (old.kind === 'base' || now.kind === 'base') return false;
    const a = before.build.vertices.list[old.vertex];
    const b = after.build.vertices.list[now.vertex];
    if (a === undefined || b === undefined) return false;
    if (a.target === undefined || b.target === undefined) {
      // What ran again may have done something else.
      const effect = before.build.effect(a);
      if (effect === undefined || effect.key !== after.build.effect(b)?.key) return false;
    } else if (a.operation.key !== b.operation.key || !alike(a, b)) return false;
    old = a.below;
    now = b.below;
  }
}

/** Whether two steps of the two builds take the same. */
type InputsAlike = (before: Vertex, after: Vertex) => boolean;

/**
 * How what is wanted of a stage compares between two builds, as far as that can be proved: `different` and `same` are
 * sure. Links that an image brings are not seen, but for the usual ones (`/bin`).
 */
export function stageLikeness(
  before: StageEnd,
  after: StageEnd,
  wanted: Wanted,
  alike: InputsAlike,
): Likeness {
  if (isOne(before.build.identities(before.below), after.build.identities(after.below))) return 'same';
  const folder = wantedFolder(wanted);
  if (passesLink(before, folder) || passesLink(after, folder))
    return madeAlike(before, after, '/', alike) ? 'same' : 'open';
  if (madeAlike(before, after, folder, alike)) return 'same';
  return knownLikeness(knownAt(before, folder), knownAt(after, folder), wanted);
}
