import { hasWildcard } from '../project/tree.js';
import { compilePattern } from '../syntax/dockerignore/compile.js';
import { isMatched, type PatternList, patternList } from './context/filter.js';

/** Which of what lies below a folder a COPY with --parents or --exclude takes; paths are relative to that folder. */
export interface Choice {
  /** Whether a path is taken, with all below it as far as --exclude leaves it. */
  takes(path: string): boolean;
  /** Whether something below a folder that is not taken itself may be. */
  leadsOn(path: string): boolean;
  /** Whether a folder is taken with all below it, whatever that is. */
  takesAll(path: string): boolean;
  /** Whether what is taken file by file has one of these names, or the extension of one: `**\/package.json`, `*.csproj`. */
  isLike(names: ReadonlySet<string>): boolean;
}

/** Whether a path below `folder` can be hit by `pattern`, name by name. */
function canLead(parts: readonly string[], folder: string): boolean {
  const names = folder === '.' ? [] : folder.split('/');
  for (const [i, name] of names.entries()) {
    const part = parts[i];
    if (part === undefined) return false;
    if (part.includes('**')) return true;
    if (hasWildcard(part) ? compilePattern(part).matches?.(name) !== true : part !== name) return false;
  }
  return names.length < parts.length;
}

function isRefused(list: PatternList | undefined): boolean {
  return list?.patterns.some(({ error }) => error !== undefined) === true;
}

/**
 * The choice that a pattern of --parents (undefined without the flag) and the patterns of --exclude make; undefined where
 * BuildKit refuses one of them.
 */
export function choiceOf(include: string | undefined, exclude: readonly string[]): Choice | undefined {
  const wanted = include === undefined ? undefined : patternList([include]);
  const unwanted = exclude.length === 0 ? undefined : patternList(exclude);
  if (isRefused(wanted) || isRefused(unwanted)) return undefined;
  const everything = include === undefined || include === '.';
  const parts = include === undefined ? [] : include.split('/');
  const last = parts.at(-1) ?? '';
  const isExcluded = (path: string): boolean =>
    path !== '.' && unwanted !== undefined && isMatched(unwanted, path);
  const isWanted = (path: string): boolean =>
    everything || (path !== '.' && wanted !== undefined && isMatched(wanted, path));
  return {
    takes: (path) => isWanted(path) && !isExcluded(path),
    leadsOn: (path) =>
      (isWanted(path) ? unwanted?.hasExceptions === true : canLead(parts, path)) &&
      (!isExcluded(path) || unwanted?.hasExceptions === true),
    takesAll: (path) => unwanted === undefined && isWanted(path),
    isLike(names) {
      // A name with an extension is no folder's.
      const extension = /^(?:\*+|[^*?[\\]+)(\.[^*?[\\.]+)$/.exec(last)?.[1];
      if (extension === undefined) return false;
      return last.startsWith('*') ? [...names].some((name) => name.endsWith(extension)) : names.has(last);
    },
  };
}
