import type { Session } from '../session.js';
import { buildTarget } from './target.js';

/** Estimates what changes cost in rebuilds and shows the report. */
export async function estimateImpact(session: Session, argument: unknown): Promise<void> {
  const target = await buildTarget(argument);
  if (target !== undefined) await (await session.views()).estimateImpact(target);
}
