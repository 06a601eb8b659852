import { cleanPath } from '../../syntax/dockerignore/gopath.js';
import { compareBytes } from '../../text/order.js';
import { goMatcher, hasWildcards } from './goPath.js';
import type { Tree, TreeEntry } from './tree.js';
import { below, entryAt } from './trees.js';

/** Links passed on the way to one path before it counts as a loop. */
const maxLinks = 255;

/** Where a link leads, from the root of the context: `..` above it is dropped; `''` for the root itself. */
export function targetOf(folder: string, target: string): string {
  const link = cleanPath(target);
  return cleanPath(link.startsWith('/') ? link : `/${folder}/${link}`).slice(1);
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The target of an entry that is a link. */
function linkTarget(entry: TreeEntry | undefined, folder: string): string | undefined {
  if (entry?.kind !== 'link') return undefined;
  const target = entry.stat()?.target;
  return target === undefined ? undefined : targetOf(folder, target);
}

/** Where the links lead that `path` names; its last name may hold wildcards. Undefined where it names none. */
function linksAt(tree: Tree, path: string): readonly string[] | undefined {
  const folder = folderOf(path);
  const name = nameOf(path);
  if (!hasWildcards(name)) {
    const target = path === '' ? undefined : linkTarget(entryAt(tree, path), folder);
    return target === undefined ? undefined : [target];
  }
  const matches = goMatcher(name);
  const targets = (tree.entries(folder) ?? []).flatMap((entry) => {
    const target = entry.kind === 'link' && matches(entry.name) ? linkTarget(entry, folder) : undefined;
    return target === undefined ? [] : [target];
  });
  return targets.length > 0 ? targets : undefined;
}

/**
 * What BuildKit's client makes of the needed paths (SPEC B2): the paths themselves and the targets of links on the way,
 * as patterns, sorted; null where the root is among them, so that nothing is filtered. It passes each link once only: of
 * two paths through one link it follows the first, which is a quirk the numbers need.
 */
export function followLinks(tree: Tree, paths: readonly string[]): readonly string[] | null {
  const resolved = new Set<string>();
  const append = (path: string): void => {
    let current = '';
    let rest = path;
    do {
      const slash = rest.indexOf('/');
      current = below(current, slash < 0 ? rest : rest.slice(0, slash));
      rest = slash < 0 ? '' : rest.slice(slash + 1);
      const targets = linksAt(tree, current);
      if ((rest === '' || targets !== undefined) && resolved.has(current)) return;
      if (targets !== undefined) {
        resolved.add(current);
        for (const target of targets) append(cleanPath(`/${target}/${rest}`).slice(1));
        return;
      }
    } while (rest !== '');
    resolved.add(current);
  };
  for (const path of paths) append(cleanPath(`/${path}`).slice(1));
  return resolved.has('') ? null : [...resolved].sort(compareBytes);
}

/** A path with its links followed. */
export interface Resolved {
  /** Every path that has to be there for it: the links on the way, and the end. None for the root. */
  readonly through: readonly string[];
  /** `''` for the root. */
  readonly path: string;
}

/** `path` with all links followed, inside the context; undefined where nothing is there, or links go round. */
export function resolvePath(tree: Tree, path: string): Resolved | undefined {
  const through: string[] = [];
  let rest = path === '' ? [] : path.split('/');
  let current = '';
  for (let links = 0; rest.length > 0; ) {
    const [name = '', ...others] = rest;
    const next = below(current, name);
    const entry = entryAt(tree, next);
    if (entry === undefined) return undefined;
    rest = others;
    if (entry.kind !== 'link') {
      current = next;
      continue;
    }
    const target = linkTarget(entry, current);
    if (target === undefined || ++links > maxLinks) return undefined;
    through.push(next);
    rest = [...(target === '' ? [] : target.split('/')), ...others];
    current = '';
  }
  if (current !== '') through.push(current);
  return { through, path: current };
}
