import { removeLine, replaceLine } from '../../fixes/ignore.js';
import type { Build } from '../../project/build.js';
import { configOf } from '../../project/config.js';
import { type ContextView, contextView } from '../../project/context.js';
import type { ContextMeasure, ContextQuery } from '../../project/measure.js';
import { buildScripts } from '../../project/scripts.js';
import type { Snapshot } from '../../project/snapshot.js';
import { builtOf } from '../../sim/context/built.js';
import {
  bodyOf,
  coveredBy,
  hides,
  isLiteral,
  isOutside,
  undoneBy,
  walkingExceptions,
} from '../../sim/context/ignoreLines.js';
import { makersOf } from '../../sim/context/makers.js';
import { nearName, nestedPaths } from '../../sim/context/nested.js';
import { contextQuery } from '../../sim/context/query.js';
import { isUsualName, meansEveryFolder } from '../../sim/context/usualNames.js';
import type { IgnorePattern } from '../../syntax/dockerignore/model.js';
import { bytesText } from '../../text/bytes.js';
import { joinPath } from '../../text/paths.js';
import { type Fix, type IgnoreContext, ignoreRule, type RuleFinding } from '../rule.js';

/** Ignored files from which on it is worth a word that the client looks at all of them. */
const manyFiles = 1000;

/** One line, and what is known of the builds that read it. */
interface Line {
  readonly context: IgnoreContext;
  readonly pattern: IgnorePattern;
  readonly index: number;
  /** As written. */
  readonly raw: string;
  /** One for each context of the builds that read the file. */
  readonly views: readonly ContextView[];
}

function edit({ context }: Line, title: string, change: ReturnType<typeof removeLine>, safe: boolean): Fix {
  return {
    title,
    applicability: safe ? 'safe' : 'manual',
    changes: () => [{ kind: 'edit', path: context.path, edits: [change] }],
  };
}

function removal(line: Line): Fix {
  return edit(line, `Remove the line \`${line.raw}\``, removeLine(line.context.ignore, line.pattern), true);
}

function replacement(line: Line, ...lines: string[]): Fix {
  const title = `Write ${lines.map((l) => `\`${l}\``).join(' and ')} instead`;
  return edit(line, title, replaceLine(line.context.ignore, line.pattern, lines), false);
}

function dead(line: Line, message: string, more: Partial<RuleFinding> = {}): RuleFinding {
  const fixes = more.fixes ?? [removal(line)];
  return { at: line.pattern.span, severity: 'hint', message, tags: ['unnecessary'], ...more, fixes };
}

function misread(line: Line, message: string, fixes: readonly Fix[]): RuleFinding {
  return { at: line.pattern.span, severity: 'hint', message, fixes };
}

function isThere(line: Line, path: string): boolean {
  return line.views.some((view) => view.exists(path));
}

/** A `#` that starts no comment. */
function* commentLike(line: Line): Generator<RuleFinding> {
  const { pattern, context, raw } = line;
  const start = context.ignore.text.lastIndexOf('\n', pattern.span.start - 1) + 1;
  if (raw.startsWith('#')) {
    if (isThere(line, raw)) return;
    const blanks = { span: { start, end: pattern.span.start }, newText: '' };
    yield dead(
      line,
      'This is no comment but a pattern: `#` has to stand at the very beginning of the line.',
      {
        fixes: [edit(line, 'Make it a comment', blanks, true)],
      },
    );
    return;
  }
  const parts = /^(.*?\S)\s+(#.*)$/.exec(raw);
  const [, own = '', comment = ''] = parts ?? [];
  if (own === '' || isThere(line, bodyOf(pattern))) return;
  const fixes = start === pattern.span.start ? [replacement(line, comment, own)] : [replacement(line, own)];
  yield misread(
    line,
    `\`${comment}\` is part of the pattern: a comment needs a line of its own, so \`${own}\` is not what is ignored here.`,
    fixes,
  );
}

/** What is written as for git, and read otherwise. */
function* foreign(line: Line): Generator<RuleFinding> {
  const { raw, pattern } = line;
  const body = bodyOf(pattern);
  if (raw.includes('[!')) {
    const message = `\`[!\` negates nothing here: this matches \`!\` and the characters after it. BuildKit writes \`[^…]\`.`;
    yield misread(line, message, [replacement(line, raw.replaceAll('[!', '[^'))]);
  } else if (/[^[\\]\^/.test(body) && /[*?[\]]/.test(body.replace(/\[\^/g, ''))) {
    yield misread(
      line,
      'This never matches: beside a wildcard `^` stands for the beginning of the path.',
      [],
    );
  }
}

function* shadowed(line: Line): Generator<RuleFinding> {
  const { context, pattern, index } = line;
  const { ignore } = context;
  const by = coveredBy(ignore, index);
  const what = pattern.exception ? 'lets in' : 'hides';
  if (by !== undefined) {
    const same = by.text === pattern.text;
    const message = same
      ? 'The line says again what stands further up.'
      : `The line does nothing: \`${by.text}\` further up ${what} all of it already.`;
    const related = [{ at: by.span, message: same ? 'It is said here.' : 'This line does it all.' }];
    yield dead(line, message, { related });
    return;
  }
  const undone = undoneBy(ignore, index);
  if (undone === undefined) return;
  const related = [{ at: undone.span, message: 'This line lets it in again.' }];
  const message = `The line hides nothing: \`${undone.text}\` further down lets all of it in again.`;
  yield { ...misread(line, message, []), related };
}

/** An exception that stands where nothing is ignored. */
function* idleException(line: Line): Generator<RuleFinding> {
  const { context, pattern, index } = line;
  if (!pattern.exception) return;
  const body = bodyOf(pattern);
  const { patterns } = context.ignore;
  const above = patterns.slice(0, index).map(({ text }) => text);
  const later = patterns
    .slice(index + 1)
    .find((p) => !p.exception && isLiteral(pattern) && hides([p.text], body));
  if (!above.some((text) => !text.startsWith('!'))) {
    if (later === undefined) {
      yield dead(line, 'The line does nothing: nothing is ignored above it that it could let in again.');
      return;
    }
    const related = [{ at: later.span, message: 'This line ignores it.' }];
    const message = `The line does nothing: later lines win, and \`${later.text}\` further down ignores it.`;
    yield { ...dead(line, message, { related, fixes: [] }) };
    return;
  }
  if (!isLiteral(pattern) || hides(above, body)) return;
  const folder = line.views.find((view) => view.kindOf(body) === 'folder');
  const hidden =
    folder === undefined ? undefined : nestedPaths(folder, body, (path) => folder.isIgnored(path))[0];
  if (hidden === undefined) return;
  const message = `The line lets nothing in: \`${body}\` itself is not ignored, only what is in it (\`${hidden}\`). Exceptions are asked where something is ignored.`;
  yield misread(line, message, [replacement(line, `!${body}/**`)]);
}

/** A name that git would look for in every folder. */
function* rootOnly(line: Line): Generator<RuleFinding> {
  const { raw, context } = line;
  const name = raw.replace(/\/$/, '');
  if (!meansEveryFolder(name)) return;
  const matches = (path: string): boolean => hides([`**/${name}`], path) && !hides([name], path);
  for (const view of line.views) {
    const [first, ...more] = nestedPaths(view, '.', (path) => matches(path) && !view.isIgnored(path));
    if (first === undefined) continue;
    const build = context.builds.find((b) => b.context === view.root);
    const measure = build && measured(context.snapshot, build, { probes: [`**/${name}`] })?.probes[0];
    if (measure?.files === 0) continue;
    const size =
      measure === undefined
        ? ''
        : ` (${bytesText(measure.bytes)} in ${measure.files} files, simulated from the files on disk)`;
    const others = more.length === 0 ? '' : ' and others';
    const message = `\`${name}\` is meant for the root of the context alone: \`${first}\`${others} is sent all the same${size}.`;
    yield misread(line, message, [replacement(line, `**/${name}`)]);
    return;
  }
}

/** Whether something in the project tells that the path may come to be: git's rules, or a script that names it. */
function mayComeToBe({ context }: Line, view: ContextView, path: string): boolean {
  const { snapshot, builds } = context;
  const { root } = configOf(snapshot, context.path);
  const known = snapshot.list(root)?.some(({ name }) => name === '.gitignore') === true;
  // A file that could not be read as text says nothing.
  if (!known || snapshot.text(joinPath(root, '.gitignore'))?.includes('\0') !== false) return true;
  const files = builds.map(({ dockerfile }) => dockerfile);
  const scripts = files.flatMap((file) => [
    ...buildScripts(snapshot, root, view.root, file),
    { path: file, text: snapshot.text(file) ?? '' },
  ]);
  return makersOf(snapshot, root, joinPath(view.root, path), scripts).length > 0;
}

/** A literal path of which nothing is there, though it is no name that comes and goes. */
function* matchesNothing(line: Line): Generator<RuleFinding> {
  const { pattern, views } = line;
  const body = bodyOf(pattern);
  if (pattern.exception || views.length === 0 || !isLiteral(pattern) || isUsualName(body)) return;
  if (views.some((view) => view.exists(body))) return;
  for (const view of views) {
    const meant = nearName(view, body);
    if (meant === undefined) continue;
    yield misread(line, `\`${body}\` is not in the build context, but \`${meant}\` is.`, [
      replacement(line, meant),
    ]);
    return;
  }
  // In a folder that is there, a name may appear any time; where the folder itself is gone, the line is a leftover.
  const [top = ''] = body.split('/');
  if (top === body || views.some((view) => view.exists(top) || mayComeToBe(line, view, body))) return;
  yield dead(line, `\`${top}\` is not in the build context, so the line hides nothing.`);
}

/** The builds of different contexts, of each the first that loads it. */
function* contextsOf({ builds }: IgnoreContext): Generator<Build> {
  const seen = new Set<string>();
  for (const build of builds) {
    if (build.remote || seen.has(build.context)) continue;
    seen.add(build.context);
    yield build;
  }
}

function measured(
  snapshot: Snapshot,
  build: Build,
  wish: Partial<Pick<ContextQuery, 'all' | 'probes'>>,
): ContextMeasure | undefined {
  const built = builtOf(snapshot, build);
  if (built === undefined) return undefined;
  const query = contextQuery(snapshot, build, built.needs, wish);
  return query === undefined ? undefined : snapshot.measure(query);
}

/** Exceptions that cost a walk through everything that is ignored. */
function* walking(context: IgnoreContext): Generator<RuleFinding> {
  const [first, ...more] = walkingExceptions(context.ignore);
  if (first === undefined) return;
  for (const build of contextsOf(context)) {
    const files = measured(context.snapshot, build, { all: true })?.ignored?.files ?? 0;
    if (files < manyFiles) continue;
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    yield {
      at: first.span,
      severity: 'hint',
      message: `Because of the wildcard in \`${first.text}\`${others} every build looks through ignored folders too: ${files} ignored files (simulated from the files on disk). An exception that starts with a plain path, such as \`!docs/**\`, costs no such walk.`,
    };
    return;
  }
}

/** What makes every build that reads the file fail. */
function* refused({ ignore, path }: IgnoreContext): Generator<RuleFinding> {
  for (const { span, message } of ignore.problems) {
    const pattern = ignore.patterns.find((p) => p.span.start === span.start);
    const fix: Fix | undefined = pattern && {
      title: 'Remove the line',
      applicability: 'manual',
      changes: () => [{ kind: 'edit', path, edits: [removeLine(ignore, pattern)] }],
    };
    yield { at: span, severity: 'error', message, fixes: fix === undefined ? [] : [fix] };
  }
}

function* judgeLine(line: Line): Generator<RuleFinding> {
  if (isOutside(line.pattern)) {
    yield dead(line, 'The line does nothing: it names nothing inside the build context.');
    return;
  }
  for (const check of [commentLike, foreign, shadowed, idleException, rootOnly, matchesNothing]) {
    const found = [...check(line)];
    yield* found;
    if (found.length > 0) return;
  }
}

/** A line of an ignore file that does nothing, not what its author thinks, or makes every build fail. */
export default ignoreRule(
  {
    id: 'ineffective-ignore-pattern',
    severity: ['error', 'hint'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary:
      'A line of an ignore file does nothing, means something else than in a .gitignore, or makes the build fail.',
  },
  function* (context) {
    const { ignore, builds, others, snapshot } = context;
    yield* refused(context);
    if (ignore.problems.length > 0 || (builds.length === 0 && others.length > 0)) return;
    const views = [...contextsOf(context)].flatMap((build) => contextView(snapshot, build) ?? []);
    for (const [index, pattern] of ignore.patterns.entries()) {
      const raw = ignore.text.slice(pattern.span.start, pattern.span.end);
      yield* judgeLine({ context, pattern, index, raw, views });
    }
    yield* walking(context);
  },
);
