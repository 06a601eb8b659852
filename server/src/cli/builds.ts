import { stat } from 'node:fs/promises';
import { fromCorePath, nodeFs } from '../node/fs.js';
import type { Build } from '../project/build.js';
import { buildsOf } from '../project/discover.js';
import { ignoreFileOf } from '../project/ignorefile.js';
import { localBuild } from '../project/local.js';
import type { Snapshot } from '../project/snapshot.js';
import { printable } from '../report/names.js';
import { buildGraph } from '../sim/stages.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { counted } from '../text/counted.js';
import { dirName, isInside } from '../text/paths.js';
import { type Arguments, UsageError } from './args.js';
import { type BuildOptions, buildOptions, commandOf } from './buildoptions.js';
import { brokenConfigs, readConfig } from './configfile.js';
import { dockerfileAsked } from './dockerfiles.js';
import { type Io, shownFrom } from './io.js';
import { diskPorts } from './ports.js';
import { createWorkspace, useConfig, type Workspace } from './workspace.js';

/** The build that a command is about. */
export interface AskedBuild {
  readonly workspace: Workspace;
  readonly dockerfile: Dockerfile;
  readonly build: Build;
  /** All builds of the Dockerfile, the asked one first. */
  readonly builds: readonly Build[];
  /** Something of it or around it could not be read: it was said, and the exit code is 2. */
  readonly failed: boolean;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(fromCorePath(path)).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/** What is wrong with a text that should be a Dockerfile; undefined where nothing is. */
function notDockerfile(dockerfile: Dockerfile): string | undefined {
  if (dockerfile.stages.length > 0) return undefined;
  return dockerfile.text.trim() === '' ? 'this file is empty' : 'this is no Dockerfile: it has no FROM';
}

async function readDockerfile(io: Io, workspace: Workspace, path: string): Promise<Dockerfile> {
  const shown = shownFrom(io.cwd)(path);
  const [dockerfile] = await workspace.resolve([path], (snapshot, file) =>
    snapshot.parse(file, parseDockerfile),
  );
  if (dockerfile === undefined) {
    const tooLarge = workspace.store.unread(path) === 'too-large';
    throw new UsageError(
      `${shown}: this file ${tooLarge ? 'is too large for a Dockerfile' : 'cannot be read as text'}`,
    );
  }
  const problem = notDockerfile(dockerfile);
  if (problem !== undefined) throw new UsageError(`${shown}: ${problem}`);
  return dockerfile;
}

/** Says in one line that BuildKit refuses a Dockerfile; false where it does not. */
function complainsOf(io: Io, dockerfile: Dockerfile, path: string): boolean {
  const [first, ...others] = dockerfile.problems;
  if (first === undefined) return false;
  const place = `${shownFrom(io.cwd)(path)}:${dockerfile.lines.positionAt(first.span.start).line + 1}`;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more problem')})`;
  io.complain(
    printable(
      `${place}: ${first.message} BuildKit refuses this file${more}; what is told is of the rest of it.`,
    ),
  );
  return true;
}

/** `base` with what the options say over it. `--context` makes it the build that `docker build` would do, whatever is defined. */
function withOptions(base: Build, options: BuildOptions, ignoreFile: string | null, command: string): Build {
  const { context, remote } = options;
  if (context !== undefined) {
    return {
      dockerfile: base.dockerfile,
      context,
      remote,
      ignoreFile,
      target: options.target ?? null,
      args: { ...options.args, ...options.platform },
      namedContexts: [],
      source: 'option',
      kind: 'option',
      why: `The options ask for what \`${command}\` does.`,
    };
  }
  return {
    ...base,
    target: options.target ?? base.target,
    args: { ...base.args, ...options.args, ...options.platform },
    source: 'option',
    kind: 'option',
    why: `The options ask for ${options.names.join(', ')}; the rest is as otherwise: ${base.why}`,
  };
}

/** All builds of a Dockerfile as they are done from this disk, the deciding one first. */
function localBuilds(snapshot: Snapshot, path: string): readonly [Build, ...Build[]] {
  const [first, ...others] = buildsOf(snapshot, path);
  return [localBuild(snapshot, first), ...others];
}

/** The build that is meant, and all of the Dockerfile. */
async function chooseBuild(
  io: Io,
  workspace: Workspace,
  path: string,
  options: BuildOptions,
): Promise<readonly [Build, ...Build[]]> {
  const [builds] = await workspace.resolve([path], localBuilds);
  if (builds === undefined) throw new Error('a file was lost');
  if (options.names.length === 0) return builds;
  const [base] = builds;
  const context = options.context ?? base.context;
  const remote = options.context === undefined ? base.remote : options.remote;
  const [ignoreFile = null] = await workspace.resolve([path], (snapshot, file) =>
    remote ? null : ignoreFileOf(snapshot, file, context),
  );
  const command = commandOf(options, shownFrom(io.cwd), path);
  const asked = withOptions(base, options, ignoreFile, command);
  return [asked, ...builds.filter((build) => build.kind !== 'heuristic')];
}

async function checkContext(io: Io, build: Build): Promise<void> {
  if (build.remote || (await isFolder(build.context))) return;
  const shown = shownFrom(io.cwd)(build.context);
  if (build.kind === 'option') throw new UsageError(`${shown}: the context is no folder`);
  throw new UsageError(
    `${shown}: there is no such folder, but ${build.source} names it as the context; --context DIR names another`,
  );
}

function checkTarget(io: Io, dockerfile: Dockerfile, build: Build): void {
  if (build.target === null || buildGraph(dockerfile, build).target !== undefined) return;
  const shown = shownFrom(io.cwd)(build.dockerfile);
  const names = dockerfile.stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const there =
    names.length === 0
      ? 'its stages have no names'
      : names.length === 1
        ? `its one named stage is ${names.join('')}`
        : `there are ${names.join(', ')}`;
  const from = build.kind === 'option' ? '' : ` (${build.source} names it)`;
  throw new UsageError(`${shown}: there is no stage "${build.target}"${from}; ${there}`);
}

/** The build that the arguments mean (build options of CLI.md). Throws `UsageError` with a clear line where there is none. */
export async function askedBuild(
  io: Io,
  args: Arguments,
  given: string | undefined,
  command: string,
): Promise<AskedBuild> {
  const options = buildOptions(io, args);
  const config = await readConfig(io, args);
  const path = await dockerfileAsked(io, given, command);
  const folders = [isInside(io.cwd, path) ? io.cwd : dirName(path)];
  const workspace = createWorkspace(nodeFs(), folders, new Map(), diskPorts(io, args));
  if (config !== undefined) await useConfig(workspace, [path], config);
  const failed = await brokenConfigs(io, workspace, args, [path]);
  const dockerfile = await readDockerfile(io, workspace, path);
  const builds = await chooseBuild(io, workspace, path, options);
  const [build] = builds;
  await checkContext(io, build);
  checkTarget(io, dockerfile, build);
  const refused = complainsOf(io, dockerfile, path);
  return { workspace, dockerfile, build, builds, failed: failed || refused };
}
