import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Runs a build with docker, once the person has agreed, and keeps what its steps took. */
export async function measureBuild(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).measureBuild(target);
}
