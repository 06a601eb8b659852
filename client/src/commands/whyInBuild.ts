import type { Session } from '../session.js';
import { fileTarget } from './target.js';

/** Says why a file is, or is not, in the builds around it. */
export async function whyInBuild(session: Session, argument: unknown): Promise<void> {
  const target = fileTarget(argument);
  if (target !== undefined) await (await session.views()).whyInBuild(target);
}
