import { joinPath, relativePath } from '../../text/paths.js';
import type { ContextFiles } from './model.js';

/** `text` as a regular expression for one name of a path. */
function nameTest(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replace(/\[!/g, '[^');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^(?!)/;
  }
}

/** Folders below `folder` looked at for one pattern at most. */
const MOST = 2000;

/** Whether a path, relative to where the pattern starts, fits a pattern of `*`, `?`, `[…]` and `**`. */
export function fits(pattern: string, path: string): boolean {
  const match = (patterns: readonly string[], names: readonly string[]): boolean => {
    const [first, ...rest] = patterns;
    if (first === undefined) return names.length === 0;
    if (first === '**') return match(rest, names) || (names.length > 0 && match(patterns, names.slice(1)));
    const [name, ...others] = names;
    return name !== undefined && nameTest(first).test(name) && match(rest, others);
  };
  const parts = (text: string): string[] => text.split('/').filter((part) => part !== '' && part !== '.');
  return match(parts(pattern), parts(path));
}

/** `path` as it is seen from `folder`, which may be `.`. */
export function seenFrom(folder: string, path: string): string {
  return folder === '.' ? path : relativePath(folder, path);
}

/** The folders below `folder` that a pattern of `*`, `?`, `[…]` and `**` names, in the order of their names. */
export function foldersFitting(context: ContextFiles, folder: string, pattern: string): readonly string[] {
  let left = MOST;
  const walk = (at: string, parts: readonly string[]): string[] => {
    const [first, ...rest] = parts;
    if (first === undefined) return context.entries(at) === undefined ? [] : [at];
    if (first === '..') return [];
    if (!/[*?[]/.test(first)) return walk(joinPath(at, first), rest);
    const below = (context.entries(at) ?? []).filter(
      ({ kind, name }) => kind === 'folder' && left-- > 0 && name !== 'node_modules',
    );
    if (first === '**')
      return [...walk(at, rest), ...below.flatMap(({ name }) => walk(joinPath(at, name), parts))];
    return below
      .filter(({ name }) => nameTest(first).test(name))
      .flatMap(({ name }) => walk(joinPath(at, name), rest));
  };
  return [
    ...new Set(
      walk(
        folder,
        pattern.split('/').filter((part) => part !== '' && part !== '.'),
      ),
    ),
  ];
}
