import type { Connection } from 'vscode-languageserver';
import { dockerfileContext } from '../engine/contexts.js';
import type { Engine } from '../engine/model.js';
import type { MeasureWish } from '../node/facts.js';
import type { Build } from '../project/build.js';
import { configOf, projectRootOf, type Thresholds, thresholdsOf } from '../project/config.js';
import { localBuild } from '../project/local.js';
import type { TrackedSnapshot } from '../project/snapshot.js';
import { contextPicture } from '../report/context.js';
import { type ContextInput, usualTop } from '../report/contextInput.js';
import { contextNeeds } from '../sim/context/needs.js';
import { contextQuery } from '../sim/context/query.js';
import { bytesText } from '../text/bytes.js';
import { counted } from '../text/counted.js';
import { isInside, relativePath } from '../text/paths.js';
import type { CommandDeps } from './commands.js';
import { type ContextTarget, ignorePathOf, targetOf } from './contextTarget.js';
import type { SessionFacts } from './facts.js';
import { createProgress } from './progress.js';
import type { ContextReportParams, ContextReportResult } from './protocol.js';
import type { Resolve } from './resolve.js';
import { lintOptions } from './settings.js';
import { limitsOf, sizesOf } from './sizes.js';
import { unsavedNotes } from './unsaved.js';
import { basis, noBuild, noFile } from './words.js';

/** Nodes of the tree that the report draws. */
const treeNodes = 2000;

export interface ContextDeps
  extends Pick<CommandDeps, 'client' | 'documents' | 'uris' | 'uriOf' | 'settingsOf'> {
  readonly connection: Connection;
  readonly resolve: Resolve;
  readonly facts: SessionFacts;
  /** The engine as soon as it is all there: advice needs the shell grammar. */
  readonly engine: () => Promise<Engine>;
  /** Path → `source` of the build the person chose. */
  readonly chosenBuilds: () => Readonly<Record<string, string>>;
}

/** What a report is about. */
interface Subject {
  readonly target: ContextTarget;
  readonly thresholds: Thresholds;
}

/** The answer to `plimsoll/contextReport`. The disk is always walked anew, for watchers do not see every change. */
export async function contextReport(
  deps: ContextDeps,
  { uri, full, workDoneToken }: ContextReportParams,
  signal: AbortSignal,
): Promise<ContextReportResult> {
  const path = deps.uris.pathOf(uri);
  const settings = await deps.settingsOf(uri);
  if (path === undefined) return withoutPicture(deps, undefined, [noFile]);
  const subject = await deps.resolve((snapshot): Subject => {
    const target = targetOf(deps, snapshot, path);
    const config = configOf(snapshot, target.build?.dockerfile ?? path);
    return { target, thresholds: thresholdsOf(config, lintOptions(settings, config).context) };
  }, signal);
  const build = subject?.target.build;
  if (subject === undefined || build === undefined) {
    const several = (subject?.target.candidates.length ?? 0) > 0;
    return withoutPicture(deps, subject, several ? [] : [noBuild]);
  }
  if (build.remote) {
    return withoutPicture(deps, subject, [
      `Its build context is ${build.context}, which is not on this disk.`,
    ]);
  }
  const progress = createProgress(deps.connection, workDoneToken, 'Plimsoll: walking the build context');
  const report: Report = { deps, subject, build, full: full === true, engine: await deps.engine() };
  const walked: MeasureWish['progress'] = ({ files, bytes }) =>
    progress.report(`${counted(files, 'file')}, ${bytesText(bytes)}`);
  try {
    await walkAnew(report, { fresh: true, progress: walked }, signal);
    return (await picture(report, signal)) ?? withoutPicture(deps, subject, []);
  } finally {
    progress.end();
  }
}

function withoutPicture(
  deps: ContextDeps,
  subject: Subject | undefined,
  notes: readonly string[],
): ContextReportResult {
  const build = subject?.target.build;
  const ignorePath = build && ignorePathOf(build);
  return {
    picture: null,
    dockerfileUri: build === undefined ? null : deps.uriOf(build.dockerfile),
    ignoreFileUri: ignorePath === undefined ? null : deps.uriOf(ignorePath),
    candidates: subject?.target.candidates ?? [],
    notes,
    thresholds: subject?.thresholds ?? thresholdsOf({ context: {} }),
  };
}

/** A report while it is made. */
interface Report {
  readonly deps: ContextDeps;
  readonly subject: Subject;
  readonly build: Build;
  readonly full: boolean;
  readonly engine: Engine;
}

/** The build as a report wants it; undefined where the Dockerfile is gone. */
function inputOf(
  { deps, build: { dockerfile }, full, engine }: Report,
  snapshot: TrackedSnapshot,
): ContextInput | undefined {
  const options = { chosenBuilds: deps.chosenBuilds() };
  const context = dockerfileContext(engine, snapshot, dockerfile, options)?.context;
  if (context === undefined) return undefined;
  const root = projectRootOf(snapshot, dockerfile);
  return {
    snapshot,
    build: localBuild(snapshot, context.build),
    builds: context.builds,
    dockerfile: context.dockerfile,
    graph: context.graph,
    shell: context.shell,
    shown: (path) => (isInside(root, path) ? relativePath(root, path) : path),
    all: full,
    tree: treeNodes,
  };
}

/** Measures what the picture is made of, whether it is known already or not. */
async function walkAnew(report: Report, wish: MeasureWish, signal: AbortSignal): Promise<void> {
  const { deps, full } = report;
  const query = await deps.resolve((snapshot) => {
    const input = inputOf(report, snapshot);
    if (input === undefined) return undefined;
    const needs = contextNeeds(input.graph, input.dockerfile);
    const asked = { all: full, top: usualTop, list: false, tree: treeNodes };
    return contextQuery(snapshot, input.build, needs, asked);
  }, signal);
  if (query === undefined || signal.aborted) return;
  try {
    await deps.facts.load([{ kind: 'measure', path: JSON.stringify(query) }], signal, wish);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function picture(report: Report, signal: AbortSignal): Promise<ContextReportResult | undefined> {
  const { deps, subject, build } = report;
  const found = await deps.resolve((snapshot) => {
    const input = inputOf(report, snapshot);
    const drawn = input && contextPicture(input);
    const sized = sizesOf(snapshot, build.dockerfile, { chosenBuilds: deps.chosenBuilds() });
    return { drawn, limits: sized === undefined ? [] : limitsOf(sized) };
  }, signal);
  if (found === undefined) return undefined;
  const { drawn, limits } = found;
  if (drawn === undefined) {
    return withoutPicture(deps, subject, [
      `There is no folder ${build.context}, or it could not be measured.`,
    ]);
  }
  const notes = [basis, ...limits, ...unsavedNotes(deps.documents, build, onDisk), laterChanges];
  return { ...withoutPicture(deps, subject, notes), picture: drawn };
}

const onDisk = 'Bytes are those on disk of what is not saved yet';

const laterChanges =
  'The whole context was walked for this report. Where the editor does not watch folders (node_modules), a file that is changed in place is seen at the next report.';
