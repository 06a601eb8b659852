import { readFile } from 'node:fs/promises';
import type { Engine } from '../engine/model.js';
import { fromCorePath, toCorePath } from '../node/fs.js';
import type { Build } from '../project/build.js';
import { ignoreFileOf } from '../project/ignorefile.js';
import type { Snapshot } from '../project/snapshot.js';
import { cleanSource } from '../project/tree.js';
import { reportedBuild } from '../report/contextBuild.js';
import { jsonDocument, printable } from '../report/names.js';
import { coloured, plain } from '../report/text.js';
import { revisionQuery, type WhySide, whyAgainst, whySteps } from '../report/why.js';
import type { WhyStep } from '../report/whyModel.js';
import { whyText } from '../report/whyText.js';
import type { ContextEntry } from '../sim/cache/model.js';
import type { ContextEntries } from '../sim/cache/select.js';
import { contextNeeds } from '../sim/context/needs.js';
import { contextQuery, ignorePatternsOf } from '../sim/context/query.js';
import { buildGraph } from '../sim/stages.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import type { ShellParser } from '../syntax/shell/model.js';
import { isAbsolutePath, isInside, joinPath, relativePath } from '../text/paths.js';
import { type Arguments, UsageError } from './args.js';
import { buildArgs } from './buildoptions.js';
import { type AskedBuild, askedBuild } from './builds.js';
import { type Io, resolved, shownFrom } from './io.js';
import { diskPorts } from './ports.js';
import { working } from './progress.js';
import { diskSide, withContents } from './sides.js';

/** Changes of single paths that are asked about. */
const pathOptions = ['changed', 'mode-changed', 'added', 'removed'] as const;

/** An answer, and what limits it. */
interface Answer {
  readonly steps: readonly WhyStep[];
  /** What it was compared with, for people: `HEAD~1 (3f2a91c)`. */
  readonly against: string;
  readonly notes: readonly string[];
}

interface Question {
  readonly io: Io;
  readonly args: Arguments;
  readonly asked: AskedBuild;
  readonly parser: ShellParser | undefined;
}

function one(args: Arguments, name: string): string | undefined {
  const given = args.options.get(name)?.[0];
  if (given === '') throw new UsageError(`--${name} wants a value`);
  return given;
}

/** What the earlier state is; throws where the options say nothing, or two things. */
function checkOptions(args: Arguments): void {
  const paths = pathOptions.filter((name) => args.options.has(name));
  const kinds = [
    ...['since', 'before'].filter((name) => args.options.has(name)).map((name) => `--${name}`),
    ...(paths.length > 0 ? [`--${paths[0]}`] : []),
  ];
  if (kinds.length > 1) throw new UsageError(`why: ${kinds.join(' and ')} do not go together`);
  const other = ['before-build-arg', 'before-dockerfile'].some((name) => args.options.has(name));
  if (kinds.length === 0 && !other) {
    throw new UsageError(
      'why: say what it was before: --since REV, --before DIR, --changed PATH, --added PATH, --removed PATH, --mode-changed PATH, --before-dockerfile FILE or --before-build-arg K=V',
    );
  }
  if (args.options.has('since') && args.options.has('no-git'))
    throw new UsageError('why: --since asks git, which --no-git forbids');
}

/** The build as it was before: its arguments. */
function formerBuild({ io, args, asked }: Question): Build {
  const { build } = asked;
  const given = buildArgs(io, args.options.get('before-build-arg') ?? [], 'before-build-arg');
  if (!args.options.has('before')) return { ...build, args: { ...build.args, ...given } };
  const now = new Set(Object.keys(buildArgs(io, args.options.get('build-arg') ?? [])));
  const kept = Object.entries(build.args).filter(([name]) => !now.has(name));
  return { ...build, args: { ...Object.fromEntries(kept), ...given } };
}

/** The earlier Dockerfile that an option names; undefined where none does. */
async function formerDockerfile({ io, args }: Question): Promise<string | undefined> {
  const given = one(args, 'before-dockerfile');
  if (given === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(fromCorePath(resolved(io, toCorePath, given)), 'utf8');
  } catch {
    throw new UsageError(`--before-dockerfile ${printable(given)}: this file cannot be read`);
  }
  if (parseDockerfile(text).stages.length === 0)
    throw new UsageError(`--before-dockerfile ${printable(given)}: this is no Dockerfile: it has no FROM`);
  return text;
}

/** A path of the context as an option names it. */
function contextPath(build: Build, name: string, given: string): string {
  if (given === '') throw new UsageError(`--${name} wants a path`);
  const path = process.platform === 'win32' ? given.replaceAll('\\', '/') : given;
  const full = isAbsolutePath(path) ? toCorePath(given) : joinPath(build.context, path);
  if (!isInside(build.context, full)) {
    throw new UsageError(
      `--${name} ${printable(given)}: this path is not in the context ${printable(build.context)}; paths are relative to it`,
    );
  }
  return cleanSource(relativePath(build.context, full));
}

/** What of a folder a build of it sends: paths in wire order. */
async function sentPaths({ io, asked }: Question, build: Build, text: string): Promise<readonly string[]> {
  const dockerfile = parseDockerfile(text);
  const needs = contextNeeds(buildGraph(dockerfile, build), dockerfile);
  const ask = (snapshot: Snapshot): readonly string[] | 'none' | 'bad' => {
    const query = contextQuery(snapshot, build, needs, { list: true, top: 0 });
    if (query === undefined) return [];
    const measure = snapshot.measure(query);
    if (measure?.error != null) return 'bad';
    return measure?.paths ?? 'none';
  };
  const [found = 'none'] = await working(io, 'reading the build context', (progress) =>
    asked.workspace.resolve([build], ask, { progress }),
  );
  const shown = shownFrom(io.cwd)(build.context);
  if (found === 'bad')
    throw new UsageError(`${shown}: BuildKit refuses a pattern of the ignore file, so this build fails`);
  if (found === 'none') throw new UsageError(`${shown}: this folder cannot be read`);
  return found.map((path) => path.replace(/\/$/, ''));
}

async function textOf(asked: AskedBuild, path: string): Promise<string | undefined> {
  const [text] = await asked.workspace.resolve([path], (snapshot, file) => snapshot.text(file));
  return text;
}

/** The text of the ignore file of a build. */
async function ignoreOf(asked: AskedBuild, build: Build): Promise<string | null> {
  const [text] = await asked.workspace.resolve(
    [build],
    (snapshot, item) => ignorePatternsOf(snapshot, item).ignore?.text,
  );
  return text ?? null;
}

/** Against another folder. */
async function againstFolder(question: Question, folder: string): Promise<Answer> {
  const { io, asked } = question;
  const { build } = asked;
  const root = joinPath(resolved(io, toCorePath, folder), '.');
  const dockerfile = joinPath(root, relativePath(build.context, build.dockerfile));
  const former = formerBuild(question);
  const [ignoreFile = null] = await asked.workspace.resolve([dockerfile], (snapshot, file) =>
    ignoreFileOf(snapshot, file, root),
  );
  const before: Build = { ...former, dockerfile, context: root, ignoreFile };
  const text = (await formerDockerfile(question)) ?? (await textOf(asked, dockerfile));
  if (text === undefined)
    throw new UsageError(
      `--before ${printable(folder)}: there is no ${printable(shownFrom(io.cwd)(dockerfile))} to be read`,
    );
  const steps = await compared(question, before, text, () => []);
  return { steps, against: shownFrom(io.cwd)(root), notes: [] };
}

/** What an option changes: entries by path, `null` for what is not there. */
type Edit = readonly [side: 'before' | 'after', path: string, entry: ContextEntry | null];

/** Compares two builds on the disk, with edits on top. */
async function compared(
  question: Question,
  before: Build,
  text: string,
  edits: (now: ContextEntries) => readonly Edit[],
): Promise<readonly WhyStep[]> {
  const { asked, parser } = question;
  const { build, dockerfile } = asked;
  const now = await sentPaths(question, build, dockerfile.text);
  const then = await sentPaths(question, before, text);
  const paths = new Set([...now, ...then]);
  const sides = [await diskSide(before.context, paths), await diskSide(build.context, paths)];
  const [old = new Map<string, ContextEntry>(), present = new Map<string, ContextEntry>()] =
    await withContents(sides);
  for (const [side, path, entry] of edits(present)) {
    const map = side === 'before' ? old : present;
    if (entry === null) map.delete(path);
    else map.set(path, entry);
  }
  const of = async (one: Build, source: string, context: ContextEntries): Promise<WhySide> => ({
    dockerfile: source,
    ignore: await ignoreOf(asked, one),
    build: one,
    context,
  });
  return whySteps(await of(before, text, old), await of(build, dockerfile.text, present), parser);
}

const otherBytes: ContextEntry = { kind: 'file', mode: 0o644, content: 'other' };

/** What the options make of the present state. Throws where a path is not there that has to be. */
async function editsOf({ args, asked }: Question): Promise<(now: ContextEntries) => readonly Edit[]> {
  const { build } = asked;
  const given = pathOptions.flatMap((name) =>
    (args.options.get(name) ?? []).map((path) => ({
      name,
      path: contextPath(build, name, path),
      given: path,
    })),
  );
  const there = await diskSide(
    build.context,
    new Set(given.map(({ path }) => path).filter((path) => path !== '.')),
  );
  for (const { name, path, given: written } of given) {
    const known = path === '.' || there.entries.has(path);
    if (!known && (name === 'changed' || name === 'mode-changed'))
      throw new UsageError(`--${name} ${printable(written)}: there is no such file in the context`);
  }
  return (now) =>
    given.flatMap(({ name, path }): readonly Edit[] => {
      const below = [...now].filter(([at]) => path === '.' || isInside(path, at));
      if (below.length > 0) return below.flatMap(([at, entry]): readonly Edit[] => edited(name, at, entry));
      // It is not there, or not sent: then as if it were, which the ignore file may still prevent.
      if (name === 'added') return there.entries.has(path) ? [] : [['after', path, otherBytes]];
      return name === 'removed' ? [['before', path, otherBytes]] : [];
    });
}

function edited(name: (typeof pathOptions)[number], path: string, entry: ContextEntry): readonly Edit[] {
  switch (name) {
    case 'changed':
      return entry.kind === 'folder' ? [] : [['before', path, { ...entry, content: `not ${entry.content}` }]];
    case 'mode-changed':
      return [['before', path, { ...entry, mode: entry.mode ^ 0o111 }]];
    case 'added':
      return [['before', path, null]];
    case 'removed':
      return [['after', path, null]];
  }
}

/** Against the present state with something else in it. */
async function againstPresent(question: Question): Promise<Answer> {
  const { args, asked } = question;
  const text = (await formerDockerfile(question)) ?? asked.dockerfile.text;
  const steps = await compared(question, formerBuild(question), text, await editsOf(question));
  const said = [...pathOptions, 'before-dockerfile', 'before-build-arg'].flatMap((name) =>
    (args.options.get(name) ?? []).map((value) => `--${name} ${value}`),
  );
  return { steps, against: said.join(' '), notes: [] };
}

/** Against a revision. */
async function againstRevision(question: Question, revision: string): Promise<Answer> {
  const { io, args, asked, parser } = question;
  const { build, workspace } = asked;
  const { history } = diskPorts(io, args);
  if (history === undefined) throw new UsageError('why: --since asks git, which --no-git forbids');
  try {
    const answer = await history.compare(revisionQuery(build, revision));
    if (answer.gap !== null) throw new UsageError(`--since ${printable(revision)}: ${answer.gap.message}`);
    const { state } = answer;
    const text = await formerDockerfile(question);
    const texts = text === undefined ? state.texts : new Map(state.texts).set(build.dockerfile, text);
    const [steps] = await workspace.resolve([build], (snapshot, now) =>
      whyAgainst(snapshot, now, { ...state, texts }, parser, formerBuild(question)),
    );
    if (steps === undefined) throw new Error('the Dockerfile was lost');
    return { steps, against: `${revision} (${state.commit.slice(0, 7)})`, notes: state.notes };
  } finally {
    await history.close();
  }
}

/** `plimsoll why`: the exit code. Throws `UsageError` where it is not clear what is asked. */
export async function why(io: Io, args: Arguments, loadEngine: () => Promise<Engine>): Promise<number> {
  checkOptions(args);
  const since = one(args, 'since');
  const before = one(args, 'before');
  const asked = await askedBuild(io, args, args.paths[0], 'why');
  const { build, builds } = asked;
  if (build.remote)
    throw new UsageError(
      `why: the context ${printable(build.context)} is not on this disk; --context DIR names another`,
    );
  const question: Question = { io, args, asked, parser: (await loadEngine()).shellParser };
  const answer =
    since !== undefined
      ? await againstRevision(question, since)
      : before !== undefined
        ? await againstFolder(question, before)
        : await againstPresent(question);
  const reported = reportedBuild(build, builds, shownFrom(io.cwd));
  if (args.options.get('format')?.[0] === 'json') {
    io.out(jsonDocument({ version: 1, build: reported, steps: answer.steps }));
  } else io.out(whyText({ build: reported, ...answer }, io.colour ? coloured : plain));
  return asked.failed ? 2 : 0;
}
