import { stat } from 'node:fs/promises';
import { fromCorePath, nodeFs, toCorePath } from '../node/fs.js';
import { walk } from '../node/walk.js';
import { classify, classifyName } from '../project/classify.js';
import { composeProjectOf, serviceBuild } from '../project/compose.js';
import { configOf, isExcluded } from '../project/config.js';
import type { Snapshot } from '../project/snapshot.js';
import { UsageError } from './args.js';
import { type Io, resolved, shownFrom } from './io.js';
import { createWorkspace, type Workspace } from './workspace.js';

/** Whether a file found by its name is a Dockerfile that can be built, and one the project wants to hear of. */
function isCandidate(snapshot: Snapshot, path: string): boolean {
  const text = snapshot.text(path);
  return (
    text !== undefined && classify(path, text).skipped === null && !isExcluded(configOf(snapshot, path), path)
  );
}

/** Sentences about the services that are built from an address: nothing of theirs lies here. */
function remoteServices(snapshot: Snapshot, path: string): readonly string[] {
  const project = composeProjectOf(snapshot, path);
  return project.services.flatMap((service) => {
    const build = serviceBuild(project, service);
    if (build === undefined || !build.remote) return [];
    return [
      `the service ${service.name} is built from ${build.context}: BuildKit fetches that itself, and nothing local is sent`,
    ];
  });
}

async function noDockerfile(io: Io, workspace: Workspace, composeFiles: readonly string[]): Promise<never> {
  const shown = shownFrom(io.cwd);
  const remote = await workspace.resolve(composeFiles, (snapshot, path) =>
    remoteServices(snapshot, path).map((line) => `\n  ${shown(path)}: ${line}`),
  );
  throw new UsageError(`there is no Dockerfile below this folder${remote.flat().join('')}`);
}

/** The only Dockerfile below the working directory. Throws `UsageError` with the list where there are several. */
async function onlyDockerfile(io: Io, command: string): Promise<string> {
  const fs = nodeFs();
  const found = await walk(io.cwd, {
    fs,
    wanted: (path) => ['dockerfile', 'compose'].includes(classifyName(path) ?? ''),
  });
  const workspace = createWorkspace(fs, [io.cwd], new Map());
  const ofKind = (kind: string): string[] => found.files.filter((path) => classifyName(path) === kind);
  const named = ofKind('dockerfile');
  const good = await workspace.resolve(named, isCandidate);
  const candidates = named.filter((_, i) => good[i] === true).sort();
  const [first, second] = candidates;
  if (first === undefined) return noDockerfile(io, workspace, ofKind('compose').sort());
  if (second === undefined) return first;
  const list = candidates.map((path) => `\n  ${shownFrom(io.cwd)(path)}`).join('');
  throw new UsageError(
    `there are several Dockerfiles; name one, as in: plimsoll ${command} ${shownFrom(io.cwd)(first)}${list}`,
  );
}

/** The Dockerfile that is asked for, a core path: the one given, else the only one found. Throws `UsageError` where there is none. */
export async function dockerfileAsked(io: Io, given: string | undefined, command: string): Promise<string> {
  if (given === undefined) return onlyDockerfile(io, command);
  const path = resolved(io, toCorePath, given);
  const info = await stat(fromCorePath(path)).catch(() => undefined);
  if (info === undefined) throw new UsageError(`${given}: there is no such file`);
  if (info.isDirectory()) {
    throw new UsageError(`${given}: this is a folder; name a Dockerfile, and the folder with --context`);
  }
  if (!info.isFile()) throw new UsageError(`${given}: this is no file`);
  return path;
}
