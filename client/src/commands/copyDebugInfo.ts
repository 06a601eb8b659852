import { env, l10n, version, window } from 'vscode';
import { reasonOf, type Session } from '../session.js';

/** Puts versions, capabilities, settings and timings on the clipboard, whatever state the server is in. */
export async function copyDebugInfo(session: Session): Promise<void> {
  await env.clipboard.writeText(`${editorInfo(session)}\n${await serverInfo(session)}\n`);
  void window.showInformationMessage(l10n.t('Plimsoll: the debug information is on the clipboard.'));
}

function editorInfo(session: Session): string {
  const packageVersion = String(session.context.extension.packageJSON.version);
  return [
    `Plimsoll ${packageVersion} in ${env.appName} ${version} (${env.appHost}, ${env.remoteName ?? 'local'})`,
    `activate: ${session.activateMs.toFixed(1)} ms`,
  ].join('\n');
}

async function serverInfo(session: Session): Promise<string> {
  try {
    const client = await session.client();
    const uri = window.activeTextEditor?.document.uri.toString();
    const info = await client.ask('plimsoll/debugInfo', uri === undefined ? {} : { uri });
    return info.text;
  } catch (error) {
    return `The server does not answer: ${reasonOf(error)}`;
  }
}
