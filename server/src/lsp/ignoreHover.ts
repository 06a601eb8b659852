import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import { projectBuilds } from '../project/discover.js';
import { localBuild } from '../project/local.js';
import type { ContextMeasure, PatternMeasure } from '../project/measure.js';
import type { Snapshot } from '../project/snapshot.js';
import { amountText } from '../report/layout.js';
import { builtOf } from '../sim/context/built.js';
import { contextQuery } from '../sim/context/query.js';
import type { IgnoreFile, IgnorePattern } from '../syntax/dockerignore/model.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import { counted } from '../text/counted.js';
import { relativePath } from '../text/paths.js';
import { encloses, type Span } from '../text/span.js';
import { basis, buildName, code } from './words.js';

/** What is said of one line of an ignore file. */
export interface PatternHover {
  readonly span: Span;
  /** Paragraphs in Markdown. */
  readonly paragraphs: readonly string[];
}

/** The pattern at `offset`; undefined between patterns and in comments. */
export function patternAt(ignore: IgnoreFile, offset: number): IgnorePattern | undefined {
  return ignore.patterns.find(({ span }) => encloses(span, { start: offset, end: offset }));
}

/** What the path of a pattern (without `!`) stands for, as the object of a sentence. */
function reach(path: string): string {
  if (path === '*' || path === '**') return 'everything in the context';
  const anyDepth = path.startsWith('**/');
  const name = anyDepth ? path.slice(3) : path;
  const what = `what is called ${code(name)}`;
  if (anyDepth && !name.includes('**')) return `${what} at any depth`;
  if (path.includes('**'))
    return `what matches ${code(path)}, where ${code('**')} stands for any number of folders`;
  const wild = /[*?[\\]/.test(path);
  const place = path.includes('/') ? 'counted from the root of the context' : 'in the root of the context';
  return wild ? `what matches ${code(path)}, ${place}` : `${code(path)} ${place}`;
}

/** What a line means, whatever is there. */
export function meaning(pattern: IgnorePattern, written: string): string {
  const path = pattern.exception ? pattern.text.slice(1) : pattern.text;
  const verb = pattern.exception ? 'Lets in again' : 'Hides';
  const condition = pattern.exception ? ', where an earlier line hid it' : '';
  const first = `${verb} ${reach(path)}, and all that lies below it${condition}.`;
  const body = written.replace(/^!\s*/, '');
  const read = body === path || path === '' ? [] : [`It is read as ${code(path)}.`];
  // A .gitignore anchors what has a slash in front or in the middle.
  const anchored = !/\/./.test(body) && !['*', '**', ''].includes(path);
  const unlike = anchored
    ? [`Unlike in a .gitignore, not in folders further down: that would be ${code(`**/${path}`)}.`]
    : [];
  return [first, ...read, ...unlike].join(' ');
}

function lineName(ignore: IgnoreFile, index: number): string {
  const pattern = ignore.patterns[index];
  if (pattern === undefined) return 'another line';
  const written = ignore.text.slice(pattern.span.start, pattern.span.end);
  return `line ${pattern.line + 1} (${code(written)})`;
}

/** What later and earlier lines do to what a line hits, one sentence each. */
function others(ignore: IgnoreFile, pattern: IgnorePattern, measure: PatternMeasure): string[] {
  const later = measure.overruled.map(({ by, files }) => {
    const lets = ignore.patterns[by]?.exception === true;
    const what = lets ? 'lets them in' : 'hides them';
    return `For ${counted(files, 'file')} of them ${lineName(ignore, by)} further down decides: it ${what}.`;
  });
  const earlier = measure.shadowed.map(({ by, files }) => {
    const had = pattern.exception ? 'had let in' : 'had hidden';
    const name = lineName(ignore, by);
    return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${had} ${counted(files, 'file')} of them already.`;
  });
  return [...later, ...earlier];
}

/** What a line does to the files that are there. */
export function effect(ignore: IgnoreFile, pattern: IgnorePattern, measure: PatternMeasure): string[] {
  const { matched, decides, examples } = measure;
  if (examples.length === 0) return ['Nothing in the context has such a name now, so the line does nothing.'];
  const verb = pattern.exception ? 'lets in' : 'hides';
  const does =
    decides.files > 0
      ? `It ${verb} ${amountText(decides)}${matched.files > decides.files ? `, of ${amountText(matched)} that it hits` : ''}.`
      : `It ${verb} no file, though it hits ${amountText(matched)}.`;
  const named = `Examples: ${examples.map(code).join(', ')}.`;
  return [does, named, ...others(ignore, pattern, measure)];
}

/** What an ignore file does for one build that reads it. */
interface Reader {
  readonly build: Build;
  readonly loaded: boolean;
  readonly measure: ContextMeasure | undefined;
}

function readerOf(snapshot: Snapshot, build: Build): Reader | undefined {
  const built = builtOf(snapshot, build);
  if (built === undefined) return undefined;
  const { needs } = built;
  const query = contextQuery(snapshot, build, needs, { all: true });
  return { build, loaded: needs.loaded, measure: query && snapshot.measure(query) };
}

/** The builds that read an ignore file, as they are from a checkout. */
function readersOf(snapshot: Snapshot, path: string): readonly Build[] {
  return projectBuilds(snapshot, path)
    .map((build) => localBuild(snapshot, build))
    .filter(({ remote, ignoreFile }) => !remote && ignoreFile === path);
}

/** What a line does in the first build that loads its context, and for which build that is. */
function inBuilds(
  snapshot: Snapshot,
  path: string,
  ignore: IgnoreFile,
  pattern: IgnorePattern,
): readonly string[] {
  const builds = readersOf(snapshot, path);
  const [first] = builds;
  if (first === undefined) return ['No build of this project reads this file.'];
  let reader: Reader | undefined;
  for (const build of builds) {
    reader = readerOf(snapshot, build);
    if (reader?.loaded === true) break;
  }
  if (reader?.loaded !== true)
    return ['No step of a build that reads this file takes anything from its context.'];
  const { build, measure } = reader;
  if (measure === undefined) return [];
  if (measure.error !== null) return ['BuildKit refuses another line of this file, so nothing is counted.'];
  const found = measure.patterns?.[ignore.patterns.indexOf(pattern)];
  if (found === undefined) return [];
  const more = new Set(builds.map(({ context }) => context)).size - 1;
  return [...effect(ignore, pattern, found), basisFor(snapshot, build, more)];
}

function basisFor(snapshot: Snapshot, build: Build, more: number): string {
  const context = relativePath(projectRootOf(snapshot, build.context), build.context);
  const where = `${context === '.' ? 'the project root' : code(context)} (${buildName(build)})`;
  const rest = more === 0 ? '' : ` It is read for ${counted(more, 'other context')} too.`;
  return `For the context ${where}. ${basis}${rest}`;
}

/**
 * What the line at `offset` of the ignore file at `path` means; undefined where there is no pattern. With `world` also what
 * it does to the files there.
 */
export function patternHover(
  texts: Pick<Snapshot, 'parse'>,
  path: string,
  offset: number,
  world?: Snapshot,
): PatternHover | undefined {
  const ignore = texts.parse(path, parseIgnore);
  const pattern = ignore && patternAt(ignore, offset);
  if (ignore === undefined || pattern === undefined) return undefined;
  const { span } = pattern;
  const problem = ignore.problems.find((p) => p.span.start === span.start);
  if (problem !== undefined) return { span, paragraphs: [problem.message] };
  const means = meaning(pattern, ignore.text.slice(span.start, span.end));
  if (world === undefined) return { span, paragraphs: [means] };
  return { span, paragraphs: [means, ...inBuilds(world, path, ignore, pattern)] };
}
