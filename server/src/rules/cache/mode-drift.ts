import type { ModeDrift } from '../../project/history.js';
import { builtOf } from '../../sim/context/built.js';
import type { ContextUse } from '../../sim/context/model.js';
import { contextQuery } from '../../sim/context/query.js';
import { type DockerfileContext, dockerfileRule } from '../rule.js';

const mostNamed = 3;

/** Permission bits as `chmod` writes them. */
function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

function listed(found: readonly ModeDrift[]): string {
  const named = found
    .slice(0, mostNamed)
    .map(({ path, disk, tracked }) => `${path} (${octal(disk)}, in git ${octal(tracked)})`);
  const more = found.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

/** Copies and mounts of files whose mode is another one than git keeps. */
function driftingUses({
  build,
  snapshot,
}: DockerfileContext): readonly { readonly use: ContextUse; readonly found: readonly ModeDrift[] }[] {
  const built = builtOf(snapshot, build);
  // From a git address files come with the modes that git keeps.
  const query =
    build.git === true || built === undefined ? undefined : contextQuery(snapshot, build, built.needs);
  if (built === undefined || query === undefined) return [];
  const { root, ignore, follow, sources } = query;
  const asked = { root, ignore, follow, sources, commits: 0, since: null, modes: true };
  const drift = snapshot.history(asked)?.modeDrift ?? [];
  let source = 0;
  return built.needs.uses.flatMap((use) => {
    const own = use.sources.map(() => source++);
    const found = drift.filter((one) => one.sources.some((taken) => own.includes(taken)));
    return found.length > 0 ? [{ use, found }] : [];
  });
}

/** BuildKit keeps a copied file's mode in the key of the step: where it differs, another machine can't use the cache. */
export default dockerfileRule(
  {
    id: 'mode-drift',
    severity: 'information',
    profile: 'default',
    since: '0.1.0',
    fixes: 'never',
    summary: 'Copied files have another mode here than in git, so a build elsewhere runs the step again.',
  },
  function* (context) {
    if (!context.asksGit) return;
    for (const { use, found } of driftingUses(context)) {
      const files =
        found.length === 1
          ? 'A file that is taken here has'
          : `${found.length} files that are taken here have`;
      yield {
        at: use.instruction.span,
        message: `${files} another mode than in git: ${listed(found)}. A build of a clean checkout runs this step again.`,
        pays: [use.step],
      };
    }
  },
);
