import type { OfferedFix, Rebuilds } from '../engine/model.js';
import type { Saving } from '../sim/replay/model.js';
import { isNoticeable, isWorthAWord } from '../sim/replay/saving.js';
import { secondsText } from '../text/seconds.js';

/** `re-ran in 83 of the last 100 commits, about 41 s each time (assumed)`. */
export function rebuildsText({ affected, of, seconds }: Rebuilds): string {
  const often = `re-ran in ${affected} of the last ${of} commits`;
  if (affected === 0) return often;
  return seconds.value === null
    ? `${often}; how long that takes is not known`
    : `${often}, about ${secondsText(seconds.value)} each time (${seconds.basis})`;
}

/** The saving of a fix, where there is one worth a word. */
export function savingShown(fix: OfferedFix | undefined): Saving | undefined {
  return fix?.saving !== undefined && isWorthAWord(fix.saving) ? fix.saving : undefined;
}

/** `with the fix a rebuild takes 6 s on average instead of 48 s (simulated)`; with `commits`, in how many it helps. */
export function savingText({ before, after, commits, saved }: Saving, withCommits: boolean): string {
  const often = `less to do after ${commits.affected} of the last ${commits.of} commits`;
  if (saved.value === null || !isNoticeable(saved.value)) return `with the fix ${often}`;
  const [old, now] = [before.mean.value ?? 0, after.mean.value ?? 0].map(secondsText);
  const text = `with the fix a rebuild takes ${now} on average instead of ${old} (${saved.basis})`;
  return withCommits && commits.affected > 0 ? `${text}: ${often}` : text;
}
