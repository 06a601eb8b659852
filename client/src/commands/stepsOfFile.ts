import type { Session } from '../session.js';
import { fileTarget } from './target.js';

/** Says which build steps a change of a file runs again. */
export async function stepsOfFile(session: Session, argument: unknown): Promise<void> {
  const target = fileTarget(argument);
  if (target !== undefined) await (await session.views()).stepsOfFile(target);
}
