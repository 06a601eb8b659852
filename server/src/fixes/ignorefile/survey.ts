import type { ContextView } from '../../project/context.js';
import { type Entry, entryNamed } from '../../project/snapshot.js';
import { entryPath } from '../../project/tree.js';
import { dirName, isInside } from '../../text/paths.js';
import type { BuildView } from './model.js';
import { broadFolder } from './sharing.js';

/** Kinds of project, known by their manifests. */
export type Stack =
  | 'node'
  | 'python'
  | 'php'
  | 'ruby'
  | 'go'
  | 'rust'
  | 'maven'
  | 'gradle'
  | 'dotnet'
  | 'elixir';

/** What lies in the upper folders of a context, as far as the builds take it. Paths are relative to it, `.` for itself. */
export interface Survey {
  readonly view: ContextView;
  /** Folders looked into, ignored ones left out, with their entries. */
  readonly folders: ReadonlyMap<string, readonly Entry[]>;
  /** Folders that hold a manifest. */
  readonly projects: readonly Project[];
}

export interface Project {
  readonly folder: string;
  readonly stack: Stack;
}

/** Folders looked into, and how deep below the root of the context: manifests lie near the top. */
const mostFolders = 300;
const deepest = 4;

const manifests: readonly (readonly [Stack, RegExp])[] = [
  ['node', /^package\.json$/],
  [
    'python',
    /^(pyproject\.toml|setup\.py|setup\.cfg|requirements.*\.txt|Pipfile|manage\.py|environment\.ya?ml)$/,
  ],
  ['php', /^composer\.json$/],
  ['ruby', /^(Gemfile|.*\.gemspec)$/],
  ['go', /^go\.mod$/],
  ['rust', /^Cargo\.toml$/],
  ['maven', /^pom\.xml$/],
  ['gradle', /^(build|settings)\.gradle(\.kts)?$/],
  ['dotnet', /\.(cs|fs|vb)proj$/],
  ['elixir', /^mix\.exs$/],
];

/** Folders in which nobody keeps a project of their own. */
const closed =
  /^(\..*|node_modules|bower_components|vendor|target|dist|build|out|bin|obj|_build|deps|venv|env|__pycache__|site-packages|coverage|htmlcov|log|logs|tmp|temp)$/;

/** Source folders of the builds: what no COPY, ADD or bind mount takes does not matter. */
function roots(views: readonly BuildView[]): readonly string[] {
  const taken = views.flatMap(({ needs }) => needs.uses.flatMap(({ sources }) => sources));
  return [...new Set(taken.flatMap(({ query }) => broadFolder(query.path) ?? []))].sort();
}

/** Whether a folder lies in what is taken, or on the way there. */
function matters(taken: readonly string[], folder: string): boolean {
  return taken.some(
    (root) => root === '.' || folder === '.' || isInside(root, folder) || isInside(folder, root),
  );
}

/** Looks into the upper folders of what `views` (builds of one context) take, level by level. */
export function surveyOf(view: ContextView, views: readonly BuildView[]): Survey {
  const taken = roots(views);
  const folders = new Map<string, readonly Entry[]>();
  let level = ['.'];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (folders.size >= mostFolders) break;
      const entries = view.entries(folder);
      if (entries === undefined) continue;
      folders.set(folder, entries);
      for (const { name, kind } of entries) {
        const path = entryPath(folder, name);
        if (kind === 'folder' && !closed.test(name) && matters(taken, path) && !view.isIgnored(path))
          next.push(path);
      }
    }
    level = next;
  }
  return { view, folders, projects: projectsIn(view, folders) };
}

function projectsIn(view: ContextView, folders: Survey['folders']): readonly Project[] {
  return [...folders].flatMap(([folder, entries]) =>
    manifests.flatMap(([stack, name]): Project[] => {
      const manifest = entries.find((e) => e.kind !== 'folder' && name.test(e.name));
      return manifest === undefined || view.isIgnored(entryPath(folder, manifest.name))
        ? []
        : [{ folder, stack }];
    }),
  );
}

/** Whether a path lies in the context and is not ignored. It must be in a folder that was looked into. */
export function isThere({ view, folders }: Survey, path: string): boolean {
  const entries = folders.get(path.includes('/') ? dirName(path) : '.');
  return entryNamed(entries, path.slice(path.lastIndexOf('/') + 1)) !== undefined && !view.isIgnored(path);
}

/** Folders of the survey that hold an entry of this name that is not ignored. */
export function foldersWith({ view, folders }: Survey, name: string): readonly string[] {
  return [...folders]
    .filter(
      ([folder, entries]) =>
        entryNamed(entries, name) !== undefined && !view.isIgnored(entryPath(folder, name)),
    )
    .map(([folder]) => folder);
}

/** The text of a file of the context; undefined where there is none or it is ignored. Empty where only its name is known. */
export function textIn({ view }: Survey, path: string): string | undefined {
  const text = view.isIgnored(path) ? undefined : view.text(path);
  // A sparse file stands for one whose content nobody recorded.
  return text?.startsWith('\0') === true ? '' : text;
}

/** Files of all folders looked into, or of one, whose name matches. */
export function filesNamed({ folders }: Survey, name: RegExp, folder?: string): readonly string[] {
  return [...folders].flatMap(([at, entries]) =>
    folder !== undefined && at !== folder
      ? []
      : entries.filter((e) => e.kind !== 'folder' && name.test(e.name)).map((e) => entryPath(at, e.name)),
  );
}
