import { addLines } from '../../fixes/ignore.js';
import { configOf } from '../../project/config.js';
import { type ContextView, contextView } from '../../project/context.js';
import { projectBuilds } from '../../project/discover.js';
import { gitIgnoredBy } from '../../project/gitignore.js';
import type { Snapshot } from '../../project/snapshot.js';
import { builtOf } from '../../sim/context/built.js';
import { reachesImage } from '../../sim/context/leaves.js';
import type { ContextUse } from '../../sim/context/model.js';
import { contextNeeds } from '../../sim/context/needs.js';
import { maybeSecret, type Secret, secretOf } from '../../sim/context/secrets.js';
import { takenFiles } from '../../sim/context/taken.js';
import { baseName, dirName, isInside, joinPath } from '../../text/paths.js';
import { type Change, type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** A secret that one instruction takes. */
interface Leak {
  readonly path: string;
  readonly secret: Secret;
  readonly use: ContextUse;
  /** It is in the image that is shipped, not only in a build stage. */
  readonly shipped: boolean;
}

/** Whether the project has rules of git that could keep the file out, so that one they let in is in the repository. */
function isTracked(snapshot: Snapshot, root: string, path: string): boolean {
  if (gitIgnoredBy(snapshot, root, path) !== undefined) return false;
  for (let at = dirName(path); isInside(root, at); at = dirName(at)) {
    if (snapshot.list(at)?.some(({ name }) => name === '.gitignore') === true) return true;
    if (at === dirName(at)) break;
  }
  return false;
}

/** Whether the file is worth a word: what stands in the repository anyway is no secret, but for keys and tokens. */
function matters(snapshot: Snapshot, root: string, path: string, secret: Secret): boolean {
  const everSo = secret.kind === 'key' || (secret.kind === 'credentials' && !secret.byName);
  return everSo || !isTracked(snapshot, root, path);
}

function* leaksOf(context: DockerfileContext, view: ContextView): Generator<Leak> {
  const { graph, dockerfile, snapshot } = context;
  // A mount is there during its RUN only and leaves nothing behind.
  const uses = contextNeeds(graph, dockerfile).uses.filter(({ kind }) => kind !== 'mount');
  const { root } = configOf(snapshot, context.path);
  for (const { path, copiedBy } of takenFiles(view, uses, maybeSecret)) {
    const secret = secretOf(path, view.text(path));
    if (secret === undefined || !matters(snapshot, root, joinPath(view.root, path), secret)) continue;
    for (const use of copiedBy) {
      const shipped = reachesImage(graph, use.step, view, path, dockerfile.escape);
      // A build may well need its .env, and nothing shows that it goes any further.
      if (shipped || secret.kind !== 'env') yield { path, secret, use, shipped };
    }
  }
}

/** The source of a use that takes `path`: the one that names it or a folder of it, else the first. */
function spanOf({ use, path }: Leak): RuleFinding['at'] {
  const named = use.sources.find(({ query }) => query.path !== '.' && isInside(query.path, path));
  return (named ?? use.sources[0])?.span ?? use.instruction.span;
}

function phrase({ path, secret }: Leak): string {
  return secret.kind === 'env' ? `\`${path}\`, which sets ${secret.what}` : `\`${path}\`, ${secret.what}`;
}

function messageOf(context: DockerfileContext, first: Leak, count: number): string {
  const more = count === 1 ? '' : ` (and ${count - 1} more of the kind)`;
  const stage = context.graph.stages[first.use.step.stage]?.stage;
  const where = first.shipped
    ? 'whoever has the image has it, whatever later steps delete'
    : `it stays in the layers of the build stage \`${stage?.name ?? stage?.label ?? ''}\` and in exported caches, though it is not in the image`;
  return `${first.use.instruction.keyword} takes ${phrase(first)}${more}: ${where}.`;
}

/** Whether this build, or another that reads the same ignore file, names one of the paths. */
function isNamed(
  { snapshot, path: own, build: deciding }: DockerfileContext,
  file: string,
  paths: readonly string[],
): boolean {
  const others = projectBuilds(snapshot, own).filter(({ ignoreFile }) => ignoreFile === file);
  return [deciding, ...others].some((build) => {
    const uses = builtOf(snapshot, build)?.needs.uses ?? [];
    return uses.some(({ sources }) => sources.some(({ query }) => paths.includes(query.path)));
  });
}

/** The change that keeps `paths` out of the context; undefined where there is no place for a line. */
function keepOut({ build, snapshot }: DockerfileContext, paths: readonly string[]): Change | undefined {
  const options = { group: 'Secrets', ...(paths.length === 1 ? { paths } : {}) };
  if (build.ignoreFile === null) {
    const path = joinPath(build.context, '.dockerignore');
    const edit = addLines('', paths, options);
    return edit === undefined ? undefined : { kind: 'create', path, text: edit.newText };
  }
  const text = snapshot.text(build.ignoreFile);
  const edit = text === undefined ? undefined : addLines(text, paths, options);
  return edit === undefined ? undefined : { kind: 'edit', path: build.ignoreFile, edits: [edit] };
}

function fixesFor(context: DockerfileContext, leaks: readonly Leak[]): readonly Fix[] {
  const paths = [...new Set(leaks.map(({ path }) => path))];
  if (context.build.git === true || paths.some((path) => /[*?[\]\\!#\n]|^\s|\s$/.test(path))) return [];
  const change = keepOut(context, paths);
  if (change === undefined || isNamed(context, change.path, paths)) return [];
  const what = paths.length === 1 ? `\`${paths[0]}\`` : `${paths.length} files with secrets`;
  const first = change.kind === 'create' ? 'Create .dockerignore to keep' : 'Keep';
  const last = change.kind === 'create' ? '' : ` in ${baseName(change.path)}`;
  return [
    {
      title: `${first} ${what} out of the build context${last}`,
      applicability: 'unsafe',
      changes: () => [change],
    },
  ];
}

/** Leaks that are told in one finding: of one source, of the same weight, on the same way. */
function grouped(leaks: Iterable<Leak>): readonly (readonly Leak[])[] {
  const groups = new Map<string, Leak[]>();
  for (const leak of leaks) {
    const key = [spanOf(leak).start, leak.secret.kind === 'key', leak.shipped].join();
    groups.set(key, [...(groups.get(key) ?? []), leak]);
  }
  return [...groups.values()];
}

/** A private key, credentials or an .env file that a COPY or ADD takes along. */
export default dockerfileRule(
  {
    id: 'secret-in-context',
    severity: ['error', 'warning'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'COPY takes a private key, credentials or an .env file with secrets.',
  },
  function* (context) {
    const view = contextView(context.snapshot, context.build);
    if (view === undefined || view.error !== undefined) return;
    for (const leaks of grouped(leaksOf(context, view))) {
      const [first] = leaks;
      if (first === undefined) continue;
      yield {
        at: spanOf(first),
        severity: first.secret.kind === 'key' ? 'error' : 'warning',
        message: messageOf(context, first, leaks.length),
        fixes: fixesFor(context, leaks),
      };
    }
  },
);
