import { l10n, Uri, window } from 'vscode';
import type { BuildExplanation } from '../../../server/src/lsp/protocol.js';
import type { Session } from '../session.js';
import { labelOf } from './labels.js';
import { openAt } from './place.js';
import { answerTo, onDisk, say } from './work.js';

/** Says why a file is, or is not, in the builds around it, and opens the line that decides. */
export async function whyInBuild(session: Session, target: Uri): Promise<void> {
  if (!onDisk(target)) return;
  const title = l10n.t('Plimsoll: looking at the builds of this file');
  const result = await answerTo(session, 'plimsoll/whyInBuild', { uri: target.toString() }, title);
  if (result === undefined) return;
  const [only, ...others] = result.explanations;
  if (only === undefined) {
    void say(result.note ?? l10n.t('{0} lies in the context of no build.', labelOf(target.fsPath)));
    return;
  }
  const chosen = others.length === 0 ? await confirmed(only) : await picked(result.explanations, target);
  const place = chosen === undefined ? undefined : placeOf(chosen);
  if (place !== undefined) await openAt(place.uri, place.line, false);
}

/** The place that decides: the ignore file's line, else the first step that takes the file. */
function placeOf({ explanation, ignoreFileUri, dockerfileUri }: BuildExplanation) {
  const { included, line, copiedBy } = explanation;
  const taker = copiedBy[0];
  if (included && taker !== undefined) return { uri: Uri.parse(dockerfileUri, true), line: taker };
  if (line !== null && ignoreFileUri !== null) return { uri: Uri.parse(ignoreFileUri, true), line };
  return undefined;
}

async function confirmed(only: BuildExplanation): Promise<BuildExplanation | undefined> {
  const place = placeOf(only);
  if (place === undefined) {
    await say(only.text);
    return undefined;
  }
  const open = l10n.t('Open {0}, Line {1}', place.uri.path.split('/').at(-1) ?? '', place.line + 1);
  return (await say(only.text, open)) === open ? only : undefined;
}

async function picked(all: readonly BuildExplanation[], target: Uri): Promise<BuildExplanation | undefined> {
  const items = all.map((one) => ({
    label: `${one.explanation.included ? '$(check)' : '$(circle-slash)'} ${labelOf(one.build.dockerfile)}`,
    description: one.build.source,
    detail: one.text,
    one,
  }));
  const options = {
    title: l10n.t('Why is {0} (not) in the build?', labelOf(target.fsPath)),
    placeHolder: l10n.t('Choose a build to open the line that decides'),
    matchOnDetail: true,
  };
  return (await window.showQuickPick(items, options))?.one;
}
