import { bytesText } from '../../text/bytes.js';
import type { GeneratedIgnore } from './model.js';

/** What an ignore file saves, with what the number rests on: the shape of a rule's impact. */
export function savedBy({ before, after }: GeneratedIgnore): {
  readonly rebuildSecondsSaved: null;
  readonly bytesSaved: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly basis: 'simulated';
    readonly source: string;
  };
  readonly commits: null;
  readonly why: string;
} {
  const value = before.wireBytes - after.wireBytes;
  const source = 'the files on disk, as BuildKit 0.33 transfers them on a first build';
  return {
    rebuildSecondsSaved: null,
    bytesSaved: { value, low: value, high: value, basis: 'simulated', source },
    commits: null,
    why: `A first build transfers ${bytesText(before.wireBytes)} now, and ${bytesText(after.wireBytes)} with these lines.`,
  };
}
