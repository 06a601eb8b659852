import type { Build } from '../project/build.js';
import type { Snapshot } from '../project/snapshot.js';
import { lineOf } from '../report/contextInput.js';
import type { WhyStep } from '../report/whyModel.js';
import type { Because, StepVerdict } from '../sim/cache/model.js';
import type { BuildState } from '../sim/cache/state.js';
import { verdicts } from '../sim/cache/verdicts.js';
import { type Built, builtOf } from '../sim/context/built.js';
import { contextNeeds } from '../sim/context/needs.js';
import { ignorePatternsOf } from '../sim/context/query.js';
import type { ShellOf } from '../sim/model.js';
import type { RevisionState } from '../sim/replay/revision.js';
import { buildGraph } from '../sim/stages.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import { joinPath } from '../text/paths.js';
import { code, counted } from './words.js';

/** Files whose texts at the revision decide: the Dockerfile and the ignore files that it may have had. */
export function decidingFiles({ dockerfile, context, ignoreFile }: Build): readonly string[] {
  const usual = [dockerfile, `${dockerfile}.dockerignore`, joinPath(context, '.dockerignore')];
  return [...new Set([...usual, ...(ignoreFile === null ? [] : [ignoreFile])])];
}

/**
 * Which steps of a build run again in the working tree after it was built at a revision, by stage and line. Undefined where
 * there is no Dockerfile. The build's own arguments count as the same on both sides.
 */
export function rerunsSince(
  snapshot: Snapshot,
  build: Build,
  state: RevisionState,
  shell: (dockerfile: Dockerfile) => ShellOf,
): readonly WhyStep[] | undefined {
  const built = builtOf(snapshot, build);
  if (built === undefined) return undefined;
  const { dockerfile } = built;
  const after: BuildState = {
    built,
    ignore: ignorePatternsOf(snapshot, build).patterns,
    context: state.after,
    shell: shell(dockerfile),
  };
  const before = stateBefore(build, state, shell);
  return verdicts(before === undefined ? [] : [before], after).map((verdict) => whyStep(verdict, dockerfile));
}

/** The build at the revision; undefined where it had no Dockerfile. */
function stateBefore(
  build: Build,
  { texts, before }: RevisionState,
  shell: (dockerfile: Dockerfile) => ShellOf,
): BuildState | undefined {
  const text = texts.get(build.dockerfile);
  if (text === undefined || text === null) return undefined;
  const dockerfile = parseDockerfile(text);
  const graph = buildGraph(dockerfile, build);
  const built: Built = { dockerfile, graph, needs: contextNeeds(graph, dockerfile) };
  return { built, ignore: ignoreBefore(build, texts), context: before, shell: shell(dockerfile) };
}

function ignoreBefore(build: Build, texts: RevisionState['texts']): readonly string[] {
  const [, ...candidates] = decidingFiles(build);
  const usual = candidates.slice(0, 2);
  const { ignoreFile } = build;
  // One that the configuration names is read whatever else there is.
  const asked = ignoreFile !== null && !usual.includes(ignoreFile) ? [ignoreFile] : usual;
  const text = asked.map((path) => texts.get(path)).find((found) => typeof found === 'string');
  return typeof text === 'string' ? parseIgnore(text).patterns.map((pattern) => pattern.text) : [];
}

/** A verdict as clients are told of it. */
export function whyStep({ step, node, cached, because }: StepVerdict, dockerfile: Dockerfile): WhyStep {
  const { instruction } = step;
  return {
    ...{ line: lineOf(dockerfile, instruction), stage: node.stage.label },
    ...{ instruction: instruction.text, cached, because },
  };
}

/** The answer as Markdown. `notes`: what limits it, one sentence each. */
export function whyMarkdown(steps: readonly WhyStep[], against: string, notes: readonly string[]): string {
  const rows = steps.map(
    ({ line, instruction, cached, because }) =>
      `| ${line + 1} | ${cell(code(shortened(instruction)))} | ${said(cached)} | ${because === null ? '' : cell(becauseText(because))} |`,
  );
  const parts = [
    `# Why would this rebuild?`,
    `The working tree against ${against}: ${summary(steps)}`,
    ...(rows.length === 0 ? [] : [['| Line | Step | | Because |', '|--:|:--|:--|:--|', ...rows].join('\n')]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function shortened(instruction: string): string {
  const line = instruction.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function said(cached: WhyStep['cached']): string {
  if (cached === true) return 'cached';
  return cached === 'maybe' ? 'may run again' : '**runs again**';
}

function summary(steps: readonly WhyStep[]): string {
  const sure = steps.filter(({ cached }) => cached === false).length;
  const maybe = steps.filter(({ cached }) => cached === 'maybe').length;
  if (steps.length === 0) return 'the build has no steps.';
  if (sure + maybe === 0)
    return `nothing runs again, all ${counted(steps.length, 'step')} come from the cache.`;
  const perhaps = maybe === 0 ? '' : `, and perhaps ${maybe} more`;
  return `${sure} of ${counted(steps.length, 'step')} ${sure === 1 ? 'runs' : 'run'} again${perhaps}.`;
}

/** Why a step runs again, in a few words. */
export function becauseText({ kind, detail, parentLine }: Because): string {
  switch (kind) {
    case 'file':
      return `${code(detail)} changed`;
    case 'mode':
      return `the mode of ${code(detail)} changed`;
    case 'ignore':
      return `the ignore file now says otherwise of ${code(detail)}`;
    case 'argument':
      return `the argument ${code(detail)} has another value`;
    case 'environment':
      return `the variable ${code(detail)} has another value`;
    case 'user':
    case 'workdir':
    case 'shell':
      return `${kind.toUpperCase()} is another: ${code(detail)}`;
    case 'mount':
      return `a mount is another: ${code(detail)}`;
    case 'secret':
      return `the secret ${code(detail)} is used in another way`;
    case 'instruction':
      return `the instruction is another: ${code(shortened(detail))}`;
    case 'parent':
      return parentLine === null ? detail : `line ${parentLine + 1} runs again`;
    case 'base':
      return `what it builds on is another: ${code(detail)}`;
    case 'new':
      return 'it was not built before';
  }
}
