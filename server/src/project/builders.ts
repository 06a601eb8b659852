import { joinPath } from '../text/paths.js';
import type { Build } from './build.js';
import { classifyName } from './classify.js';
import { projectRootOf } from './config.js';
import { derive } from './memo.js';
import type { Snapshot } from './snapshot.js';

/** What in a script or workflow says that images are built by something that knows no cache mounts. */
const LEGACY = /\bkaniko\b|\bDOCKER_BUILDKIT["']?\s*[:=]\s*["']?0\b|cloud-builders\/docker\b/;

/** Files at the root of a project that say how images are built. */
const CI_FILE =
  /^(?:(?:gnu)?makefile|jenkinsfile.*|\.gitlab-ci\.ya?ml|cloudbuild.*\.ya?ml|azure-pipelines.*\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|skaffold.*\.ya?ml)$/i;

/** Whether a workflow or script of the project builds with a builder that knows no mounts: kaniko, or Docker without BuildKit. */
export function namesLegacyBuilder(snapshot: Snapshot, { dockerfile }: Build): boolean {
  const root = projectRootOf(snapshot, dockerfile);
  return derive(snapshot, `legacy-builder:${root}`, (known) => {
    const named = (known.list(root) ?? []).filter(({ kind, name }) => kind === 'file' && CI_FILE.test(name));
    const paths = [
      ...known.index(root).filter((path) => classifyName(path) === 'workflow'),
      ...named.map(({ name }) => joinPath(root, name)),
    ];
    return paths.some((path) => known.parse(path, isLegacy) === true);
  });
}

function isLegacy(text: string): boolean {
  return LEGACY.test(text);
}

/** Where the builds of a Dockerfile run, going by what was found. */
export interface Runners {
  /** Some of them run in a workflow whose runners start empty. */
  readonly some: boolean;
  /** All of them do. */
  readonly all: boolean;
}

/** Whether builds run on runners that start empty; workflows that name runners of their own count as others. */
export function emptyRunners(snapshot: Snapshot, builds: readonly Build[]): Runners {
  const first = builds[0];
  if (first === undefined) return { some: false, all: false };
  const root = projectRootOf(snapshot, first.dockerfile);
  const own = derive(snapshot, `own-runners:${root}`, (known) =>
    known
      .index(root)
      .filter((path) => classifyName(path) === 'workflow')
      .some((path) => known.parse(path, namesOwnRunner) === true),
  );
  const inWorkflows = own ? [] : builds.filter(({ kind }) => kind === 'workflow');
  return { some: inWorkflows.length > 0, all: inWorkflows.length === builds.length };
}

function namesOwnRunner(text: string): boolean {
  return text.includes('self-hosted');
}
