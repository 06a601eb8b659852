import type { Build } from '../../project/build.js';
import { type ContextView, contextView } from '../../project/context.js';
import type { Snapshot } from '../../project/snapshot.js';
import { entryPath } from '../../project/tree.js';
import { buildStepOf } from '../buildstep.js';
import type { Built } from '../context/built.js';
import { takersOf } from '../context/explain.js';
import { installStepOf, neededBy } from '../installstep.js';
import type { ShellOf } from '../model.js';

/** A change of one file, as it stands for many: what it touches of a build. */
export interface TypicalEdit {
  /** Relative to the context. */
  readonly path: string;
  /** Indices into the sources of the build's needs. */
  readonly sources: ReadonlySet<number>;
}

/** Edits that stand in for a history; undefined where the project shows no such file that a step takes. */
export interface TypicalEdits {
  readonly source: TypicalEdit | undefined;
  readonly dependency: TypicalEdit | undefined;
}

/** What package managers read before they install, most often changed first. */
const lockNames =
  /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|uv\.lock|poetry\.lock|Pipfile\.lock|pdm\.lock|requirements[\w.-]*\.txt|go\.sum|Cargo\.lock|composer\.lock|Gemfile\.lock|mix\.lock|pubspec\.lock|packages\.lock\.json)$/;
const manifestNames =
  /^(package\.json|pyproject\.toml|Pipfile|setup\.py|go\.mod|Cargo\.toml|composer\.json|Gemfile|mix\.exs|pubspec\.yaml|pom\.xml|build\.gradle(\.kts)?|[\w.-]+\.(csproj|fsproj)|Directory\.Packages\.props)$/;
const sourceNames =
  /\.([cm]?[jt]sx?|vue|svelte|py|go|rs|rb|php|java|kt|kts|scala|cs|fs|ex|exs|c|cc|cpp|h|hpp|swift|dart|clj|hs|lua|pl|ml|html|css|scss)$/;
/** Tools read these; they are edited now and then, the program all the time. */
const settingNames = /(^\.|\.config\.[cm]?[jt]s$|^(Gruntfile|Gulpfile|Rakefile|conftest|setup|manage)\b)/;

/** Folders looked into at most: a file near the top is as good as any. */
const mostFolders = 400;
/** Files of one kind that are tried at most. */
const mostTried = 50;

/** Files of a context that are not ignored, those of the higher folders first. */
function* filesOf(view: ContextView): Iterable<string> {
  let folders = ['.'];
  let looked = 0;
  while (folders.length > 0) {
    const deeper: string[] = [];
    for (const folder of folders) {
      if (++looked > mostFolders) return;
      for (const { name, kind } of view.entries(folder) ?? []) {
        const path = entryPath(folder, name);
        if (name === 'node_modules' || name === '.git' || view.isIgnored(path)) continue;
        if (kind === 'folder') deeper.push(path);
        else if (kind === 'file') yield path;
      }
    }
    folders = deeper;
  }
}

function isSource(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    sourceNames.test(name) &&
    !settingNames.test(name) &&
    !manifestNames.test(name) &&
    !/(^|\/)(tests?|__tests__|specs?|docs?|examples?|scripts?|e2e)\//.test(path)
  );
}

/** The files that the installs of the build read, and downloads could, as far as they are understood: locks first. */
function readByInstalls(build: Build, built: Built, view: ContextView, shell: ShellOf): readonly string[] {
  const scene = { dockerfile: built.dockerfile, graph: built.graph, shell, builds: [build] };
  const found = built.graph.stages
    .filter((node) => node.reachable)
    .flatMap((node) =>
      node.steps.flatMap((step) => {
        const needing = installStepOf(scene, view, node, step) ?? buildStepOf(scene, view, node, step);
        const needed = needing === undefined ? [] : neededBy(needing);
        return needed.flatMap((path) => filesAt(needing?.image.sourceOf(path)?.path, view));
      }),
    );
  return [...found.filter((path) => lockNames.test(baseOf(path))), ...found];
}

/** A file itself, of a folder the files right in it. */
function filesAt(path: string | undefined, view: ContextView): readonly string[] {
  if (path === undefined) return [];
  const entries = view.entries(path);
  if (entries === undefined) return [path];
  return entries.flatMap(({ name, kind }) => (kind === 'file' ? [entryPath(path, name)] : []));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The source edit and the dependency edit that stand for all others, found among the files of the context. */
export function typicalEdits(snapshot: Snapshot, build: Build, built: Built, shell: ShellOf): TypicalEdits {
  const view = contextView(snapshot, build);
  if (view === undefined || !built.needs.loaded) return { source: undefined, dependency: undefined };
  const takers = takersOf(view, built.needs.uses);
  const firstOf = new Map<object, number>();
  let index = 0;
  for (const use of built.needs.uses) {
    firstOf.set(use, index);
    index += use.sources.length;
  }
  const editOf = (path: string): TypicalEdit | undefined => {
    const sources = takers(path).flatMap((use) => use.sources.map((_, i) => (firstOf.get(use) ?? 0) + i));
    return sources.length === 0 ? undefined : { path, sources: new Set(sources) };
  };
  const firstTaken = (paths: readonly string[]): TypicalEdit | undefined => {
    for (const path of paths.slice(0, mostTried)) {
      const edit = editOf(path);
      if (edit !== undefined) return edit;
    }
    return undefined;
  };
  const files = [...filesOf(view)];
  const installed = readByInstalls(build, built, view, shell).filter((path) => !view.isIgnored(path));
  return {
    source: firstTaken(files.filter(isSource)),
    dependency:
      firstTaken(installed) ??
      firstTaken(files.filter((path) => lockNames.test(baseOf(path)))) ??
      firstTaken(files.filter((path) => manifestNames.test(baseOf(path)))),
  };
}
