import { contextView } from '../../project/context.js';
import type { CopyContext } from '../../sim/copies.js';
import { type InstallStep, installStepOf } from '../../sim/installstep.js';
import { lineOf, stepsInLine } from '../../sim/lineage.js';
import type { StageGraph, StageNode, Step } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { packageStepOf } from '../../sim/packages.js';
import { type DockerfileContext, dockerfileRule } from '../rule.js';

/** A step whose work depends on what is known alone. */
interface Work {
  readonly node: StageNode;
  readonly step: Step;
  readonly command: string;
  /** Equal for two steps that do the same. */
  readonly key: string;
}

/** The image a stage starts from in the end, with its platform; undefined where it is not known. */
function rootOf(graph: StageGraph, node: StageNode): string | undefined {
  const first = lineOf(graph, node).at(-1);
  if (first?.base.kind !== 'image' || first.base.name === undefined) return undefined;
  return `${first.base.name} ${first.stage.from.platform ?? ''}`;
}

/** What BuildKit keeps a step by: the texts of all before it, up to the image. Two steps with one text of it run once. */
function pathOf(graph: StageGraph, { node, step }: Work): string {
  const before = stepsInLine(graph, node);
  const at = before.indexOf(step);
  return before
    .slice(0, at)
    .filter(
      ({ instruction }) =>
        ![
          'LABEL',
          'EXPOSE',
          'CMD',
          'ENTRYPOINT',
          'HEALTHCHECK',
          'STOPSIGNAL',
          'VOLUME',
          'ONBUILD',
          'MAINTAINER',
        ].includes(instruction.keyword),
    )
    .map(({ instruction }) => instruction.text)
    .join('\n');
}

/** Folders whose content decides what a package manager installs, and how. */
const system = /^\/?(?:etc|usr|opt|root|home|var|lib\w*|s?bin|$)(?:\/|$)|[$~]/;

/** What stands before a step and may make it do something else: other RUNs, and files that are copied into the system. */
function surroundingsOf(graph: StageGraph, node: StageNode, step: Step): readonly string[] {
  const before = stepsInLine(graph, node);
  return before.slice(0, before.indexOf(step)).flatMap(({ instruction }) => {
    const isCopy = instruction.kind === 'COPY' || instruction.kind === 'ADD';
    const counts = isCopy ? system.test(instruction.destination?.value ?? '/') : instruction.kind === 'RUN';
    return counts ? [instruction.text] : [];
  });
}

/** The files an install reads, with the place in the context each comes from. */
function filesOf({ installs, image }: InstallStep): readonly string[] | undefined {
  const files = installs.flatMap(({ closure }) => closure.files).sort();
  const sources = files.map((file) => image.sourceOf(file)?.path);
  const known = installs.every(({ closure }) => closure.open.length === 0);
  return known && !sources.includes(undefined) ? files.map((file, i) => `${file}=${sources[i]}`) : undefined;
}

function workOf(
  rule: DockerfileContext,
  context: CopyContext,
  node: StageNode,
  step: Step,
): Work | undefined {
  const { instruction } = step;
  const root = rootOf(rule.graph, node);
  if (instruction.kind !== 'RUN' || root === undefined) return undefined;
  const install = installStepOf(rule, context, node, step);
  const packages = install === undefined ? packageStepOf(node, step, rule.shell) : undefined;
  const files = install === undefined ? packages?.lists : filesOf(install);
  const command = install?.installs[0]?.install.command ?? packages?.command;
  // A list of packages may be another file in another stage.
  if (files === undefined || command === undefined || (install === undefined && files.length > 0))
    return undefined;
  const environment = [...step.environment].map(([name, value]) => `${name}=${value ?? ''}`).sort();
  const around = [
    step.workdir ?? '',
    step.user ?? '',
    instruction.flags.map(({ name, value }) => `${name}=${value}`),
  ];
  const key = JSON.stringify([
    root,
    instruction.body.text,
    environment,
    [step.user ?? '', step.shell ?? []],
    surroundingsOf(rule.graph, node, step),
    install === undefined ? [] : around,
    files,
  ]);
  return { node, step, command: wordsOf(command), key };
}

/** The same packages are installed in several stages that could share one. */
export default dockerfileRule(
  {
    id: 'duplicate-work',
    severity: 'information',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'never',
    summary:
      'Several stages run the same install on the same base, one after another thing, so it runs for each.',
  },
  function* (rule) {
    const { graph } = rule;
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    const seen = new Map<string, Work>();
    for (const node of graph.stages.filter(({ reachable }) => reachable)) {
      for (const step of node.steps) {
        const work = workOf(rule, context, node, step);
        if (work === undefined) continue;
        const first = seen.get(work.key);
        if (first === undefined) seen.set(work.key, work);
        // In one line of stages it is a repetition, and with all the same before it BuildKit runs it once.
        if (first === undefined || lineOf(graph, node).includes(first.node)) continue;
        if (pathOf(graph, first) === pathOf(graph, work)) continue;
        const { stage } = first.node;
        yield {
          at: step.instruction.span,
          message: `"${work.command}" runs here and in stage ${stage.label}, though both stand on the same image: a stage that both are FROM would do it once.`,
          related: [{ at: first.step.instruction.span, message: 'The same is done here.' }],
          pays: [step],
        };
      }
    }
  },
);
