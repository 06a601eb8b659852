import { classifyName } from '../../project/classify.js';
import type { ContextUse } from '../../sim/context/model.js';
import { baseName, dirName, isInside, relativePath } from '../../text/paths.js';
import { runsBelow } from './below.js';
import type { Scene } from './candidates.js';
import { knownJunk } from './catalogue.js';
import { mayReadUnseen, namesInScripts, readsRepository } from './gitreads.js';
import type { Candidate, Group } from './model.js';
import { matcherOf, mentioned, namedBySource } from './needs.js';
import { broadFolder, takes } from './sharing.js';
import type { Survey } from './survey.js';

/** A file or folder that changes while the program stays the same. */
export interface Volatile {
  /** Relative to the context, as a pattern: its own path. */
  readonly path: string;
  readonly what: 'docker' | 'history' | 'editor' | 'ci' | 'log' | 'cache';
}

/** Under which heading of an ignore file a line for it stands. */
export const volatileGroups = {
  docker: 'Read by Docker itself',
  history: 'Version control',
  editor: 'Left by editors and systems',
  ci: 'Read by CI',
  log: 'Logs',
  cache: 'Caches',
} as const satisfies Readonly<Record<Volatile['what'], Group>>;

/** What CI systems read, at the root of a repository. */
const ciNames =
  /^(\.github|\.gitlab-ci\.ya?ml|\.gitlab|\.circleci|\.travis\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|\.woodpecker(\.ya?ml)?|appveyor\.ya?ml|\.appveyor\.ya?ml|\.buildkite|cloudbuild\.ya?ml|\.gitea|\.forgejo)$/;

const junkKinds: Readonly<Record<string, Volatile['what']>> = {
  'Version control': 'history',
  Caches: 'cache',
  'Left by editors and systems': 'editor',
  'Left by tests': 'cache',
};

/** What a name at the root of a context is, where it changes while the program stays the same. */
function kindAtRoot(name: string): Volatile['what'] | undefined {
  if (name === '.dockerignore' || name === '.devcontainer') return 'docker';
  const kind = classifyName(name);
  if (kind === 'dockerfile' || kind === 'dockerignore' || kind === 'bake') return 'docker';
  if (kind === 'compose' && !/\.(js|ts)on?$/.test(name)) return 'docker';
  if (ciNames.test(name)) return 'ci';
  if (/\.log$/.test(name)) return 'log';
  const junk = knownJunk.find((known) => known.name === name && known.signs === undefined);
  return junk === undefined ? undefined : junkKinds[junk.group];
}

/** Everything of that kind at the root of the context, and the Dockerfile itself wherever it lies; ignored ones left out. */
function volatileIn(survey: Survey, dockerfile: string): readonly Volatile[] {
  const { view } = survey;
  const atRoot = (survey.folders.get('.') ?? []).flatMap(({ name }): Volatile[] => {
    const what = kindAtRoot(name);
    return what === undefined ? [] : [{ path: name, what }];
  });
  const own = [dockerfile, `${dockerfile}.dockerignore`]
    .filter((path) => isInside(view.root, path) && dirName(path) !== view.root)
    .map((path) => relativePath(view.root, path))
    .filter((path) => view.exists(path) && !atRoot.some((other) => isInside(other.path, path)))
    .map((path): Volatile => ({ path, what: 'docker' }));
  // What an exception lets in, somebody wants.
  return [...atRoot, ...own].filter(
    ({ path }) => !view.isIgnored(path) && view.decidedBy(path) === undefined,
  );
}

/** Whether an instruction takes a path with a folder around it, --exclude counted. */
function takesWith(use: ContextUse, path: string): boolean {
  return use.sources.some(({ query }) => {
    const folder = broadFolder(query.path);
    if (folder === undefined || !takes(folder, path)) return false;
    if (query.exclude.length === 0) return true;
    const below = folder === '.' ? path : path.slice(folder.length + 1);
    return !matcherOf(query.exclude).match(below).ignored;
  });
}

/**
 * What `use` takes along with a folder although no step of any build of the scene names or reads it, and that changes
 * while the program stays the same. Nothing where the shell text of a step can't be read.
 */
export function volatileTakenBy(scene: Scene, use: ContextUse): readonly Volatile[] {
  const { views, survey } = scene;
  const texts = views.map(({ spoken }) => spoken);
  const dockerfile = views[0]?.build.dockerfile ?? '';
  const found = volatileIn(survey, dockerfile).filter(
    ({ path, what }) =>
      takesWith(use, path) &&
      !namedBySource(path, views) &&
      !mentioned(baseName(path), texts) &&
      (what !== 'history' || !views.some((view) => readsRepository(view, survey, path) !== undefined)),
  );
  // The ignore file and settings of editors hardly ever change: by themselves they are not worth a word.
  return found.some(isLively) ? found : [];
}

function isLively({ path, what }: Volatile): boolean {
  return what !== 'editor' && path !== '.dockerignore' && path !== '.devcontainer';
}

/** Whether nothing that the builds run or start could want the Dockerfile in the image. */
function isIdle({ views, survey }: Scene, path: string): boolean {
  const names = new Set(views.map(({ build }) => relativePath(survey.view.root, build.dockerfile)));
  return (
    names.has(path) &&
    views.every((view) => !mayReadUnseen(view, survey) && !namesInScripts(view, survey, baseName(path)))
  );
}

/**
 * Lines for what the copies of a scene take along that changes by itself and runs steps again: what
 * `volatile-file-in-context` would say of the file otherwise. Safe for a Dockerfile that nothing is known to read.
 */
export function volatileCandidates(scene: Scene): readonly Candidate[] {
  const found = scene.views.flatMap((view) =>
    view.needs.uses.flatMap((use) =>
      use.kind === 'mount' || runsBelow(view, use.step).length === 0 ? [] : volatileTakenBy(scene, use),
    ),
  );
  return found
    .filter(({ path }, i) => found.findIndex((other) => other.path === path) === i)
    .map(({ path, what }) => ({
      pattern: path,
      group: volatileGroups[what],
      reason: 'changes while the program stays the same',
      applicability: what === 'docker' && isIdle(scene, path) ? 'safe' : 'unsafe',
      soon: false,
      volatile: true,
    }));
}
