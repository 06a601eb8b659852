import { compilePattern } from '../syntax/dockerignore/compile.js';
import type { IgnoreFile } from '../syntax/dockerignore/model.js';
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

function sourceErrors(input: ContextInput, { needs, measure }: ContextFacts): ContextError[] {
  let index = 0;
  const errors: ContextError[] = [];
  for (const use of needs.uses) {
    for (const source of use.sources) {
      if (measure?.sources[index++]?.found === false) {
        errors.push({
          message: `"${source.written}" is not in the context, so the build fails here.`,
          path: input.shown(input.build.dockerfile),
          line: lineOf(input.dockerfile, use.instruction),
        });
      }
    }
  }
  return errors;
}

function sorted(errors: readonly ContextError[]): readonly ContextError[] {
  const once = new Map(errors.map((error) => [JSON.stringify(error), error]));
  return [...once.values()].sort((a, b) => a.line - b.line);
}

/** What makes BuildKit fail before or while it reads the context, each once: the ignore file's lines, then the Dockerfile's. */
export function contextErrors(input: ContextInput, facts: ContextFacts): readonly ContextError[] {
  return [...sorted(ignoreErrors(input, facts)), ...sorted(sourceErrors(input, facts))];
}
