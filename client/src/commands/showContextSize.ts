import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Measures a build context as it is now and shows the report. */
export async function showContextSize(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).showContextSize(target);
}
