import { dirName } from '../text/paths.js';
import type { Build } from './build.js';
import { classifyName } from './classify.js';
import { projectRootOf } from './config.js';
import { buildScripts } from './scripts.js';
import { derive, type Snapshot } from './snapshot.js';

/** What in a script or workflow says that images are built by something that knows no cache mounts. */
const LEGACY = /\bkaniko\b|\bDOCKER_BUILDKIT["']?\s*[:=]\s*["']?0\b|cloud-builders\/docker\b/;

/** Whether a workflow or script of the project builds with a builder that knows no mounts: kaniko, or Docker without BuildKit. */
export function namesLegacyBuilder(snapshot: Snapshot, build: Build): boolean {
  const root = projectRootOf(snapshot, build.dockerfile);
  const context = build.remote ? dirName(build.dockerfile) : build.context;
  return derive(snapshot, `legacy-builder:${build.dockerfile}:${context}`, (known) =>
    buildScripts(known, root, context, build.dockerfile).some(({ text }) => LEGACY.test(text)),
  );
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
  const own = snapshot
    .index(root)
    .filter((path) => classifyName(path) === 'workflow')
    .some((path) => snapshot.text(path)?.includes('self-hosted') === true);
  const inWorkflows = own ? [] : builds.filter(({ kind }) => kind === 'workflow');
  return { some: inWorkflows.length > 0, all: inWorkflows.length === builds.length };
}
