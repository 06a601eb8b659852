import { dirName, isInside, joinPath } from '../text/paths.js';
import type { Snapshot } from './snapshot.js';

/** Files that run or describe steps before a build. */
const scriptName =
  /^(?:(?:gnu)?makefile|.*\.mk|taskfile\.ya?ml|justfile|package\.json|.*\.(?:sh|bash|ps1|bat|cmd)|jenkinsfile.*|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|\.goreleaser.*\.ya?ml|build\.(?:gradle|gradle\.kts|xml|sbt|zig|rs|py|cake)|pom\.xml|earthfile|rakefile|tasks\.py|noxfile\.py|skaffold\.ya?ml|tiltfile|cloudbuild.*\.ya?ml|azure-pipelines.*\.ya?ml|bitbucket-pipelines\.ya?ml|appveyor\.ya?ml|\.drone\.ya?ml|turbo\.json|nx\.json|project\.json|magefile\.go|cakefile|dagger\.json)$/i;
/** Folders in which such files lie. */
const scriptFolders = [
  '',
  'scripts',
  'script',
  'bin',
  'build',
  'ci',
  '.ci',
  'hack',
  'tools',
  'docker',
  'deploy',
  '.circleci',
  '.buildkite',
  '.azure',
];
/** Most scripts read for one question. */
const maxScripts = 80;

export interface Script {
  readonly path: string;
  readonly text: string;
}

/** Whether a file of the index tells how a project is built or what is done before. */
function isWorkflow(path: string): boolean {
  return /\/\.github\//.test(path) && /\.ya?ml$/i.test(path);
}

/** Scripts, workflows and build files around the context and the Dockerfile, up to the project root. */
export function buildScripts(
  snapshot: Snapshot,
  root: string,
  context: string,
  dockerfile: string,
): readonly Script[] {
  const tops = new Set([root, context, dirName(dockerfile)]);
  const paths = new Set(snapshot.index(root).filter(isWorkflow));
  for (const top of tops) {
    if (!isInside(root, top)) continue;
    const known = new Set((snapshot.list(top) ?? []).filter((e) => e.kind === 'folder').map((e) => e.name));
    for (const name of scriptFolders) {
      if (name !== '' && !known.has(name)) continue;
      const folder = name === '' ? top : joinPath(top, name);
      for (const entry of snapshot.list(folder) ?? []) {
        const here =
          entry.kind === 'file' && (scriptName.test(entry.name) || /^\.(?:circleci|buildkite)/.test(name));
        if (here) paths.add(joinPath(folder, entry.name));
      }
    }
  }
  return [...paths]
    .sort()
    .slice(0, maxScripts)
    .flatMap((path) => {
      const text = snapshot.text(path);
      return text === undefined ? [] : [{ path, text }];
    });
}
