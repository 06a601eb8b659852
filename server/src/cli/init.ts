import type { Engine } from '../engine/model.js';
import { generateIgnore } from '../fixes/ignorefile/generate.js';
import type { Snapshot } from '../project/snapshot.js';
import { contextNeeds } from '../sim/context/needs.js';
import { buildGraph, shellOf } from '../sim/stages.js';
import { counted } from '../text/counted.js';
import { type Arguments, UsageError } from './args.js';
import { askedBuild } from './builds.js';
import { type Io, shownFrom } from './io.js';
import { working } from './progress.js';
import { writeText } from './write.js';

function checkKind(kind: string | undefined): void {
  if (kind === 'dockerignore') return;
  if (kind === 'override') throw new UsageError('"init override" does not exist yet');
  throw new UsageError(`there is no "init ${kind}"; there is init dockerignore`);
}

/**
 * `plimsoll init dockerignore`: prints the ignore file, or creates it. The exit code; 0 too where nothing is worth hiding:
 * then nothing is printed, and why not is said on standard error.
 */
export async function init(io: Io, args: Arguments, loadEngine: () => Promise<Engine>): Promise<number> {
  const [kind, given] = args.paths;
  checkKind(kind);
  const asked = await askedBuild(io, args, given, 'init dockerignore');
  const { workspace, dockerfile, build, builds } = asked;
  const shown = shownFrom(io.cwd);
  if (build.remote) {
    io.complain(`the context is ${build.context}: BuildKit fetches it itself and reads no ignore file`);
    return 0;
  }
  const write = args.options.has('write');
  if (write && build.ignoreFile !== null) {
    throw new UsageError(
      `${shown(build.ignoreFile)} exists: nothing is written; without --write it is printed with what is worth adding`,
    );
  }
  const { shellParser } = await loadEngine();
  const shell = shellOf(shellParser);
  const graph = buildGraph(dockerfile, build);
  const needs = contextNeeds(graph, dockerfile);
  const ask = (snapshot: Snapshot): ReturnType<typeof generateIgnore> =>
    generateIgnore({ snapshot, build, builds, dockerfile, graph, shell, needs });
  const [made] = await working(io, 'reading the build context', (progress) =>
    workspace.resolve([build], ask, { progress }),
  );
  if (made === undefined) throw new Error('a build was lost');
  if ('refused' in made) {
    io.complain(made.refused);
    return asked.failed ? 2 : 0;
  }
  if (made.additions) {
    const lines = counted(made.lines.length, 'line');
    io.complain(
      `${shown(made.path)} decides for this build; what is printed is that file with ${lines} more`,
    );
  }
  io.complain(made.title);
  if (!write) io.out(made.text);
  else {
    const why = await writeText(made.path, undefined, made.text);
    if (why !== undefined) throw new UsageError(`${shown(made.path)}: not written: ${why}`);
  }
  return asked.failed ? 2 : 0;
}
