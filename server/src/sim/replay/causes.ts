import type { HistoryAnswer } from '../../project/history.js';
import { compareBytes } from '../../text/order.js';
import type { Root } from '../cache/model.js';
import type { Cause, Played } from './model.js';

/** Causes named for one step. */
const mostCauses = 5;

/** Counts names, in the order of the most. */
function counter(): { add(name: string, count: number): void; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return { counts, add: (name, count) => void counts.set(name, (counts.get(name) ?? 0) + count) };
}

/** Why a step ran again, or may have, in the commits played: the folders, files and arguments behind most of it. */
export function causesOf(step: number, groups: readonly Played[], history: HistoryAnswer): readonly Cause[] {
  const files = counter();
  const named = counter();
  for (const { commits, reruns } of groups) {
    const roots: readonly Root[] = reruns.find((rerun) => rerun.step === step)?.roots ?? [];
    const sources = new Set(roots.flatMap((root) => (root.kind === 'source' ? [root.source] : [])));
    for (const root of roots) if (root.kind === 'argument') named.add(root.name, commits.length);
    if (sources.size === 0) continue;
    for (const commit of commits) {
      const places = commit.sources.flatMap((s) => (sources.has(s.source) ? s.places : []));
      for (const place of new Set(places)) files.add(history.places[place] ?? './', 1);
    }
  }
  const causes = (kind: Cause['kind'], counts: ReadonlyMap<string, number>): readonly Cause[] =>
    [...counts].map(([name, commits]) => ({ kind, name, commits }));
  return [...causes('file', files.counts), ...causes('argument', named.counts)]
    .sort((a, b) => b.commits - a.commits || compareBytes(a.name, b.name))
    .slice(0, mostCauses);
}
