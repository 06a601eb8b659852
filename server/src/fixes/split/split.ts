import { imageFiles } from '../../sim/closures.js';
import { commandsOf } from '../../sim/commands.js';
import type { CopyContext } from '../../sim/copies.js';
import { localCopyOf } from '../../sim/copies.js';
import type { ShellOf, StageGraph, StageNode, Step } from '../../sim/model.js';
import { startOf } from '../../sim/start.js';
import type { Dockerfile, Instruction } from '../../syntax/dockerfile/model.js';
import type { TextEdit } from '../../text/edit.js';
import { dominantEol } from '../../text/lines.js';
import { span } from '../../text/span.js';
import { blockOf, insertBefore, removalOf } from '../dockerfile.js';
import { distributionOf, imageNameOf, type SplitPlan, type SplitScene } from './model.js';
import { isBuildPackage, type Part, packagesOf, partsOf } from './parts.js';
import { stacks } from './stacks.js';

/** What is asked of a Dockerfile. */
export interface SplitView {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
}

/** A stage that builds and runs, taken apart. */
export interface Split {
  /** The stage that is split. */
  readonly node: StageNode;
  /** The stack, as people call it. */
  readonly name: string;
  readonly edits: readonly TextEdit[];
}

function sceneOf(view: SplitView, context: CopyContext, node: StageNode): SplitScene | undefined {
  const { dockerfile, graph, shell } = view;
  const last = node.steps.at(-1);
  const written = node.stage.from.image?.raw ?? '$';
  // Another version, by an argument or a digest, has another image beside it.
  const name = node.base.kind === 'image' && !/[$@]/.test(written) ? node.base.name : undefined;
  const start = startOf(graph, node, shell);
  // A step knows the folder it runs in, which a WORKDIR at the end is yet to change.
  const workdir = last?.instruction.kind === 'WORKDIR' ? undefined : last?.workdir;
  if (last === undefined || workdir === undefined || workdir === '/') return undefined;
  if (name === undefined || start === 'unknown') return undefined;
  const copies = node.steps.flatMap((step) => localCopyOf(node, step, context, dockerfile.escape) ?? []);
  const runs: { step: Step; commands: NonNullable<ReturnType<typeof commandsOf>> }[] = [];
  for (const step of node.steps) {
    if (step.instruction.kind !== 'RUN') continue;
    const commands = commandsOf(node, step, shell);
    if (commands === undefined) return undefined;
    runs.push({ step, commands });
  }
  const files = imageFiles(node, last, copies, context);
  return {
    dockerfile,
    graph,
    node,
    shell,
    image: imageNameOf(name),
    files,
    runs,
    start: start === 'none' ? [] : start,
    workdir,
  };
}

function namesArgument({ body }: Instruction, names: ReadonlySet<string>): boolean {
  return [...names].some((name) => new RegExp(`\\$\\{?${name}\\b`).test(body.text));
}

/** A name for the build stage that no stage has. */
function freeName({ stages }: Dockerfile): string {
  const taken = new Set(stages.map(({ name }) => name?.toLowerCase()));
  return ['build', 'builder', 'build-stage'].find((name) => !taken.has(name)) ?? 'plimsoll-build';
}

/** The lines of an instruction, with the comments above it where it leaves its place. */
function linesOf({ dockerfile }: SplitScene, { instruction }: Step, part: Part | undefined): string[] {
  const { start, end } = part === 'runtime' ? blockOf(dockerfile, instruction) : instruction.fullSpan;
  return dockerfile.text
    .slice(start, end)
    .replace(/[\r\n]+$/, '')
    .split(/\r\n|\r|\n/);
}

/** The lines of the runtime stage. */
function runtimeLines(
  scene: SplitScene,
  plan: SplitPlan,
  parts: ReadonlyMap<Step, Part>,
  name: string,
): string[] {
  const { node } = scene;
  const { platform } = node.stage.from;
  const alias = node.stage.name === undefined ? '' : ` AS ${node.stage.name}`;
  const lastBuild = node.steps.findLastIndex((step) => parts.get(step) === 'build');
  const moves = node.steps.filter(({ instruction }) => instruction.kind === 'WORKDIR');
  // Nothing of the runtime stage happens in a folder but the last, unless it does something on the way there.
  const settles = !node.steps.some(
    (step) => parts.get(step) === 'both' && ['RUN', 'COPY', 'ADD'].includes(step.instruction.keyword),
  );
  const last = moves.at(-1);
  const oneMove = settles && /^["']?\//.test(last?.instruction.body.text ?? '');
  const shown = node.steps.filter((step) => {
    const { kind } = step.instruction;
    if (kind === 'WORKDIR' && oneMove && !plan.repeatsCopies) return step === last;
    if (plan.start !== undefined && (kind === 'CMD' || kind === 'ENTRYPOINT')) return false;
    const repeated = plan.repeatsCopies && (kind === 'COPY' || kind === 'ADD');
    return parts.get(step) !== 'build' || repeated;
  });
  const written = (late: boolean): string[] =>
    shown
      .filter((step) => node.steps.indexOf(step) > lastBuild === late)
      .flatMap((step) => linesOf(scene, step, parts.get(step)));
  return [
    `FROM ${platform === undefined ? '' : `--platform=${platform} `}${plan.runtime}${alias}`,
    ...plan.setup,
    ...written(false),
    ...plan.copies.map(({ from, to }) => `COPY --from=${name} ${from} ${to}`),
    ...written(true),
    ...(plan.start ?? []),
  ];
}

/** The edits that make two stages of one. What goes to the runtime stage alone is taken out of the build stage. */
function editsOf(
  scene: SplitScene,
  plan: SplitPlan,
  parts: ReadonlyMap<Step, Part>,
): readonly TextEdit[] | undefined {
  const { dockerfile, node } = scene;
  const { image, alias } = node.stage.from;
  const kept = node.steps.findLast((step) => parts.get(step) !== 'runtime');
  if (image === undefined || kept === undefined) return undefined;
  const eol = dominantEol(dockerfile.text);
  const name = freeName(dockerfile);
  const edits: TextEdit[] = [
    alias === undefined
      ? { span: span(image.span.end, image.span.end), newText: ` AS ${name}` }
      : { span: alias.span, newText: name },
  ];
  for (const step of node.steps.filter((one) => parts.get(one) === 'runtime'))
    edits.push({ span: removalOf(dockerfile, blockOf(dockerfile, step.instruction)), newText: '' });
  if (plan.prepare !== undefined)
    edits.push(insertBefore(dockerfile, plan.prepare.before.instruction, plan.prepare.lines));
  const { end } = blockOf(dockerfile, kept.instruction);
  const lines = [...plan.finish, '', ...runtimeLines(scene, plan, parts, name)].join(eol);
  const ended = /[\r\n]$/.test(dockerfile.text.slice(0, end));
  const last = /[\r\n]$/.test(dockerfile.text) ? eol : '';
  edits.push({ span: span(end, end), newText: ended ? lines + last : eol + lines });
  return edits;
}

/**
 * How the stage that is shipped is split into one that builds and one that runs: undefined where it is FROM another
 * stage, where no stack knows it, where one of its steps can't be told to belong to either, and where nothing would be
 * left behind.
 */
export function splitOf(view: SplitView, context: CopyContext): Split | undefined {
  const { dockerfile, graph, shell } = view;
  const node = graph.target;
  if (node === undefined || node.stage !== dockerfile.stages.at(-1) || node.triggered.length > 0)
    return undefined;
  const scene = sceneOf(view, context, node);
  if (scene === undefined) return undefined;
  for (const stack of stacks) {
    const plan = stack.planOf(scene);
    const parts = plan && partsOf(node, stack, shell, scene.workdir);
    if (plan === undefined || parts === undefined || !fits(scene, plan, parts)) continue;
    const edits = editsOf(scene, plan, parts);
    if (edits !== undefined) return { node, name: stack.name, edits };
  }
  return undefined;
}

/** Whether the runtime stage can do all that is asked of it, and leaves something behind. */
function fits(scene: SplitScene, plan: SplitPlan, parts: ReadonlyMap<Step, Part>): boolean {
  const { node, image, workdir } = scene;
  const names = new Set<string>();
  const same = plan.distribution === distributionOf(image);
  for (const step of node.steps) {
    const { instruction } = step;
    const part = parts.get(step);
    if (instruction.kind === 'ARG') for (const { name } of instruction.declarations) names.add(name);
    if (part === 'build') continue;
    // An argument is known in the build stage alone; packages and users are made as the distribution wants them.
    if (namesArgument(instruction, names)) return false;
    // From here on it is a variable of both stages.
    if (instruction.kind === 'ENV') for (const { name } of instruction.pairs) names.delete(name);
    if (instruction.kind === 'RUN' && !same) return false;
    if (instruction.keyword === 'HEALTHCHECK' && plan.runtime !== node.stage.from.image?.value) return false;
  }
  // Files made by somebody else than root would need that somebody in the build stage.
  const changesUser = node.steps.findIndex(({ instruction }) => instruction.keyword === 'USER');
  const builds = node.steps.findLastIndex(
    (step) => parts.get(step) === 'build' && step.instruction.kind === 'RUN',
  );
  if (changesUser >= 0 && changesUser < builds) return false;
  const lean = plan.runtime !== node.stage.from.image?.value || plan.finish.length > 0;
  const toolsOnly = node.steps.some(
    (step) => step.instruction.kind === 'RUN' && parts.get(step) === 'build' && installsTools(scene, step),
  );
  return workdir !== '/' && (lean || toolsOnly);
}

function installsTools({ runs }: SplitScene, step: Step): boolean {
  const run = runs.find((one) => one.step === step);
  return run?.commands.some((command) => packagesOf(command)?.some(isBuildPackage) === true) === true;
}
