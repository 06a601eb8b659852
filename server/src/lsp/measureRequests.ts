import type { Connection } from 'vscode-languageserver';
import { type Docker, measuringOptions } from '../node/docker.js';
import type { Build } from '../project/build.js';
import { projectRootOf } from '../project/config.js';
import { buildCommand, shellLine } from './buildCommand.js';
import { type BuildLog, readBuildLogs } from './buildLogs.js';
import type { Handlers } from './commands.js';
import { type TargetDeps, targetOf } from './contextTarget.js';
import type { MeasuredBuilds } from './measured.js';
import { createProgress } from './progress.js';
import type {
  ForgetMeasuredParams,
  ImportHistoryParams,
  ImportLogParams,
  MeasureBuildParams,
  MeasureCommandParams,
  MeasureCommandResult,
  MeasuredResult,
  Settings,
} from './protocol.js';
import type { Resolve } from './resolve.js';
import type { Uris } from './uris.js';
import { noBuild, noFile } from './words.js';

export interface MeasureDeps extends TargetDeps {
  readonly connection: Connection;
  readonly uris: Uris;
  readonly resolve: Resolve;
  readonly settingsOf: (uri: string) => Promise<Settings>;
  readonly trusted: () => boolean;
  /** Undefined where no program can be run. */
  readonly docker: Docker | undefined;
  readonly measured: MeasuredBuilds;
  /** What is measured became another. */
  readonly changed: () => void;
}

export type MeasureHandlers = Pick<
  Handlers,
  | 'plimsoll/importLog'
  | 'plimsoll/importHistory'
  | 'plimsoll/measureCommand'
  | 'plimsoll/measureBuild'
  | 'plimsoll/forgetMeasured'
>;

const noTrust = 'Docker is not run in a workspace that is not trusted.';
const noDocker = 'Programs cannot be run here.';
const several = 'Several Dockerfiles could be meant: choose one of them.';

/** The answers to the requests about measured builds. */
export function createMeasureHandlers(deps: MeasureDeps): MeasureHandlers {
  /** Dockerfiles that are being built now. */
  const running = new Set<string>();
  return {
    'plimsoll/importLog': (params, signal) => importLog(deps, params, signal),
    'plimsoll/importHistory': (params, signal) => importHistory(deps, params, signal),
    'plimsoll/measureCommand': (params, signal) => measureCommand(deps, params, signal),
    'plimsoll/measureBuild': (params, signal) => measureBuild(deps, params, signal, running),
    'plimsoll/forgetMeasured': (params, signal) => forgetMeasured(deps, params, signal),
  };
}

/** A build of the project, and the folder its command is run in. */
interface Meant {
  readonly build: Build;
  readonly root: string;
}

/** The build that a URI stands for; a text says why there is none. */
async function meantBy(deps: MeasureDeps, uri: string, signal: AbortSignal): Promise<Meant | string> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return noFile;
  const found = await deps.resolve((snapshot): Meant | string => {
    const { candidates, build } = targetOf(deps, snapshot, path);
    if (candidates.length > 0) return several;
    if (build === undefined || snapshot.text(build.dockerfile) === undefined) return noBuild;
    return { build, root: projectRootOf(snapshot, build.dockerfile) };
  }, signal);
  return found ?? noBuild;
}

function result(
  deps: MeasureDeps,
  dockerfile: string | undefined,
  added: number,
  notes: readonly string[],
): MeasuredResult {
  if (dockerfile === undefined) return { dockerfileUri: null, measured: [], added, notes };
  return { dockerfileUri: deps.uriOf(dockerfile), measured: deps.measured.of(dockerfile), added, notes };
}

/** Keeps what logs tell of builds of a Dockerfile. */
function keep(
  deps: MeasureDeps,
  dockerfile: string,
  logs: readonly BuildLog[],
  more: readonly string[] = [],
): MeasuredResult {
  const { builds, notes } = readBuildLogs(logs);
  const added = deps.measured.add(dockerfile, builds);
  if (added > 0) deps.changed();
  const known = builds.length > 0 && added === 0 ? ['What was read is known already.'] : [];
  return result(deps, dockerfile, added, [...known, ...notes, ...more]);
}

async function importLog(
  deps: MeasureDeps,
  { uri, logs }: ImportLogParams,
  signal: AbortSignal,
): Promise<MeasuredResult> {
  const meant = await meantBy(deps, uri, signal);
  if (typeof meant === 'string') return result(deps, undefined, 0, [meant]);
  // One after the other, so that the last one counts as the newest.
  return keep(
    deps,
    meant.build.dockerfile,
    logs.map(({ name, text }) => ({ origin: name, text })),
  );
}

async function importHistory(
  deps: MeasureDeps,
  { uri, workDoneToken }: ImportHistoryParams,
  signal: AbortSignal,
): Promise<MeasuredResult> {
  const meant = await meantBy(deps, uri, signal);
  if (typeof meant === 'string') return result(deps, undefined, 0, [meant]);
  const { context, dockerfile, remote } = meant.build;
  const refused =
    dockerRefused(deps) ??
    (remote ? `Its build context is ${context}, which is not on this disk.` : undefined);
  if (refused !== undefined || deps.docker === undefined)
    return result(deps, dockerfile, 0, [refused ?? noDocker]);
  const { path: program } = (await deps.settingsOf(uri)).docker;
  const title = "Plimsoll: reading the builder's history";
  const shown = createProgress(deps.connection, workDoneToken, title);
  const progress = (done: number, of: number): void => shown.report(`${done} of ${of} builds`);
  try {
    const found = await deps.docker.history({ program, context, dockerfile, progress }, signal);
    const origin = 'docker buildx history';
    const logs = found.builds.map(({ ref, log, provenance }) => ({
      ...{ origin, text: log, ref },
      ...(provenance === null ? {} : { provenance }),
    }));
    return keep(deps, dockerfile, logs.reverse(), found.notes);
  } finally {
    shown.end();
  }
}

/** Why docker is not run; undefined where it may be. */
function dockerRefused({ trusted, docker }: MeasureDeps): string | undefined {
  if (!trusted()) return noTrust;
  return docker === undefined ? noDocker : undefined;
}

async function measureCommand(
  deps: MeasureDeps,
  { uri }: MeasureCommandParams,
  signal: AbortSignal,
): Promise<MeasureCommandResult> {
  const meant = await meantBy(deps, uri, signal);
  const command =
    typeof meant === 'string' ? meant : (dockerRefused(deps) ?? buildCommand(meant.build, meant.root, false));
  if (typeof command === 'string') return { command: null, reason: command };
  const { path: program } = (await deps.settingsOf(uri)).docker;
  return { command: shellLine([program, 'build', ...measuringOptions(), ...command.args]) };
}

async function measureBuild(
  deps: MeasureDeps,
  { uri, noCache, workDoneToken }: MeasureBuildParams,
  signal: AbortSignal,
  running: Set<string>,
): Promise<MeasuredResult> {
  const meant = await meantBy(deps, uri, signal);
  if (typeof meant === 'string') return result(deps, undefined, 0, [meant]);
  const { dockerfile } = meant.build;
  const { docker } = deps;
  const command = dockerRefused(deps) ?? buildCommand(meant.build, meant.root, noCache === true);
  if (typeof command === 'string' || docker === undefined) {
    return result(deps, dockerfile, 0, [typeof command === 'string' ? command : noDocker]);
  }
  if (running.has(dockerfile)) return result(deps, dockerfile, 0, ['This build is being measured already.']);
  const { path: program } = (await deps.settingsOf(uri)).docker;
  const progress = createProgress(deps.connection, workDoneToken, 'Plimsoll: measuring the build');
  progress.report('docker build');
  running.add(dockerfile);
  try {
    const { outcome, log, notes } = await docker.build(
      { program, ...command, step: progress.report },
      signal,
    );
    if (outcome === 'cancelled' || log === '') return result(deps, dockerfile, 0, notes);
    const kept = keep(deps, dockerfile, [{ origin: 'Measure Build', text: log }]);
    // Docker has said what went wrong; what that means for the log goes without saying.
    return { ...kept, notes: outcome === 'failed' ? notes : [...kept.notes, ...notes] };
  } finally {
    running.delete(dockerfile);
    progress.end();
  }
}

async function forgetMeasured(
  deps: MeasureDeps,
  { uri }: ForgetMeasuredParams,
  signal: AbortSignal,
): Promise<MeasuredResult> {
  const meant = await meantBy(deps, uri, signal);
  if (typeof meant === 'string') return result(deps, undefined, 0, [meant]);
  deps.measured.forget(meant.build.dockerfile);
  deps.changed();
  return result(deps, meant.build.dockerfile, 0, []);
}
