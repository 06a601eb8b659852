import { newScripts } from '../engine/contexts.js';
import type { Engine } from '../engine/model.js';
import { remembered, type Snapshot } from '../project/snapshot.js';
import { revisionQuery, whyAgainst } from '../report/why.js';
import type { Built } from '../sim/context/built.js';
import type { ShellOf } from '../sim/model.js';
import { shellOf } from '../sim/stages.js';
import { buildInfo, type Handlers } from './commands.js';
import type { ContextDeps } from './contextReport.js';
import { targetOf } from './contextTarget.js';
import type { StepsOfFileParams, StepsOfFileResult, WhyRebuildParams, WhyRebuildResult } from './protocol.js';
import { stepsOfFile } from './stepsOfFile.js';
import { unsavedNotes } from './unsaved.js';
import { whyMarkdown } from './whyRebuild.js';
import { noBuild, noFile } from './words.js';

export type RebuildHandlers = Pick<Handlers, 'plimsoll/whyRebuild' | 'plimsoll/stepsOfFile'>;

/** The answers to the requests about what is built again. */
export function createRebuildHandlers(deps: ContextDeps): RebuildHandlers {
  return {
    'plimsoll/whyRebuild': (params, signal) => whyRebuild(deps, params, signal),
    'plimsoll/stepsOfFile': (params, signal) => fileSteps(deps, params, signal),
  };
}

function shellWith(engine: Engine, snapshot: Snapshot): (built: Built) => ShellOf {
  return ({ dockerfile }) => shellOf(engine.shellParser, remembered(snapshot, dockerfile, newScripts));
}

async function fileSteps(
  deps: ContextDeps,
  { uri }: StepsOfFileParams,
  signal: AbortSignal,
): Promise<StepsOfFileResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { builds: [], note: noFile };
  const engine = await deps.engine();
  const found = await deps.resolve(
    (snapshot) => ({
      reruns: stepsOfFile(snapshot, path, shellWith(engine, snapshot)),
    }),
    signal,
  );
  const builds = (found?.reruns ?? []).map(({ build, steps, text }) => ({
    build: buildInfo(build),
    dockerfileUri: deps.uriOf(build.dockerfile),
    ...{ steps, text },
  }));
  if (builds.length > 0) return { builds, note: null };
  const note =
    found?.reruns === undefined
      ? 'No build of this project is known.'
      : 'It lies outside the context of every build of this project, so none of them can see it.';
  return { builds, note };
}

async function whyRebuild(
  deps: ContextDeps,
  { uri }: WhyRebuildParams,
  signal: AbortSignal,
): Promise<WhyRebuildResult> {
  const none = { build: null, dockerfileUri: null, candidates: [], steps: [], against: '', markdown: '' };
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { ...none, note: noFile };
  const target = await deps.resolve((snapshot) => targetOf(deps, snapshot, path), signal);
  const build = target?.build;
  if (build === undefined) {
    const candidates = target?.candidates ?? [];
    return { ...none, candidates, note: candidates.length > 0 ? null : noBuild };
  }
  const found = { ...none, build: buildInfo(build), dockerfileUri: deps.uriOf(build.dockerfile) };
  if (build.remote) {
    return { ...found, note: `Its build context is ${build.context}, which is not on this disk.` };
  }
  const answer = await deps.facts.compare(revisionQuery(build, 'HEAD'), signal);
  if (answer.state === null) return { ...found, note: answer.gap.message };
  const { state } = answer;
  const engine = await deps.engine();
  const steps = await deps.resolve(
    (snapshot) => whyAgainst(snapshot, build, state, engine.shellParser),
    signal,
  );
  if (steps === undefined) return { ...found, note: noBuild };
  const against = `HEAD (${state.commit.slice(0, 7)})`;
  const missing = state.texts.get(build.dockerfile) === null ? [notCommitted] : [];
  const notes = [...missing, ...unsavedNotes(deps.documents, build, onDisk), ...state.notes];
  return { ...found, steps, against, markdown: whyMarkdown(steps, against, notes), note: null };
}

const onDisk = 'As files that steps take these count as on the disk, not as in the editor';
const notCommitted = 'The Dockerfile is not in that commit, so none of it was built before.';
