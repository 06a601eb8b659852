import type { Because, Cached } from '../sim/cache/model.js';

/** One step of `why`, as CLI.md has it. Lines are 0-based. */
export interface WhyStep {
  readonly line: number;
  readonly stage: string;
  readonly instruction: string;
  readonly cached: Cached;
  readonly because: Because | null;
}
