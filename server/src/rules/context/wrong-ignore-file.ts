import { addLines } from '../../fixes/ignore.js';
import { inputOf } from '../../fixes/ignorefile/input.js';
import type { IgnoreSuggestion } from '../../fixes/ignorefile/model.js';
import { suggestionsFor } from '../../fixes/ignorefile/suggest.js';
import { joinedLines, movedLines } from '../../fixes/ignoreMove.js';
import type { Build } from '../../project/build.js';
import { classify, classifyName } from '../../project/classify.js';
import { configOf } from '../../project/config.js';
import { buildScripts } from '../../project/scripts.js';
import { builtOf } from '../../sim/context/built.js';
import { hides } from '../../sim/context/ignoreLines.js';
import { namesFolder } from '../../sim/context/plausible.js';
import { contextQuery, ignorePatternsOf } from '../../sim/context/query.js';
import { buildGraph } from '../../sim/stages.js';
import { parseDockerfile } from '../../syntax/dockerfile/parse.js';
import { parseIgnore } from '../../syntax/dockerignore/parse.js';
import { bytesText } from '../../text/bytes.js';
import { applyEdits, type TextEdit } from '../../text/edit.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../../text/paths.js';
import {
  type Change,
  type Fix,
  type IgnoreContext,
  type Impact,
  ignoreRule,
  type RuleFinding,
} from '../rule.js';

/** Bytes that have to be lost before it is worth a word: less is no reason to merge two files. */
const least = 1_000_000;

function projectRoot({ snapshot, path }: IgnoreContext): string {
  return configOf(snapshot, path).root;
}

function shownIn(root: string, path: string): string {
  return path === root ? 'the project root' : `\`${relativePath(root, path)}\``;
}

/** Files by which services build a folder with itself as the context. */
const hosted =
  /^(?:fly\.toml|railway\.(?:json|toml)|render\.ya?ml|heroku\.yml|app\.json|captain-definition|vercel\.json|project\.json|cloudbuild.*\.ya?ml|apprunner\.ya?ml|dokku.*|nixpacks\.toml|zeabur\.json|koyeb\.ya?ml|copilot)$/i;

/** Whether somebody may build with the folder as the context, though no definition says so. */
function mayBeContext(context: IgnoreContext, folder: string): boolean {
  const { snapshot } = context;
  const root = projectRoot(context);
  const entries = snapshot.list(folder) ?? [];
  if (entries.some(({ name }) => hosted.test(name))) return true;
  const template = entries.some(({ name, kind }) => {
    const path = joinPath(folder, name);
    if (kind !== 'file' || classifyName(path) !== 'dockerfile') return false;
    return classify(path, snapshot.text(path) ?? '').skipped !== null;
  });
  const scripts = buildScripts(snapshot, root, folder, joinPath(folder, 'Dockerfile'));
  return template || scripts.some((script) => namesFolder(script, folder));
}

/** The builds for which the file was surely written; undefined where that can't be said. */
function meantFor(context: IgnoreContext): readonly [Build, ...Build[]] | undefined {
  const { builds, others, ignore, path } = context;
  const [first, ...more] = others;
  if (first === undefined || builds.length > 0 || ignore.patterns.length === 0) return undefined;
  // A build that nobody defined may have another context, and git contexts read no ignore file although local builds do.
  if (others.some((build) => build.kind === 'heuristic' || build.git === true)) return undefined;
  const folder = dirName(path);
  // Switched off by a file of the Dockerfile's own: whoever builds another one with this context still reads it.
  if (baseName(path) === '.dockerignore' && others.some((build) => build.context === folder))
    return undefined;
  return mayBeContext(context, folder) ? undefined : [first, ...more];
}

/** What other patterns would do to a build. */
interface Trial {
  /** Every source is found as before, and no more is sent. */
  readonly ok: boolean;
  /** Bytes that BuildKit no longer transfers. */
  readonly saved: number;
}

/** Measures a build with `text` as its ignore file, which counts as content of `path`; undefined where it can't be measured. */
function tried(
  { snapshot }: IgnoreContext,
  build: Build,
  text: string,
  path: string | undefined,
): Trial | undefined {
  const built = builtOf(snapshot, build);
  if (built === undefined) return undefined;
  const query = contextQuery(snapshot, build, built.needs);
  const ignore = parseIgnore(text).patterns.map((pattern) => pattern.text);
  const now = query && snapshot.measure(query);
  // The file itself may be copied too.
  const size = new TextEncoder().encode(text).length;
  const texts =
    path !== undefined && isInside(build.context, path) ? { [relativePath(build.context, path)]: size } : {};
  const then = query && snapshot.measure({ ...query, ignore, texts });
  if (now === undefined || then === undefined) return undefined;
  const found = then.sources.every((source, i) => source.found || now.sources[i]?.found !== true);
  const saved = now.sent.wireBytes - then.sent.wireBytes;
  return { ok: then.error === null && found && saved >= 0, saved };
}

/** The file that BuildKit would read in its place, with its lines; undefined where they can't be written so, or break the build. */
function moved(context: IgnoreContext, build: Build): Change | undefined {
  const { snapshot, path, ignore } = context;
  const folder = dirName(path);
  const own = `${build.dockerfile}.dockerignore`;
  if (own === path || build.ignoreFile === own || snapshot.text(own) !== undefined) return undefined;
  const named = baseName(path) !== '.dockerignore';
  if (!named && !isInside(build.context, folder)) return undefined;
  const prefix = named || folder === build.context ? '' : relativePath(build.context, folder);
  const known = ignorePatternsOf(snapshot, build).ignore?.text;
  const before = known === undefined ? [] : movedLines(known, '');
  const text = joinedLines(before, movedLines(ignore.text, prefix));
  return tried(context, build, text, undefined)?.ok === true
    ? { kind: 'create', path: own, text }
    : undefined;
}

/** Moves the lines to where they are read, and leaves a word about that. */
function moveFix(context: IgnoreContext, builds: readonly Build[]): readonly Fix[] {
  const dockerfiles = new Set(builds.map(({ dockerfile }) => dockerfile));
  const [build] = builds;
  if (build === undefined || dockerfiles.size !== 1) return [];
  const change = moved(context, build);
  if (change === undefined) return [];
  const name = relativePath(dirName(context.path), change.path);
  const { text } = context.ignore;
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const end = text.replace(/\r?\n$/, '').length;
  const cleared = { span: { start, end }, newText: `# Moved to ${name}, which BuildKit reads.` };
  return [
    {
      title: `Move the lines to ${relativePath(projectRoot(context), change.path)}`,
      applicability: 'unsafe',
      changes: () => [change, { kind: 'edit', path: context.path, edits: [cleared] }],
    },
  ];
}

function* neverRead(context: IgnoreContext): Generator<RuleFinding> {
  const builds = meantFor(context);
  const at = context.ignore.patterns[0]?.span;
  if (builds === undefined || at === undefined) return;
  const root = projectRoot(context);
  const [build] = builds;
  const dockerfile = relativePath(root, build.dockerfile);
  const place = shownIn(root, build.context);
  const reads =
    build.ignoreFile === null
      ? `BuildKit looks for \`${dockerfile}.dockerignore\` and for .dockerignore in ${place}`
      : `BuildKit reads \`${relativePath(root, build.ignoreFile)}\``;
  yield {
    at,
    message: `No build reads this file: ${dockerfile} is built with ${place} as the context (${build.source}), so ${reads}.`,
    fixes: moveFix(context, builds),
  };
}

/** Lines of the root's ignore file that no longer hold for a build, though what they hide is sent and is not needed. */
function lost(context: IgnoreContext, build: Build): readonly IgnoreSuggestion[] {
  const { snapshot, builds, shell } = context;
  const file = joinPath(build.context, '.dockerignore');
  const known = snapshot.list(build.context)?.some(({ name }) => name === '.dockerignore') === true;
  const common = known ? snapshot.parse(file, parseIgnore) : undefined;
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  if (common === undefined || dockerfile === undefined || common.patterns.length === 0) return [];
  const patterns = common.patterns.map(({ text }) => text);
  const input = inputOf({
    snapshot,
    build,
    builds: builds.filter((b) => b.dockerfile === build.dockerfile),
    dockerfile,
    graph: buildGraph(dockerfile, build),
    shell: shell(dockerfile),
  });
  return suggestionsFor(input).filter(({ pattern }) => hides(patterns, pattern.replace(/^\*\*\//, '')));
}

function listOf(lines: readonly IgnoreSuggestion[]): string {
  const names = lines.slice(0, 3).map(({ pattern }) => `\`${pattern}\``);
  const all = lines.length > 3 ? [...names, `${lines.length - 3} more`] : names;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function addFix({ path }: IgnoreContext, edit: TextEdit, lines: readonly IgnoreSuggestion[]): Fix {
  return {
    title: `Add ${listOf(lines)} to this file`,
    applicability: 'unsafe',
    changes: () => [{ kind: 'edit', path, edits: [edit] }],
  };
}

function impactOf(saved: number): Impact {
  const source = 'the files on disk, as BuildKit 0.33 sends them';
  return {
    rebuildSecondsSaved: null,
    bytesSaved: { value: saved, low: saved, high: saved, basis: 'simulated', source },
    commits: null,
    why: 'What the other file hides and this one does not, as far as no step is known to need it.',
  };
}

function* switchesOff(context: IgnoreContext): Generator<RuleFinding> {
  const { path, ignore, builds } = context;
  if (baseName(path) === '.dockerignore') return;
  const root = projectRoot(context);
  for (const build of builds) {
    // A file that the configuration names is meant, whatever it leaves out.
    if (build.kind === 'configuration') continue;
    const lines = lost(context, build);
    const patterns = lines.map(({ pattern }) => pattern);
    const edit = lines.length === 0 ? undefined : addLines(ignore.text, patterns);
    const trial = edit && tried(context, build, applyEdits(ignore.text, [edit]), path);
    if (edit === undefined || trial?.ok !== true || trial.saved < least) continue;
    const common = relativePath(root, joinPath(build.context, '.dockerignore'));
    yield {
      at: ignore.patterns[0]?.span ?? { start: 0, end: Math.min(1, ignore.text.length) },
      message: `This file alone is read for ${relativePath(root, build.dockerfile)}, so what ${common} says of ${listOf(lines)} does not hold: ${bytesText(trial.saved)} more are sent (simulated from the files on disk).`,
      impact: impactOf(trial.saved),
      fixes: [addFix(context, edit, lines)],
    };
    return;
  }
}

/** An ignore file that no build reads, or one that switches off the root's to the project's loss. */
export default ignoreRule(
  {
    id: 'wrong-ignore-file',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'An ignore file is never read, or switches off the one in the root of the context.',
  },
  function* (context) {
    yield* neverRead(context);
    yield* switchesOff(context);
  },
);
