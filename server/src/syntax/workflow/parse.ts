import { isScalar, isSeq, type Node, Scalar } from 'yaml';
import { lineIndex } from '../../text/lines.js';
import { type MappedText, mappedBuilder, mappedSlice, spanToDocument } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';
import { type ChangingArgument, changingArgument, changingArguments } from '../changing/script.js';
import { readerOfInputs, readerOfScript, type StepValues } from '../changing/workflow.js';
import { type YamlReader, yamlReader } from '../yaml/nodes.js';
import { readYaml } from '../yaml/read.js';
import { allKnown, buildArgs, dockerCommand, inFolder, isRemoteContext } from './docker.js';
import type { WorkflowBake, WorkflowBuild, WorkflowFile } from './model.js';
import { scriptCommands } from './script.js';
import { valuesOfStep } from './values.js';

interface Step {
  readonly job: string | undefined;
  readonly name: string | undefined;
  readonly index: number;
  readonly node: Node;
  /** Working directory of `run` steps, relative to the checkout. */
  readonly folder: string | undefined;
}

interface Found {
  readonly builds: WorkflowBuild[];
  readonly bakes: WorkflowBake[];
  others: number;
  /** What decides about values in a step. */
  readonly values: (step: Step) => StepValues;
}

/** Actions that build an image in a way of their own. */
const otherBuilders =
  /^(?:elgohr\/publish-docker-github-action|mr-smithers-excellent\/docker-build-push|redhat-actions\/buildah-build|whoan\/docker-build-with-cache-action|aevea\/action-kaniko|int128\/kaniko-action|depot\/bake-action|devcontainers\/ci|docker\/github-builder)/i;

/** Reads a GitHub workflow or composite action: never throws, whatever the text. */
export function parseWorkflow(text: string): WorkflowFile {
  const yaml = readYaml(text);
  const reader = yamlReader(yaml, text);
  const root = reader.entries(yaml.documents[0].contents);
  const values = (step: Step): StepValues => valuesOfStep(root, reader, step.job, step.node);
  const found: Found = { builds: [], bakes: [], others: 0, values };
  const isAction = root.has('runs');
  const steps = isAction ? actionSteps(root.get('runs')?.value, reader) : jobSteps(root, reader);
  for (const step of steps) readStep(step, reader, text, found);
  return {
    kind: isAction ? 'action' : root.has('jobs') ? 'workflow' : 'other',
    buildsImages: found.builds.length + found.bakes.length + found.others > 0,
    builds: found.builds,
    bakes: found.bakes,
    problems: [...yaml.problems, ...reader.problems()],
  };
}

function actionSteps(runs: Node | undefined, reader: YamlReader): Step[] {
  return stepsOf(reader.entries(runs).get('steps')?.value, undefined, '.', reader);
}

function jobSteps(
  root: ReadonlyMap<string, { readonly value: Node | undefined }>,
  reader: YamlReader,
): Step[] {
  const whole = defaultFolder(root.get('defaults')?.value, '.', reader);
  return [...reader.entries(root.get('jobs')?.value).values()].flatMap(({ key, value }) => {
    const job = reader.entries(value);
    const folder = defaultFolder(job.get('defaults')?.value, whole, reader);
    return stepsOf(job.get('steps')?.value, key, folder, reader);
  });
}

function defaultFolder(
  defaults: Node | undefined,
  otherwise: string | undefined,
  reader: YamlReader,
): string | undefined {
  const run = reader.entries(reader.entries(defaults).get('run')?.value);
  const written = run.get('working-directory');
  return written === undefined ? otherwise : inFolder('.', known(reader.plain(written.value)));
}

function stepsOf(
  list: Node | undefined,
  job: string | undefined,
  folder: string | undefined,
  reader: YamlReader,
): Step[] {
  if (!isSeq(list)) return [];
  return list.items.flatMap((item, index) => {
    const node = reader.resolve(item);
    if (node === undefined) return [];
    const step = reader.entries(node);
    const name = reader.plain(step.get('name')?.value);
    const own = step.get('working-directory');
    return [
      {
        job,
        name: typeof name === 'string' ? name : undefined,
        index,
        node,
        folder: own === undefined ? folder : inFolder('.', known(reader.plain(own.value))),
      },
    ];
  });
}

function readStep(step: Step, reader: YamlReader, text: string, found: Found): void {
  const entries = reader.entries(step.node);
  const uses = entries.get('uses');
  const action = reader.plain(uses?.value);
  if (uses !== undefined && typeof action === 'string') {
    const inputs = reader.plain(entries.get('with')?.value);
    readAction(step, action, isRecord(inputs) ? inputs : {}, reader.spanOf(uses.value), found, (input) => {
      const { start, end } = reader.spanOf(reader.entries(entries.get('with')?.value).get(input)?.value);
      return { start, text: text.slice(start, end) };
    });
  }
  const run = entries.get('run')?.value;
  if (isScalar(run) && typeof run.value === 'string') readScript(step, run, run.value, text, found);
}

function readAction(
  step: Step,
  action: string,
  inputs: Record<string, unknown>,
  span: Span,
  found: Found,
  written: (input: string) => Written,
): void {
  const where = { job: step.job, step: step.name, index: step.index, span };
  if (/^(?:docker|depot)\/build-push-action@|^depot\/build-push-action@/i.test(action)) {
    const changing = changingInputs(inputs, written('build-args'), () => found.values(step));
    found.builds.push({ ...where, how: 'build-push-action', ...actionBuild(inputs), changing });
  } else if (/^docker\/bake-action@/i.test(action)) {
    found.bakes.push({ ...where, ...actionBake(inputs) });
  } else if (otherBuilders.test(action)) {
    found.others++;
  }
}

/** An input as it stands in the file. */
interface Written {
  readonly start: number;
  readonly text: string;
}

/** The entries of `build-args` whose value changes by itself. */
function changingInputs(
  inputs: Record<string, unknown>,
  written: Written,
  values: () => StepValues,
): readonly ChangingArgument[] {
  const entries = listInput(inputs['build-args']).filter((entry) => entry.includes('${{'));
  if (entries.length === 0) return [];
  const reader = readerOfInputs(values());
  return entries.flatMap((entry) => {
    const at = Math.max(0, written.text.indexOf(entry));
    return changingArgument(entry, written.start + at, reader) ?? [];
  });
}

type BuildPlace = Omit<WorkflowBuild, 'how' | 'job' | 'step' | 'index' | 'span' | 'changing'>;

function actionBuild(inputs: Record<string, unknown>): BuildPlace {
  const context = actionContext(inputs.context);
  const remote = context !== undefined && isRemoteContext(context);
  const gitContext = inputs.context === undefined || String(inputs.context).startsWith('{{defaultContext}}');
  const file = inputs.file === undefined || inputs.file === '' ? undefined : known(inputs.file);
  const named = inputs.file !== undefined && inputs.file !== '';
  return {
    context,
    remote,
    ...(gitContext ? { git: true } : {}),
    // A file is looked for in the context BuildKit fetched, but from the workspace where the context is a folder of it.
    file: remote
      ? undefined
      : named
        ? inFolder(gitContext ? context : '.', file)
        : inFolder(context, 'Dockerfile'),
    target: inputs.target === undefined || inputs.target === '' ? null : known(inputs.target),
    args: buildArgs(listInput(inputs['build-args']).map(knownArgument)),
    namedContexts: listInput(inputs['build-contexts']).flatMap((c) => c.split('=')[0] ?? []),
  };
}

/** Without `context` the action builds the commit's tree fetched by git: the repository's root. */
function actionContext(written: unknown): string | undefined {
  if (written === undefined || written === null || written === '') return '.';
  const text = String(written);
  const folder = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/s.exec(text);
  if (folder !== null) return inFolder('.', known(folder[1] ?? '.'));
  const value = known(text.replace(/^\$\{\{\s*github\.workspace\s*\}\}\/?/, './'));
  if (value === undefined) return undefined;
  return isRemoteContext(value) ? value : inFolder('.', value);
}

function actionBake(inputs: Record<string, unknown>): Pick<WorkflowBake, 'files' | 'targets'> {
  const folder = inFolder('.', known(inputs.workdir ?? inputs.source ?? '.'));
  const files = listInput(inputs.files, /[\n,]/).filter((f) => !f.startsWith('cwd://') || f !== '');
  return {
    files: allKnown(files.map((f) => inFolder(folder, known(f.replace(/^cwd:\/\//, ''))))),
    targets: allKnown(listInput(inputs.targets, /[\n,]/).map(known)),
  };
}

/** The lines of a multi-line input, trimmed, empty ones left out. */
function listInput(input: unknown, separator: RegExp = /\n/): string[] {
  if (input === undefined || input === null) return [];
  return String(input)
    .split(separator)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A build argument whose value holds an expression keeps its name only. */
function knownArgument(entry: string): string | undefined {
  const [name = ''] = entry.split('=');
  return known(entry) ?? known(name);
}

/** The text of an input; undefined where an expression decides. */
function known(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const text = String(value);
  return text.includes('${{') ? undefined : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readScript(step: Step, node: Scalar, script: string, text: string, found: Found): void {
  if (!script.includes('docker')) return;
  const mapped = scalarText(node, text);
  for (const command of scriptCommands(mapped?.text ?? script)) {
    const built = dockerCommand(command, step.folder);
    if (built === undefined) continue;
    const [start = 0, end = 0] = node.range ?? [];
    const span = mapped === undefined ? { start, end } : spanToDocument(mapped, command.start, command.end);
    const { kind, ...rest } = built;
    const where = { job: step.job, step: step.name, index: step.index, span };
    if (kind === 'build') {
      const changing = changingArguments(command, readerOfScript(script, found.values(step))).map(
        (argument) => ({
          ...argument,
          at: mapped === undefined ? span : spanToDocument(mapped, argument.at.start, argument.at.end),
        }),
      );
      found.builds.push({ ...where, how: 'command', ...(rest as BuildPlace), changing });
    } else if (kind === 'bake')
      found.bakes.push({ ...where, ...(rest as Pick<WorkflowBake, 'files' | 'targets'>) });
    else found.others++;
  }
}

/** The script of a `|` block or a plain scalar on one line with its place in the document; undefined for other forms. */
function scalarText(node: Scalar, text: string): MappedText | undefined {
  const [start = 0, end = 0] = node.range ?? [];
  const source = text.slice(start, end);
  if (node.type === Scalar.PLAIN && !/[\r\n]/.test(source)) return mappedSlice(source, start);
  if (node.type !== Scalar.BLOCK_LITERAL) return undefined;
  const lines = lineIndex(source);
  const builder = mappedBuilder();
  let indent: number | undefined;
  for (let line = 1; line < lines.count; line++) {
    const content = source.slice(lines.start(line), lines.end(line));
    if (indent === undefined && content.trim() !== '') indent = content.length - content.trimStart().length;
    const skip = Math.min(indent ?? 0, content.length);
    builder.add(
      source.slice(lines.start(line) + skip, lines.start(line + 1)),
      start + lines.start(line) + skip,
    );
  }
  return builder.build();
}
