import { l10n, type Uri } from 'vscode';
import type { CreateDockerignoreResult } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import { answerTo, chooseCandidate, onDisk, say } from '../shared/work.js';
import type { Proposals } from './proposals.js';

/** Works out an ignore file, or lines for the one there is, and proposes it. */
export async function createDockerignore(session: Session, proposals: Proposals, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const result = await generated(session, target.toString());
  if (result === undefined) return;
  if (result.generated === null) void say(result.refused ?? l10n.t('There is nothing to write.'));
  else await proposals.propose(result.generated);
}

async function generated(session: Session, uri: string): Promise<CreateDockerignoreResult | undefined> {
  const title = l10n.t('Plimsoll: working out a .dockerignore');
  const result = await answerTo(session, 'plimsoll/createDockerignore', { uri }, title);
  if (result === undefined || result.candidates.length === 0) return result;
  const chosen = await chooseCandidate(result.candidates);
  if (chosen === undefined) return undefined;
  return answerTo(session, 'plimsoll/createDockerignore', { uri: chosen }, title);
}
