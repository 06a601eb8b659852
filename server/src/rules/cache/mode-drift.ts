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

/** The first few files; what all have in common is said once, behind them. */
function listed(found: readonly ModeDrift[]): string {
  const modes = ({ disk, tracked }: ModeDrift): string => `(${octal(disk)}, in git ${octal(tracked)})`;
  const [common, ...others] = new Set(found.map(modes));
  const alike = others.length === 0 && found.length > 1;
  const named = found.slice(0, mostNamed).map((one) => (alike ? one.path : `${one.path} ${modes(one)}`));
  const more = found.length - named.length;
  const names = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
  return alike ? `${names} ${common}` : names;
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
    const uses = [...driftingUses(context)].sort(
      (a, b) => a.use.instruction.span.start - b.use.instruction.span.start,
    );
    const [first, ...others] = uses;
    if (first === undefined) return;
    // One checkout, one cause: whatever steps take the files.
    const found = uses.flatMap((one) => one.found);
    const files = [...new Map(found.map((one) => [one.path, one])).values()];
    const places = others.length === 0 ? 'here' : 'here and below';
    const what =
      files.length === 1
        ? `A file that is taken ${places} has`
        : `${files.length} files that are taken ${places} have`;
    const steps = others.length === 0 ? 'this step' : 'these steps';
    yield {
      at: first.use.instruction.span,
      message: `${what} another mode than in git: ${listed(files)}. A build of a clean checkout runs ${steps} again.`,
      related: others.map((one) => ({
        at: one.use.instruction.span,
        message: `This takes ${one.found.length === 1 ? 'one' : one.found.length} of them.`,
      })),
      pays: uses.map(({ use }) => use.step),
    };
  },
);
