import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Proposes an ignore file for a build, as a preview that can be accepted. */
export async function createDockerignore(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).createDockerignore(target);
}
