import { realpathSync } from 'node:fs';
import type { Engine } from '../engine/model.js';
import { toCorePath } from '../node/fs.js';
import type { Build } from '../project/build.js';
import type { UnreadPath } from '../project/measure.js';
import type { Snapshot } from '../project/snapshot.js';
import { contextDetails } from '../report/context.js';
import { contextText } from '../report/contextText.js';
import { jsonDocument, printable } from '../report/names.js';
import { coloured, plain } from '../report/text.js';
import { buildGraph, shellOf } from '../sim/stages.js';
import { dirName, isAbsolutePath, isInside, joinPath, relativePath } from '../text/paths.js';
import { type Arguments, UsageError } from './args.js';
import { askedBuild } from './builds.js';
import { type Io, shownFrom } from './io.js';
import { working } from './progress.js';

function topOf(args: Arguments): number | undefined {
  const given = args.options.get('top')?.[0];
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw new UsageError(`--top is a number, not "${given}"`);
  return Number(given);
}

/** What it means for a build that a path cannot be read, behind "this cannot be read". */
const unreadText: Readonly<Record<UnreadPath['effect'], string>> = {
  fails: ', so a build fails here, and the numbers leave it out',
  empty: ', so a build gets it without its content, and it counts as empty',
  unseen: '; a build does not look there, but --all leaves out what it holds',
};

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** `full` relative to the context, which the user may reach by another way, through links; undefined outside it. */
function belowContext(context: string, full: string): string | undefined {
  if (isInside(context, full)) return relativePath(context, full);
  const real = realPath(context);
  for (let folder = full; real !== undefined; folder = dirName(folder)) {
    if (realPath(folder) === real) return relativePath(folder, full);
    if (folder === dirName(folder)) break;
  }
  return undefined;
}

/** `--explain PATH` as a path of the context. */
function explained(build: Build, given: string): string {
  if (given === '') throw new UsageError('--explain wants a path');
  const path = process.platform === 'win32' ? given.replaceAll('\\', '/') : given;
  if (!isAbsolutePath(path) && build.remote) return path;
  const full = isAbsolutePath(path) ? toCorePath(given) : joinPath(build.context, path);
  const below = build.remote ? undefined : belowContext(build.context, full);
  if (below === undefined) {
    throw new UsageError(
      `--explain ${printable(given)}: this path is not in the context ${printable(build.context)}; paths are relative to it`,
    );
  }
  return below;
}

/** `plimsoll context`: the exit code. Throws `UsageError` where it is not clear what is asked. */
export async function context(io: Io, args: Arguments, loadEngine: () => Promise<Engine>): Promise<number> {
  const top = topOf(args);
  const { workspace, dockerfile, build, builds, failed } = await askedBuild(
    io,
    args,
    args.paths[0],
    'context',
  );
  const explain = (args.options.get('explain') ?? []).map((path) => explained(build, path));
  const engine = await loadEngine();
  const shell = shellOf(engine.shellParser);
  const graph = buildGraph(dockerfile, build);
  const wish = {
    all: args.options.has('all'),
    list: args.options.has('list'),
    explain,
    ...(top === undefined ? {} : { top }),
  };
  const ask = (snapshot: Snapshot): ReturnType<typeof contextDetails> =>
    contextDetails({ snapshot, build, builds, dockerfile, graph, shell, shown: shownFrom(io.cwd), ...wish });
  const [details] = await working(io, 'reading the build context', (progress) =>
    workspace.resolve([build], ask, { progress }),
  );
  if (details === undefined)
    throw new UsageError(`${shownFrom(io.cwd)(build.context)}: this folder cannot be read`);
  if (args.options.get('format')?.[0] === 'json') io.out(jsonDocument(details.report));
  else io.out(contextText(details, io.colour ? coloured : plain));
  for (const { path, effect } of details.unreadable) {
    io.complain(`${printable(path)}: this cannot be read${unreadText[effect]}`);
  }
  if (failed || details.unreadable.length > 0) return 2;
  return details.report.errors.length > 0 ? 1 : 0;
}
