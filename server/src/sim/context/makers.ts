import { gitIgnoredBy } from '../../project/gitignore.js';
import type { Script } from '../../project/scripts.js';
import type { Snapshot } from '../../project/snapshot.js';
import { hasWildcard } from '../../project/tree.js';
import { baseName, isInside, joinPath, relativePath } from '../../text/paths.js';

/** What says that a path which is not there may be there when someone builds. `file` is absolute. */
export interface Maker {
  /** `ignored`: git leaves it out; `named`: a script or workflow names it; `submodule`: git fetches it. */
  readonly kind: 'ignored' | 'named' | 'submodule';
  readonly file: string;
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
