import { l10n, Uri } from 'vscode';
import type { BuildExplanation } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import { type Explained, explainBuilds } from '../shared/explain.js';
import { labelOf } from '../shared/labels.js';
import { answerTo, onDisk, say } from '../shared/work.js';

/** Says why a file is, or is not, in the builds around it, and opens the line that decides. */
export async function whyInBuild(session: Session, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const title = l10n.t('Plimsoll: looking at the builds of this file');
  const result = await answerTo(session, 'plimsoll/whyInBuild', { uri: target.toString() }, title);
  if (result === undefined) return;
  const name = labelOf(target.fsPath);
  if (result.explanations.length === 0)
    void say(result.note ?? l10n.t('{0} lies in the context of no build.', name));
  await explainBuilds(result.explanations.map(explained), l10n.t('Why is {0} (not) in the build?', name));
}

function explained(one: BuildExplanation): Explained {
  const sign = one.explanation.included ? '$(check)' : '$(circle-slash)';
  return {
    label: `${sign} ${labelOf(one.build.dockerfile)}`,
    description: one.build.source,
    text: one.text,
    place: placeOf(one),
  };
}

/** The place that decides: the ignore file's line, else the first step that takes the file. */
function placeOf({ explanation, ignoreFileUri, dockerfileUri }: BuildExplanation): Explained['place'] {
  const { included, line, copiedBy } = explanation;
  const taker = copiedBy[0];
  if (included && taker !== undefined) return { uri: Uri.parse(dockerfileUri, true), line: taker };
  if (line !== null && ignoreFileUri !== null) return { uri: Uri.parse(ignoreFileUri, true), line };
  return undefined;
}
