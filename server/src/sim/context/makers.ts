import { gitIgnoredBy } from '../../project/gitignore.js';
import type { Snapshot } from '../../project/snapshot.js';
import { hasWildcard } from '../../project/tree.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../../text/paths.js';

/** What says that a path which is not there may be there when someone builds. `file` is absolute. */
export interface Maker {
  /** `ignored`: git leaves it out; `named`: a script or workflow names it; `submodule`: git fetches it. */
  readonly kind: 'ignored' | 'named' | 'submodule';
  readonly file: string;
}

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

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** An expression that finds a path, or its last part, as a word of its own. */
function mention(path: string): RegExp | undefined {
  const words = path
    .split('/')
    .filter((part) => part !== '' && !hasWildcard(part) && part.length > 1)
    .map(escaped);
  const last = hasWildcard(baseName(path)) ? undefined : words.at(-1);
  const wanted = last ?? words.at(-1);
  return wanted === undefined ? undefined : new RegExp(`(?:^|[^\\w.-])${wanted}(?![\\w-])`, 'm');
}

/** The folder of a submodule, or of one that `.gitmodules` of the project names, on the way to `path`. */
function submoduleOf(snapshot: Snapshot, root: string, path: string): Maker | undefined {
  const file = joinPath(root, '.gitmodules');
  const text = snapshot.list(root)?.some(({ name }) => name === '.gitmodules')
    ? snapshot.text(file)
    : undefined;
  const folders = [...(text ?? '').matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map((m) =>
    joinPath(root, m[1] ?? ''),
  );
  return folders.some((folder) => isInside(folder, path)) ? { kind: 'submodule', file } : undefined;
}

/**
 * Who may make the absolute `path`, which is not there (wildcards allowed), before a build: git's rules that leave it out,
 * a submodule it belongs to, and the scripts that name it. Empty where nothing in the project does.
 */
export function makersOf(
  snapshot: Snapshot,
  root: string,
  path: string,
  scripts: readonly Script[],
): readonly Maker[] {
  const submodule = submoduleOf(snapshot, root, path);
  const literal = path
    .split('/')
    .map((part) => (hasWildcard(part) ? part.replace(/\[[^\]]*\]|[*?\\]/g, 'x') : part))
    .join('/');
  const ignored = gitIgnoredBy(snapshot, root, literal);
  const words = mention(relativePath(root, path));
  const named = words === undefined ? [] : scripts.filter(({ text }) => words.test(text));
  return [
    ...(submodule === undefined ? [] : [submodule]),
    ...(ignored === undefined ? [] : [{ kind: 'ignored' as const, file: ignored }]),
    ...named.map((script): Maker => ({ kind: 'named', file: script.path })),
  ];
}
