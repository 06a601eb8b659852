import { l10n, type QuickPickItem, window, workspace } from 'vscode';
import type { BuildInfo, BuildsResult } from '../../../server/src/lsp/protocol.js';
import { keepChosenBuild } from '../chosen.js';
import { selector } from '../documents.js';
import type { Session } from '../session.js';
import { documentInFront } from './inFront.js';
import { givenUri } from './target.js';

interface Choice extends QuickPickItem {
  readonly source: string | null;
}

/** Lets the person say which of several builds decides for a Dockerfile: the one given, else the one in front. */
export async function chooseBuild(session: Session, argument: unknown): Promise<void> {
  const document = givenUri(argument) ?? documentInFront(selector)?.uri;
  if (document === undefined) return explain(l10n.t('Open a Dockerfile first.'));
  const uri = document.toString();
  const client = await session.client();
  const known = await client.ask('plimsoll/builds', { uri });
  const only = known.builds[0];
  if (only === undefined) return explain(l10n.t('This file is no Dockerfile that is built; open one first.'));
  if (known.builds.length === 1 && known.chosen === null) {
    return explain(l10n.t('Only one build of this Dockerfile is known: {0}', only.why));
  }
  const picked = await window.showQuickPick(choices(known), {
    title: l10n.t('Which build decides for {0}?', workspace.asRelativePath(document)),
    placeHolder: l10n.t('Diagnostics and numbers are those of the chosen build'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  await keepChosenBuild(session.context.workspaceState, uri, picked.source);
  await client.ask('plimsoll/chooseBuild', { uri, source: picked.source });
}

function choices({ builds, chosen }: BuildsResult): Choice[] {
  const automatic: Choice = {
    label: l10n.t('Automatic'),
    detail: l10n.t(
      'Follow the order in which Plimsoll looks: configuration, compose, bake, workflow, devcontainer',
    ),
    source: null,
  };
  const listed = builds.map((build) => choice(build, build.source === chosen));
  return chosen === null ? listed : [...listed, automatic];
}

function choice(build: BuildInfo, chosen: boolean): Choice {
  const target = build.target === null ? '' : l10n.t(', target {0}', build.target);
  return {
    label: chosen ? `$(check) ${build.source}` : build.source,
    description: l10n.t('context {0}', workspace.asRelativePath(build.context)) + target,
    detail: build.why,
    source: build.source,
  };
}

function explain(text: string): void {
  void window.showInformationMessage(`Plimsoll: ${text}`);
}
