import type { OfferedFix } from '../engine/model.js';
import { savingText } from './rebuildWords.js';

/** The title of a fix as people see it: what is not safe says so, and what the replay shows it to save. */
export function fixTitle({ title, applicability, saving }: OfferedFix): string {
  const more = [applicability === 'safe' ? undefined : applicability, savingText(saving)];
  const said = more.filter((part) => part !== undefined);
  return said.length === 0 ? title : `${title} (${said.join(', ')})`;
}
