import type { Build } from '../project/build.js';
import { followLinks, ignoreFileOf } from '../project/ignorefile.js';
import type { Snapshot } from '../project/snapshot.js';
import type { Because, StepVerdict } from '../sim/cache/model.js';
import type { ContextEntries } from '../sim/cache/select.js';
import type { BuildState } from '../sim/cache/state.js';
import { verdicts } from '../sim/cache/verdicts.js';
import { contextNeeds } from '../sim/context/needs.js';
import type { RevisionQuery, RevisionState } from '../sim/replay/revision.js';
import { buildGraph, shellOf } from '../sim/stages.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import type { ShellParser } from '../syntax/shell/model.js';
import { dirName, joinPath } from '../text/paths.js';
import { lineOf } from './contextInput.js';
import type { WhyStep } from './whyModel.js';

/** What a build was, or is, made from. */
export interface WhySide {
  /** Its Dockerfile. */
  readonly dockerfile: string;
  /** The ignore file that decides; null where there is none. */
  readonly ignore: string | null;
  readonly build: Pick<Build, 'target' | 'args' | 'namedContexts'>;
  /** What lies in the context: at least all that is sent. */
  readonly context: ContextEntries;
}

function stateOf(side: WhySide, parser: ShellParser | undefined): BuildState {
  const dockerfile = parseDockerfile(side.dockerfile);
  const graph = buildGraph(dockerfile, side.build);
  return {
    built: { dockerfile, graph, needs: contextNeeds(graph, dockerfile) },
    ignore: parseIgnore(side.ignore ?? '').patterns.map(({ text }) => text),
    context: side.context,
    shell: shellOf(parser),
  };
}

/** A verdict as answers tell it. */
export function whyStep(dockerfile: Dockerfile, { step, node, cached, because }: StepVerdict): WhyStep {
  const { instruction } = step;
  return {
    line: lineOf(dockerfile, instruction),
    stage: node.stage.label,
    instruction: instruction.text,
    cached,
    because,
  };
}

/** Which steps of a build run again after another one, and why; after none (null) all are new. By stage, then by line. */
export function whySteps(
  before: WhySide | null,
  after: WhySide,
  parser: ShellParser | undefined,
): readonly WhyStep[] {
  const state = stateOf(after, parser);
  const former = before === null ? [] : [stateOf(before, parser)];
  return verdicts(former, state).map((verdict) => whyStep(state.built.dockerfile, verdict));
}

/** The question to git for `whyAgainst`. */
export function revisionQuery(build: Build, revision: string): RevisionQuery {
  const { dockerfile, context } = build;
  return {
    root: context,
    revision,
    texts: [dockerfile, `${dockerfile}.dockerignore`, joinPath(context, '.dockerignore')],
  };
}

/** The text of the ignore file that decides now. */
function ignoreText(snapshot: Snapshot, build: Build): string | null {
  const file = ignoreFileOf(snapshot, build.dockerfile, build.context);
  if (file === null) return null;
  const target = followLinks(snapshot, dirName(file), file)?.path ?? file;
  return snapshot.text(target) ?? null;
}

/**
 * Which steps a build of what is on the disk (and in editors) runs again after one of the revision that `state` tells of
 * (`revisionQuery`), and why. All are new where the revision has no such Dockerfile. Undefined where the Dockerfile cannot be
 * read now. `former`: the build as it was, where it had other arguments.
 */
export function whyAgainst(
  snapshot: Snapshot,
  build: Build,
  state: RevisionState,
  parser: ShellParser | undefined,
  former: WhySide['build'] = build,
): readonly WhyStep[] | undefined {
  const now = snapshot.text(build.dockerfile);
  if (now === undefined) return undefined;
  const [, own = '', shared = ''] = revisionQuery(build, '').texts;
  const then = state.texts.get(build.dockerfile) ?? null;
  const ignore = state.texts.get(own) ?? state.texts.get(shared) ?? null;
  const after: WhySide = {
    dockerfile: now,
    ignore: ignoreText(snapshot, build),
    build,
    context: state.after,
  };
  const before = then === null ? null : { dockerfile: then, ignore, build: former, context: state.before };
  return whySteps(before, after, parser);
}

/** What made a step run again, for people, to stand behind the step: `src/app.ts changed`. */
export function becauseText({ kind, detail, parentLine }: Because): string {
  if (detail.startsWith('Only ')) return detail;
  switch (kind) {
    case 'file':
      return `${detail} changed`;
    case 'mode':
      return `the mode of ${detail} changed`;
    case 'ignore':
      return `the ignore file shows ${detail} where it hid it, or hides it`;
    case 'argument':
      return `the build argument ${detail}`;
    case 'environment':
      return `the environment: ${detail}`;
    case 'user':
      return `USER ${detail}`.trim();
    case 'workdir':
      return `the working folder ${detail}`.trim();
    case 'shell':
      return `SHELL ${detail}`;
    case 'mount':
      return `the mount at ${detail}`;
    case 'secret':
      return `the secret ${detail}`;
    case 'instruction':
      return 'the instruction, or what stands before it, is another';
    case 'base':
      return `the base image ${detail}`;
    case 'new':
      return 'it is new';
    case 'parent':
      return parentLine === null ? `after ${detail}` : `after line ${parentLine + 1}`;
  }
}
