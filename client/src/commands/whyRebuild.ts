import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Says which steps the changes since the last commit would run again. */
export async function whyRebuild(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).whyRebuild(target);
}
