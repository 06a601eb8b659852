import { l10n, Uri } from 'vscode';
import type { StepsOfFileResult, WhyRebuildResult } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import type { Answers } from '../shared/answers.js';
import { type Explained, explainBuilds } from '../shared/explain.js';
import { labelOf } from '../shared/labels.js';
import { answerOfOne, answerTo, onDisk, say } from '../shared/work.js';

/** Says which steps the changes since the last commit would run again: as a document, or in a word where none would. */
export async function whyRebuild(session: Session, answers: Answers, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const result = await compared(session, target.toString());
  if (result === undefined) return;
  const { note, steps, against, markdown } = result;
  if (note !== null) void say(note);
  else if (steps.every(({ cached }) => cached === true))
    void say(l10n.t('Nothing would run again: the files and the Dockerfile are as in {0}.', against));
  else await answers.show(l10n.t('Why would {0} rebuild', nameOf(result, target)), markdown);
}

function nameOf({ dockerfileUri }: WhyRebuildResult, target: Uri): string {
  const uri = dockerfileUri === null ? target : Uri.parse(dockerfileUri, true);
  return uri.path.split('/').at(-1) ?? '';
}

function compared(session: Session, target: string): Promise<WhyRebuildResult | undefined> {
  const title = l10n.t('Plimsoll: comparing with the last commit');
  return answerOfOne((uri) => answerTo(session, 'plimsoll/whyRebuild', { uri }, title), target);
}

/** Says which steps a change of a file runs again, in each build whose context holds it, and opens the first. */
export async function stepsOfFile(session: Session, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const title = l10n.t('Plimsoll: looking at the builds of this file');
  const result = await answerTo(session, 'plimsoll/stepsOfFile', { uri: target.toString() }, title);
  if (result === undefined) return;
  const name = labelOf(target.fsPath);
  if (result.builds.length === 0)
    void say(result.note ?? l10n.t('{0} lies in the context of no build.', name));
  await explainBuilds(result.builds.map(explained), l10n.t('Which build steps does {0} rebuild?', name));
}

function explained({ build, dockerfileUri, steps, text }: StepsOfFileResult['builds'][number]): Explained {
  const first = steps.find(({ cached }) => cached !== true);
  return {
    label: `${first === undefined ? '$(check)' : '$(sync)'} ${labelOf(build.dockerfile)}`,
    description: build.source,
    text,
    place: first === undefined ? undefined : { uri: Uri.parse(dockerfileUri, true), line: first.line },
  };
}
