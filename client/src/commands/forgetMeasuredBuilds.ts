import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Forgets the measured builds of a Dockerfile. */
export async function forgetMeasuredBuilds(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).forgetMeasuredBuilds(target);
}
