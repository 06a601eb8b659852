import type { Build } from '../project/build.js';
import { composeProjectOf } from '../project/compose.js';
import { configOf, rebuildSettingsOf, thresholdsOf } from '../project/config.js';
import { buildsOf, projectBuilds } from '../project/discover.js';
import { ignoreFileOf } from '../project/ignorefile.js';
import { remembered, type Snapshot, type TrackedSnapshot } from '../project/snapshot.js';
import type { ComposeContext, DockerfileContext, IgnoreContext } from '../rules/rule.js';
import { buildGraph, shellOf } from '../sim/stages.js';
import { parseCompose } from '../syntax/compose/parse.js';
import type { Instruction } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import type { ShellScript } from '../syntax/shell/model.js';
import { baseName, dirName } from '../text/paths.js';
import type { Engine, LintOptions } from './model.js';

/** A part of a context, made when first asked for. It remembers whether facts were lacking when it was made. */
interface Part<T> {
  get(): T;
}

/** Counts questions that went unanswered, those inside shared parts again for every one who uses the part. */
export interface Gaps {
  /** Whether facts were lacking for anything asked since `mark()`. */
  since(mark: number): boolean;
  mark(): number;
}

interface Tracker extends Gaps {
  part<T>(make: () => T): Part<T>;
}

function tracker(snapshot: TrackedSnapshot): Tracker {
  let shared = 0;
  const count = (): number => snapshot.misses() + shared;
  return {
    mark: count,
    since: (mark) => count() > mark,
    part<T>(make: () => T): Part<T> {
      let made: { readonly value: T; readonly lacking: boolean } | undefined;
      return {
        get() {
          if (made !== undefined) {
            if (made.lacking) shared++;
            return made.value;
          }
          const before = count();
          const value = make();
          made = { value, lacking: count() > before };
          return value;
        },
      };
    },
  };
}

/** What a rule gets, and the means to tell whether what it concluded rests on facts that are not there yet. */
export interface Prepared<C> {
  readonly context: C;
  readonly gaps: Gaps;
}

/** The build that was asked for, with the ignore file it reads in this snapshot: a fix may create one. */
function askedBuild(
  snapshot: Snapshot,
  path: string,
  { build }: Pick<LintOptions, 'build'>,
): Build | undefined {
  if (build?.dockerfile !== path || build.remote || build.git === true)
    return build?.dockerfile === path ? build : undefined;
  const ignoreFile = build.ignoreFile ?? ignoreFileOf(snapshot, path, build.context);
  return ignoreFile === build.ignoreFile ? build : { ...build, ignoreFile };
}

/** The builds of a Dockerfile, the one that decides first: the person's choice, else the order of CLI.md. */
export function orderedBuilds(
  snapshot: Snapshot,
  path: string,
  options: Pick<LintOptions, 'chosenBuilds' | 'build'>,
): readonly [Build, ...Build[]] {
  const builds = buildsOf(snapshot, path);
  const asked = askedBuild(snapshot, path, options);
  if (asked !== undefined)
    return [asked, ...builds.filter((b) => b.source !== asked.source && b.kind !== 'heuristic')];
  const chosen = options.chosenBuilds?.[path];
  const index = chosen === undefined ? -1 : builds.findIndex((b) => b.source === chosen);
  const first = builds[index];
  return first === undefined ? builds : [first, ...builds.filter((_, i) => i !== index)];
}

/** The scripts of one parsed Dockerfile: the same however often it is asked about. */
export function newScripts(): Map<Instruction, ShellScript> {
  return new Map();
}

/** The context of Dockerfile rules for `path`, whose text the snapshot has. Its parts are made when a rule asks for them. */
export function dockerfileContext(
  engine: Engine,
  snapshot: TrackedSnapshot,
  path: string,
  options: LintOptions,
): Prepared<DockerfileContext> | undefined {
  const dockerfile = snapshot.parse(path, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const gaps = tracker(snapshot);
  const builds = gaps.part(() => orderedBuilds(snapshot, path, options));
  const build = gaps.part(() => builds.get()[0]);
  const graph = gaps.part(() => buildGraph(dockerfile, build.get()));
  const thresholds = gaps.part(() => thresholdsOf(configOf(snapshot, path), options.context));
  const asksGit = gaps.part(
    () =>
      options.rebuilds !== undefined &&
      (options.rebuilds.commits ?? rebuildSettingsOf(configOf(snapshot, path)).commits) > 0,
  );
  const context: DockerfileContext = {
    path,
    dockerfile,
    snapshot,
    shell: shellOf(engine.shellParser, remembered(snapshot, dockerfile, newScripts)),
    get asksGit() {
      return asksGit.get();
    },
    get thresholds() {
      return thresholds.get();
    },
    get graph() {
      return graph.get();
    },
    get build() {
      return build.get();
    },
    get builds() {
      return builds.get();
    },
  };
  return { context, gaps };
}

/** The context of Compose rules for `path`, whose text the snapshot has. */
export function composeContext(
  snapshot: TrackedSnapshot,
  path: string,
): Prepared<ComposeContext> | undefined {
  const file = snapshot.parse(path, parseCompose);
  if (file === undefined) return undefined;
  const gaps = tracker(snapshot);
  const project = gaps.part(() => composeProjectOf(snapshot, path));
  const context: ComposeContext = {
    path,
    file,
    snapshot,
    get project() {
      return project.get();
    },
  };
  return { context, gaps };
}

/**
 * Whether one would think that `build`, which does not read it, reads the ignore file at `path`: a `.dockerignore` in its
 * context or beside its Dockerfile, or one that bears the Dockerfile's name, or nearly, beside it or in the context.
 */
function seemsToRead(build: Build, path: string): boolean {
  const folder = dirName(path);
  const beside = dirName(build.dockerfile) === folder;
  if (build.remote || (build.context !== folder && !beside)) return false;
  const name = baseName(path).slice(0, -'.dockerignore'.length).toLowerCase();
  const file = baseName(build.dockerfile).toLowerCase();
  return (
    name === '' || name === file || (beside && (file.startsWith(`${name}.`) || file.endsWith(`.${name}`)))
  );
}

/** The context of rules over the ignore file at `path`, whose text the snapshot has. */
export function ignoreContext(
  engine: Engine,
  snapshot: TrackedSnapshot,
  path: string,
): Prepared<IgnoreContext> | undefined {
  const ignore = snapshot.parse(path, parseIgnore);
  if (ignore === undefined) return undefined;
  const gaps = tracker(snapshot);
  const all = gaps.part(() => projectBuilds(snapshot, path));
  const context: IgnoreContext = {
    path,
    ignore,
    snapshot,
    shell: (dockerfile) => shellOf(engine.shellParser, remembered(snapshot, dockerfile, newScripts)),
    get builds() {
      return all.get().filter((build) => build.ignoreFile === path);
    },
    get others() {
      return all.get().filter((build) => build.ignoreFile !== path && seemsToRead(build, path));
    },
  };
  return { context, gaps };
}
