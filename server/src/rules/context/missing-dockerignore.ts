import { runsBelow } from '../../fixes/ignorefile/below.js';
import { changeTo } from '../../fixes/ignorefile/edit.js';
import { generateIgnore } from '../../fixes/ignorefile/generate.js';
import { savedBy } from '../../fixes/ignorefile/impact.js';
import { inputOf } from '../../fixes/ignorefile/input.js';
import { type Junk, junkWithoutIgnoreFile } from '../../fixes/ignorefile/junk.js';
import type { GeneratedIgnore, IgnoreInput } from '../../fixes/ignorefile/model.js';
import type { Weighed } from '../../fixes/ignorefile/weigh.js';
import { bytesText } from '../../text/bytes.js';
import { baseName } from '../../text/paths.js';
import { dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** Names in a message; the rest is counted. */
const mostNamed = 3;

function shown({ pattern, bytes }: Weighed): string {
  return `${pattern.replace(/^\*\*\//, '')} (${bytesText(bytes)})`;
}

function listOf(lines: readonly Weighed[]): string {
  const named = lines.slice(0, mostNamed).map(shown);
  const more = lines.length - named.length;
  const all = more > 0 ? [...named, `${more} more`] : named;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function messageOf(input: IgnoreInput, junk: Junk): string {
  const file = input.build.ignoreFile;
  const why = file === null ? 'There is no .dockerignore' : `The ${baseName(file)} holds no pattern`;
  const [taker] = junk.takers;
  const what = taker.use.kind === 'mount' ? 'this mount' : `this ${taker.use.instruction.keyword}`;
  const steps = runsBelow(input, taker.use.step).length;
  const rerun =
    steps > 0 && taker.use.kind !== 'mount' && junk.lines.some((line) => line.volatile)
      ? `; whenever they change, ${steps === 1 ? 'the step' : `the ${steps} steps`} below ${steps === 1 ? 'runs' : 'run'} again`
      : '';
  return `${why}, so ${what} takes what the build does not need: ${listOf(junk.lines)}${rerun}.`;
}

function fixOf({ title, applicability, path, text }: GeneratedIgnore, { snapshot }: IgnoreInput): Fix {
  return { title, applicability, changes: () => [changeTo(snapshot, path, text)] };
}

/** The whole file, or, where a part of it is unsafe, first what is safe by itself. */
function generatedFiles(input: IgnoreInput): readonly GeneratedIgnore[] {
  const whole = generateIgnore(input);
  if ('refused' in whole) return [];
  if (whole.applicability === 'safe') return [whole];
  const part = generateIgnore(input, { only: 'safe' });
  if ('refused' in part || part.after.files === part.before.files) return [whole];
  return [part, { ...whole, title: `${whole.title}, with what else no step is known to need` }];
}

function fixesOf(files: readonly GeneratedIgnore[], input: IgnoreInput): readonly Fix[] {
  return files.map((file, i) => ({ ...fixOf(file, input), ...(i > 0 ? { fuller: true } : {}) }));
}

/** What can't be left out without doubt is no fault: no finding without a file to offer. */
function findingOf(input: IgnoreInput, junk: Junk): RuleFinding | undefined {
  const files = generatedFiles(input);
  const [first] = files;
  if (first === undefined) return undefined;
  const [taker, ...others] = junk.takers;
  return {
    at: taker.use.instruction.span,
    message: messageOf(input, junk),
    related: others
      .filter(({ use }) => use.instruction !== taker.use.instruction)
      .map(({ use, bytes }) => ({
        at: use.instruction.span,
        message: `This takes ${bytesText(bytes)} of it too.`,
      })),
    impact: savedBy(first),
    fixes: fixesOf(files, input),
  };
}

/** Without an ignore file a copy of a folder takes the history, installed packages and caches along. */
export default dockerfileRule(
  {
    id: 'missing-dockerignore',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'always',
    summary:
      'There is no .dockerignore, so a COPY takes history, packages or caches that the build does not need.',
  },
  function* (context) {
    const input = inputOf(context);
    const junk = junkWithoutIgnoreFile(input);
    const finding = junk === undefined ? undefined : findingOf(input, junk);
    if (finding !== undefined) yield finding;
  },
);
