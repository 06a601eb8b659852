import type { OfferedFix } from '../engine/model.js';

/** The title of a fix as people see it: what is not safe says so. */
export function fixTitle({ title, applicability }: OfferedFix): string {
  return applicability === 'safe' ? title : `${title} (${applicability})`;
}
