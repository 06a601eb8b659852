import type {
  HistoryAnswer,
  HistoryQuery,
  ModeDrift,
  ReplayedCommit,
  TouchedSource,
} from '../../project/history.js';
import type { Tree } from '../context/tree.js';
import { entryAt, remembering } from '../context/trees.js';
import {
  isLink,
  isModeOnly,
  isRepository,
  isVisible,
  type RawChange,
  type RawCommit,
  type RawHistory,
  type TrackedMode,
} from './commits.js';
import { isCheckoutMode } from './modes.js';
import { placesOf } from './places.js';
import { type Selected, type SelectedKind, selection } from './selection.js';

/** What becomes of a path that changed; what was asked is remembered. */
type Select = (path: string, kind: SelectedKind) => Selected;

/** The folder of the repository itself, as a place. */
const repositoryPlace = '.git/';

/** What one commit changes of what one source takes. */
interface Touch {
  /** Paths; a folder ends in `/`. */
  readonly paths: Set<string>;
  modesOnly: boolean;
}

interface Touches {
  touches: boolean;
  readonly bySource: Map<number, Touch>;
}

/** What stands at the path of a change. */
export function kindOf(change: RawChange): SelectedKind {
  if (isRepository(change)) return 'folder';
  return isLink(change) ? 'link' : 'file';
}

function touchesOf({ changes }: RawCommit, select: Select): Touches {
  const found: Touches = { touches: false, bySource: new Map() };
  for (const change of changes) {
    if (!isVisible(change)) continue;
    const kind = kindOf(change);
    const { sent, sources } = select(change.path, kind);
    if (sent) found.touches = true;
    for (const source of sources) {
      const touch = found.bySource.get(source) ?? { paths: new Set<string>(), modesOnly: true };
      touch.paths.add(kind === 'folder' ? `${change.path}/` : change.path);
      touch.modesOnly &&= isModeOnly(change);
      found.bySource.set(source, touch);
    }
  }
  return found;
}

/** Numbers names, each once. */
function numbering(): { readonly names: string[]; of(name: string): number } {
  const names: string[] = [];
  const known = new Map<string, number>();
  return {
    names,
    of(name) {
      const at = known.get(name) ?? names.push(name) - 1;
      known.set(name, at);
      return at;
    },
  };
}

/** For each source all that any commit changes of it, and how many do. */
function pathsBySource(all: readonly Touches[]): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const found = new Map<number, Map<string, number>>();
  for (const { bySource } of all) {
    for (const [source, { paths }] of bySource) {
      const known = found.get(source) ?? new Map<string, number>();
      for (const path of paths) known.set(path, (known.get(path) ?? 0) + 1);
      found.set(source, known);
    }
  }
  return found;
}

const mostDrift = 1000;

function modeDrift(tracked: readonly TrackedMode[], select: Select, tree: Tree): readonly ModeDrift[] {
  const known = remembering(tree);
  const found: ModeDrift[] = [];
  for (const { path, mode } of tracked) {
    if (found.length >= mostDrift) break;
    if ((mode & 0o170000) !== 0o100000) continue;
    const { sources } = select(path, 'file');
    if (sources.length === 0) continue;
    const entry = entryAt(known, path);
    const stat = entry?.kind === 'file' ? entry.stat() : undefined;
    if (stat === undefined) continue;
    const bits = (mode & 0o100) === 0 ? 0o644 : 0o755;
    const disk = stat.mode & 0o7777;
    if (!isCheckoutMode(bits, disk)) found.push({ path, tracked: bits, disk, sources });
  }
  return found;
}

/**
 * The answer to `query` where git could be asked. `tree` is the context on the disk; `select`: the selection of the query,
 * where some of it was asked already. Never throws.
 */
export function answerHistory(
  query: HistoryQuery,
  history: RawHistory,
  tree: Tree,
  select: Select = selection(query, tree),
): HistoryAnswer {
  const all = history.commits.map((commit) => touchesOf(commit, select));
  const placing = new Map(
    [...pathsBySource(all)].map(([source, paths]) => [source, placesOf(paths)] as const),
  );
  const own = history.ownFiles.map((path) => select(path, 'file'));
  const ownTouches = own.some(({ sent }) => sent);
  const ownSources = new Set(own.flatMap(({ sources }) => sources));
  const places = numbering();
  const commits = history.commits.map(({ id, time, first }, i): ReplayedCommit => {
    const { touches = false, bySource } = all[i] ?? {};
    const sources: TouchedSource[] = query.sources.flatMap((_, source) => {
      const touch = bySource?.get(source);
      const rewritten = ownSources.has(source);
      if (touch === undefined && !rewritten) return [];
      const names = new Set<string>(rewritten ? [repositoryPlace] : []);
      for (const path of touch?.paths ?? []) names.add(placing.get(source)?.(path) ?? path);
      return [
        {
          source,
          places: [...names].map((name) => places.of(name)),
          modesOnly: !rewritten && touch?.modesOnly === true,
        },
      ];
    });
    return { id, time, ...(first === true ? { first } : {}), touches: touches || ownTouches, sources };
  });
  return {
    commits,
    places: places.names,
    gap: null,
    notes: history.notes,
    modeDrift: query.modes && history.tracked !== null ? modeDrift(history.tracked, select, tree) : null,
  };
}
