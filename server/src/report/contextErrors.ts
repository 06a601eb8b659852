import { type MissingSource, missingSources } from '../sim/context/missing.js';
import { compilePattern } from '../syntax/dockerignore/compile.js';
import type { IgnoreFile, IgnorePattern } from '../syntax/dockerignore/model.js';
import type { Problem } from '../syntax/problem.js';
import { type ContextFacts, type ContextInput, lineOf } from './contextInput.js';
import type { ContextError } from './contextModel.js';

/** Whether a problem makes every build fail; otherwise it does so only once BuildKit looks at a path with the pattern. */
function failsAtOnce(ignore: IgnoreFile, { span }: Problem): boolean {
  const pattern = ignore.patterns.find((p) => p.span.start === span.start);
  return pattern === undefined || !compilePattern(pattern.text).lazy;
}

function ignoreErrors(input: ContextInput, { ignore, measure }: ContextFacts): ContextError[] {
  const { file, parsed } = ignore;
  if (file === null || parsed === undefined) return [];
  const stopped = measure?.error == null ? undefined : parsed.patterns[measure.error.pattern];
  return parsed.problems
    .filter((problem) => failsAtOnce(parsed, problem) || problem.span.start === stopped?.span.start)
    .map(({ message, span }) => {
      const written = parsed.text.slice(span.start, span.end);
      return {
        message: written.length > 80 ? message : `"${written}": ${message}`,
        path: input.shown(file),
        line: parsed.lines.positionAt(span.start).line,
      };
    });
}

/** Why BuildKit does not find a source, as the end of a sentence that begins with the source. */
function reasonText(input: ContextInput, { ignore }: ContextFacts, missing: MissingSource): string {
  const { reason, source } = missing;
  const { path } = source.query;
  const place = (by: IgnorePattern): string => {
    const written = ignore.parsed?.text.slice(by.span.start, by.span.end) ?? by.text;
    const file = ignore.file === null ? 'the ignore file' : input.shown(ignore.file);
    return `line ${by.line + 1} of ${file} (${written})`;
  };
  switch (reason.kind) {
    case 'missing':
      return reason.at === path
        ? 'is not in the context'
        : `is not in the context, which has no "${reason.at}"`;
    case 'outside':
      return `leads out of the context; BuildKit drops the ".." and looks for "${path}", which is not there`;
    case 'case':
      return `is "${reason.actual}" on the disk, and BuildKit minds upper and lower case`;
    case 'ignored':
      return `is kept out of the context by ${place(reason.by)}${reason.there ? '' : ', and is not there either'}`;
    case 'link': {
      const why =
        reason.by === undefined ? 'is not in the context' : `is kept out of it by ${place(reason.by)}`;
      return `leads over the link "${reason.link}" to "${reason.target}", which ${why}`;
    }
    case 'file':
      return `is not in the context, where "${reason.file}" is a file`;
    case 'unmatched':
      return `matches nothing, and nothing else of "${reason.folder}" is sent, so that BuildKit misses the folder itself`;
  }
}

/** Sources that BuildKit does not find. What was measured decides which; why not, the files around it. */
function sourceErrors(input: ContextInput, facts: ContextFacts): ContextError[] {
  const { needs, measure } = facts;
  const missing = missingSources(input.snapshot, input.build, needs);
  const sources = needs.uses.flatMap((use) => use.sources.map((source) => ({ use, source })));
  return sources.flatMap(({ use, source }, i) => {
    if (measure?.sources[i]?.found !== false) return [];
    const known = missing.find((one) => one.source === source);
    const why = known === undefined ? 'is not in the context' : reasonText(input, facts, known);
    return [
      {
        message: `"${source.written}" ${why}, so the build fails here.`,
        path: input.shown(input.build.dockerfile),
        line: lineOf(input.dockerfile, use.instruction),
      },
    ];
  });
}

function sorted(errors: readonly ContextError[]): readonly ContextError[] {
  const once = new Map(errors.map((error) => [JSON.stringify(error), error]));
  return [...once.values()].sort((a, b) => a.line - b.line);
}

/** What makes BuildKit fail before or while it reads the context, each once: the ignore file's lines, then the Dockerfile's. */
export function contextErrors(input: ContextInput, facts: ContextFacts): readonly ContextError[] {
  return [...sorted(ignoreErrors(input, facts)), ...sorted(sourceErrors(input, facts))];
}
