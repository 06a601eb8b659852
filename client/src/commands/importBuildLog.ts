import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Reads what steps took from logs of builds or from the builder's history. */
export async function importBuildLog(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).importBuildLog(target);
}
