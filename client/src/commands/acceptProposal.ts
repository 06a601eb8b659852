import type { Session } from '../session.js';
import { givenUri } from './target.js';

/** Writes the file that is proposed in the editor in front. */
export async function acceptProposal(session: Session, argument: unknown): Promise<void> {
  await (await session.views()).acceptProposal(givenUri(argument));
}
