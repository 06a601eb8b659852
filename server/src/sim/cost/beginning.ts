import { transfer } from './families.js';
import { measuredBeginning } from './measured.js';
import type { Beginning } from './model.js';
import { estimate, plus, rangeOf, times } from './ranges.js';
import type { SecondsInput } from './seconds.js';
import { surroundingsOf } from './surroundings.js';

const megabyte = 1_000_000;

/**
 * What a build begins with: loading its definition, where the person's builds tell how long that takes, and the transfer of
 * the context, by its files and bytes where they were measured on the disk.
 */
export function beginningOf(input: SecondsInput): Beginning {
  const { built, measured } = input;
  const own = measuredBeginning(built, measured);
  const sent = built.needs.loaded ? surroundingsOf(input).sent : undefined;
  if (sent === undefined) return { start: own.start, transfer: undefined };
  const walked = times(rangeOf(transfer.walked), sent.files);
  const files = times(rangeOf(transfer.file), sent.files);
  const bytes = times(rangeOf(transfer.megabyte), sent.bytes / megabyte);
  const again = own.transfer ?? estimate(walked, 'simulated', transfer.source);
  // What is small takes no longer the first time.
  const first = estimate(plus(plus(walked, files), bytes), 'simulated', transfer.source);
  return { start: own.start, transfer: { first: first.value < again.value ? again : first, again } };
}
