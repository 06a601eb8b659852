import { type Changes, changesInCi, changesOf, type Known, oftener } from './changes.js';
import { type Reader, variablesOf } from './script.js';

/** What decides about values in a step of a workflow. Texts are as written, expressions included. */
export interface StepValues {
  /** Variables of `env:`: of the step, its job and the workflow, inner ones first. */
  readonly env: readonly Readonly<Record<string, string>>[];
  /** The steps of the same job. */
  readonly steps: readonly WrittenStep[];
  /** Outputs of other jobs, each with what decides about values there. */
  readonly outputs: (job: string, name: string) => { value: string; values: StepValues } | undefined;
}

export interface WrittenStep {
  readonly id: string | undefined;
  readonly uses: string | undefined;
  readonly run: string | undefined;
}

const maxDepth = 6;

/** Of the event and the run: what is another value with every commit, or with every run. */
const commitContext =
  /^github\.(?:sha|workflow_sha|event\.(?:after|head_commit\.(?:id|timestamp|tree_id)|pull_request\.(?:head\.sha|merge_commit_sha)|workflow_run\.head_sha))$/;
const runContext =
  /^github\.(?:run_id|run_number|event\.(?:repository\.(?:updated_at|pushed_at)|pull_request\.updated_at))$/;

function textChanges(text: string, values: StepValues, known: Known, depth: number): Changes | undefined {
  if (depth === 0) return undefined;
  let found: Changes | undefined;
  const rest = text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) => {
    found = oftener(found, expressionChanges(expression, values, depth));
    return '';
  });
  return oftener(found, changesOf(rest, known));
}

function expressionChanges(expression: string, values: StepValues, depth: number): Changes | undefined {
  if (/hashFiles\(/.test(expression)) return undefined;
  let found: Changes | undefined;
  for (const [reference] of expression.matchAll(/\b(?:github|env|steps|needs)(?:\.[\w-]+)+/g)) {
    found = oftener(found, referenceChanges(reference, expression, values, depth));
  }
  return found;
}

function referenceChanges(
  reference: string,
  expression: string,
  values: StepValues,
  depth: number,
): Changes | undefined {
  if (commitContext.test(reference)) return 'commit';
  if (runContext.test(reference)) return 'build';
  const [context, first = '', , third = ''] = reference.split('.');
  if (context === 'env') return envChanges(first, values, depth) ?? undefined;
  if (context === 'steps') return stepChanges(first, third, expression, values, depth);
  if (context !== 'needs') return undefined;
  const output = values.outputs(first, third);
  return output && textChanges(output.value, output.values, () => undefined, depth - 1);
}

/** What a variable of `env` is: set there, by an earlier step, or by the runner. */
function envChanges(name: string, values: StepValues, depth: number): Changes | null | undefined {
  const written = values.env.find((level) => Object.hasOwn(level, name))?.[name];
  if (written !== undefined) {
    return textChanges(written, values, (inner) => changesInCi(inner), depth - 1) ?? null;
  }
  for (const { run } of values.steps) {
    if (run?.includes('GITHUB_ENV') !== true) continue;
    const found = scriptChanges(run, name, values, depth);
    if (found !== undefined) return found;
  }
  return changesInCi(name);
}

/** How often what a script sets `name` to changes. */
function scriptChanges(run: string, name: string, values: StepValues, depth: number): Changes | undefined {
  if (depth <= 1) return undefined;
  // An expression is put into the script as a variable of its own, so that one reader does for both.
  const expressions: string[] = [];
  const script = run.replace(/\$\{\{([\s\S]*?)\}\}/g, (all) => `\${plimsoll_${expressions.push(all) - 1}}`);
  const outer: Known = (variable) => {
    const index = /^plimsoll_(\d+)$/.exec(variable)?.[1];
    const expression = index === undefined ? undefined : expressions[Number(index)];
    return expression === undefined
      ? envChanges(variable, values, depth - 1)
      : textChanges(expression, values, () => undefined, depth - 1);
  };
  const old = script.replace(/::set-output name=([\w-]+)::/g, '$1=');
  return variablesOf(old, outer)(name) ?? undefined;
}

function stepChanges(
  id: string,
  output: string,
  expression: string,
  values: StepValues,
  depth: number,
): Changes | undefined {
  const step = values.steps.find((one) => one.id === id);
  if (step?.run !== undefined) return scriptChanges(step.run, output, values, depth);
  if (step?.uses === undefined || !/^docker\/metadata-action@/i.test(step.uses)) return undefined;
  // Labels and annotations hold the time of the run; the version is a branch or a tag unless its rules say otherwise.
  if (/^(?:labels|annotations)$/.test(output)) return 'build';
  if (output !== 'json') return undefined;
  if (/image\.revision['"]/.test(expression)) return 'commit';
  return /image\.(?:version|title|url|source|licenses|description)['"]|\)\.(?:tags|version)\b/.test(
    expression,
  )
    ? undefined
    : 'build';
}

/** Reads what a step's own script passes on. */
export function readerOfScript(run: string, values: StepValues): Reader {
  const variable: Known = (name) => scriptChanges(run, name, values, maxDepth);
  return { variable, text: (text) => textChanges(text, values, variable, maxDepth) };
}

/** Reads what a step gives to an action. */
export function readerOfInputs(values: StepValues): Reader {
  return { variable: () => undefined, text: (text) => textChanges(text, values, () => undefined, maxDepth) };
}
