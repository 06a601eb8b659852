import { impactCache } from '../engine/impactfixes.js';
import type { Engine } from '../engine/model.js';
import { reportedBuild } from '../report/contextBuild.js';
import { impactPicture } from '../report/impact.js';
import { impactJson } from '../report/impactJson.js';
import { impactText } from '../report/impactText.js';
import { printable } from '../report/names.js';
import { coloured, plain } from '../report/text.js';
import { type Arguments, UsageError } from './args.js';
import { askedBuild } from './builds.js';
import { type Io, shownFrom } from './io.js';
import { readLogs } from './logs.js';
import { working } from './progress.js';

function commitsOf(args: Arguments): number | undefined {
  const given = args.options.get('commits')?.[0];
  if (given === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw new UsageError(`--commits is a number from 1 to 999999999, not "${given}"`);
  return Number(given);
}

function sinceOf(args: Arguments): string | null {
  const given = args.options.get('since')?.[0];
  if (given === '') throw new UsageError('--since wants a revision');
  return given ?? null;
}

/** `plimsoll impact`: the exit code. Throws `UsageError` where it is not clear what is asked. */
export async function impact(io: Io, args: Arguments, loadEngine: () => Promise<Engine>): Promise<number> {
  const commits = commitsOf(args);
  const since = sinceOf(args);
  const fixes = !args.options.has('without-fixes');
  const asked = await askedBuild(io, args, args.paths[0], 'impact');
  const { workspace, build, builds } = asked;
  const logs = await readLogs(io, args.options.get('log') ?? []);
  const engine = await loadEngine();
  const shown = shownFrom(io.cwd);
  const rebuilds = {
    ...(commits === undefined ? {} : { commits }),
    since,
    measured: { [build.dockerfile]: logs.measured },
  };
  const options = { rebuilds, build };
  const cache = impactCache();
  const [picture] = await working(io, 'replaying the history', (progress) =>
    workspace.resolve(
      [build],
      (snapshot) => impactPicture({ engine, snapshot, build, builds, shown, options, fixes, cache }),
      { progress },
    ),
  );
  if (picture === undefined) throw new Error('the Dockerfile was lost');
  if (args.options.get('format')?.[0] === 'json') {
    io.out(impactJson(picture, reportedBuild(build, builds, shown), fixes));
  } else {
    io.out(impactText(picture, fixes, io.colour ? coloured : plain));
  }
  const broken = picture.gapKind === 'bad-revision' || picture.gapKind === 'failed';
  if (broken && picture.gap !== null) io.complain(printable(picture.gap));
  return asked.failed || logs.failed || broken ? 2 : 0;
}
