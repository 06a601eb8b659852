import type { OfferedFix, Rebuilds } from '../engine/model.js';
import type { Saving } from '../sim/replay/model.js';
import { isNoticeable, isThin, isWorthAWord } from '../sim/replay/saving.js';
import { counted, grouped } from '../text/counted.js';
import { secondsText } from '../text/seconds.js';

/** `re-ran in 83 of the last 100 commits, about 41 s each time (assumed)`. */
export function rebuildsText({ affected, of, seconds }: Rebuilds): string {
  const often = `re-ran in ${ofCommits(affected, of)}`;
  if (affected === 0) return often;
  return seconds.value === null
    ? `${often}; how long that takes is not known`
    : `${often}, about ${secondsText(seconds.value)} each time (${seconds.basis})`;
}

function ofCommits(affected: number, of: number): string {
  if (of === 1 && affected === 1) return 'the last commit';
  return `${grouped(affected)} of the last ${counted(of, 'commit')}`;
}

/** The saving of a fix, where there is one worth a word. */
export function savingShown(fix: OfferedFix | undefined): Saving | undefined {
  const saving = fix?.saving;
  if (saving === undefined || !isWorthAWord(saving)) return undefined;
  return saving.commits.affected > 0 || meansOf(saving) !== undefined ? saving : undefined;
}

/** A mean rebuild before and after, where the two read differently. */
function meansOf({ before, after, saved }: Saving): readonly [string, string] | undefined {
  if (saved.value === null || !isNoticeable(saved.value)) return undefined;
  const [old = '', now = ''] = [before.mean.value ?? 0, after.mean.value ?? 0].map(secondsText);
  return old === now ? undefined : [old, now];
}

/** `with the fix a rebuild takes 6 s on average instead of 48 s (simulated)`; with `commits`, in how many it helps. */
export function savingText(saving: Saving, withCommits: boolean): string {
  const { commits, rebuilding, saved } = saving;
  const often = `less to do after ${ofCommits(commits.affected, commits.of)}`;
  const means = meansOf(saving);
  if (means === undefined) return `with the fix ${often}`;
  const [old, now] = means;
  if ((saved.value ?? 0) < 0 && isThin(saving)) {
    const few = `but ${counted(rebuilding, 'rebuild')} ${rebuilding === 1 ? 'is' : 'are'} too few to tell`;
    return `with the fix a rebuild would have taken ${now} on average instead of ${old} (${saved.basis}), ${few}`;
  }
  const text = `with the fix a rebuild takes ${now} on average instead of ${old} (${saved.basis})`;
  return withCommits && commits.affected > 0 ? `${text}: ${often}` : text;
}
