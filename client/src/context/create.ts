import { l10n, type Uri } from 'vscode';
import type { CreateDockerignoreResult } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import { answerOfOne, answerTo, onDisk, say } from '../shared/work.js';
import type { Proposals } from './proposals.js';

/** Works out an ignore file, or lines for the one there is, and proposes it. */
export async function createDockerignore(session: Session, proposals: Proposals, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const result = await generated(session, target.toString());
  if (result === undefined) return;
  if (result.generated === null) void say(result.refused ?? l10n.t('There is nothing to write.'));
  else await proposals.propose(result.generated);
}

function generated(session: Session, target: string): Promise<CreateDockerignoreResult | undefined> {
  const title = l10n.t('Plimsoll: working out a .dockerignore');
  return answerOfOne((uri) => answerTo(session, 'plimsoll/createDockerignore', { uri }, title), target);
}
