import type { CopyContext, LocalCopy } from '../sim/copies.js';
import { knowsCopyFlag } from '../syntax/dockerfile/frontend.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import type { TextEdit } from '../text/edit.js';
import { baseName, dirName, joinPath, relativePath } from '../text/paths.js';
import { addSources, copyLine, insertAfter } from './dockerfile.js';
import { destinationText } from './narrowcopy.js';
import type { FixForm } from './proven.js';

/** A file or folder that has to be in the image before a step, and how it gets there now. */
export interface Manifest {
  /** In the context. */
  readonly path: string;
  /** Absolute in the image. */
  readonly target: string;
  readonly folder: boolean;
  /** The copy that brings it, whose flags and way of writing the destination are kept. */
  readonly copy: LocalCopy;
}

/** COPY lines, without line ending, that bring manifests. */
export interface ManifestLines {
  readonly form: Extract<FixForm, 'copy' | 'parents'>;
  readonly lines: readonly string[];
}

interface Written {
  readonly dockerfile: Dockerfile;
  readonly context: CopyContext;
}

/** The folder a manifest is written into by a plain COPY. */
function placeOf({ folder, target }: Manifest): string {
  return folder ? target : dirName(target);
}

function byCopy(manifests: readonly Manifest[]): readonly (readonly [LocalCopy, readonly Manifest[]])[] {
  const groups = new Map<LocalCopy, Manifest[]>();
  for (const one of manifests) groups.set(one.copy, [...(groups.get(one.copy) ?? []), one]);
  return [...groups];
}

/** One COPY a folder; undefined where one can't be written. */
function plainLines({ dockerfile }: Written, manifests: readonly Manifest[]): readonly string[] | undefined {
  const lines: string[] = [];
  for (const [copy, own] of byCopy(manifests)) {
    const places = new Map<string, Manifest[]>();
    for (const one of own) {
      const key = one.folder ? `${one.target}/` : placeOf(one);
      places.set(key, [...(places.get(key) ?? []), one]);
    }
    for (const group of places.values()) {
      const [first] = group;
      const destination = first && destinationText(copy, placeOf(first));
      const renamed = group.some((one) => !one.folder && baseName(one.path) !== baseName(one.target));
      if (destination === undefined || renamed || (first?.folder && chooses(copy))) return undefined;
      const paths = group.map(({ path }) => path);
      const line = copyLine(dockerfile, copy.instruction, paths, destination, copy.instruction.json);
      if (line === undefined) return undefined;
      lines.push(line);
    }
  }
  return lines;
}

/** Whether a copy leaves out some of what lies in its sources. */
function chooses({ instruction }: LocalCopy): boolean {
  return instruction.flags.some(({ name }) => name === 'exclude');
}

/** A source of COPY --parents that gives `target`: the path from the copy's folder, the part of the context before `/./`. */
function keptPath({ path, target, copy }: Manifest): string | undefined {
  const rest = relativePath(copy.destination, target);
  if (rest.startsWith('..') || rest.startsWith('!')) return undefined;
  if (path === rest) return rest;
  return path.endsWith(`/${rest}`) ? `${path.slice(0, -rest.length - 1)}/./${rest}` : undefined;
}

/** One COPY --parents for each copy that brings them now; undefined where one can't be written. */
function parentsLines(written: Written, manifests: readonly Manifest[]): readonly string[] | undefined {
  const lines: string[] = [];
  for (const [copy, own] of byCopy(manifests)) {
    const destination = destinationText(copy, copy.destination);
    if (destination === undefined) return undefined;
    if (chooses(copy) && own.some(({ folder }) => folder)) return undefined;
    const { globs, others } = globsOf(written.context, own);
    const paths = others.map(keptPath);
    if (paths.includes(undefined)) return undefined;
    const sources = paths.filter((path) => path !== undefined);
    const options = { globs, added: ['--parents'] };
    const { json } = copy.instruction;
    const line = copyLine(written.dockerfile, copy.instruction, sources, destination, json, options);
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return lines;
}

/** Manifests in which a project lists its members. */
const LISTS = /^(package\.json|pnpm-workspace\.yaml|pyproject\.toml|Cargo\.toml|lerna\.json|go\.work)$/;

/** Whether one of the manifests has `glob` as a word: the project itself finds its members by it. */
function isListed(context: CopyContext, manifests: readonly Manifest[], glob: string): boolean {
  const quoted = glob.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const word = new RegExp(`(^|["'\\s])(\\./)?${quoted}/?($|["'\\s,])`, 'm');
  return manifests.some(({ path }) => LISTS.test(baseName(path)) && word.test(context.text(path) ?? ''));
}

/**
 * Wildcards that stand for several manifests, so that a member added later is found too: only where the project names its
 * members by the same wildcard, and it hits these manifests and nothing else.
 */
function globsOf(
  context: CopyContext,
  manifests: readonly Manifest[],
): { readonly globs: readonly string[]; readonly others: readonly Manifest[] } {
  const globs = new Set<string>();
  const covered = new Set<Manifest>();
  for (const one of manifests) {
    const folder = dirName(one.path);
    if (one.folder || covered.has(one) || folder === '.' || keptPath(one) !== one.path) continue;
    const members = joinPath(dirName(folder), '*');
    const glob = `${members}/${baseName(one.path)}`;
    if (dirName(folder) === '.' || !isListed(context, manifests, members)) continue;
    const hits = context.expand(glob);
    const same = hits.map((hit) => manifests.find(({ path, copy }) => path === hit && copy === one.copy));
    if (same.includes(undefined)) continue;
    globs.add(glob);
    for (const hit of same) if (hit !== undefined) covered.add(hit);
  }
  return { globs: [...globs], others: manifests.filter((one) => !covered.has(one)) };
}

/**
 * The lines that bring `manifests` to where they are needed: one where they all lie in one folder, one COPY --parents
 * where the file's frontend knows that, else one for each folder. Undefined where they can't be written.
 */
export function manifestLines(
  dockerfile: Dockerfile,
  context: CopyContext,
  manifests: readonly Manifest[],
): ManifestLines | undefined {
  const written = { dockerfile, context };
  const plain = plainLines(written, manifests);
  const copies = new Set(manifests.map(({ copy }) => copy));
  const several = plain === undefined || plain.length > copies.size;
  if (several && knowsCopyFlag(dockerfile, 'parents')) {
    const lines = parentsLines(written, manifests);
    if (lines !== undefined) return { form: 'parents', lines };
  }
  return plain && { form: 'copy', lines: plain };
}

/** Whether a copy can take another file along to its destination: that is a folder, and written as one. */
function takesMore({ instruction, sources }: LocalCopy): boolean {
  return (
    sources.every(({ folder, choice }) => !folder || choice !== undefined) &&
    /(^|\/)\.?$/.test(instruction.destination?.value ?? '')
  );
}

/**
 * Adds manifests to what the file copies: to the COPY that brings the manifest they belong to where its destination fits,
 * else as lines right behind it. Undefined where they can't be written.
 */
export function addManifests(
  dockerfile: Dockerfile,
  context: CopyContext,
  manifests: readonly Manifest[],
): { readonly edits: readonly TextEdit[]; readonly form: ManifestLines['form'] } | undefined {
  const edits: TextEdit[] = [];
  let form: ManifestLines['form'] = 'copy';
  for (const [copy, own] of byCopy(manifests)) {
    const keeps = copy.instruction.flags.some(({ name }) => name === 'parents');
    const fits = (one: Manifest): boolean =>
      takesMore(copy) &&
      (keeps
        ? keptPath(one) !== undefined
        : !one.folder && placeOf(one) === copy.destination && baseName(one.path) === baseName(one.target));
    const beside = own.filter(fits);
    const apart = own.filter((one) => !beside.includes(one));
    const paths = beside.map((one) => (keeps ? (keptPath(one) ?? one.path) : one.path));
    const edit = addSources(copy.instruction, paths);
    if (edit === undefined) return undefined;
    if (beside.length > 0) edits.push(edit);
    if (keeps) form = 'parents';
    const lines = manifestLines(dockerfile, context, apart);
    if (lines === undefined) return undefined;
    if (apart.length === 0) continue;
    edits.push(insertAfter(dockerfile, copy.instruction, lines.lines));
    if (lines.form === 'parents') form = 'parents';
  }
  return { edits, form };
}
