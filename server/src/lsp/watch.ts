import type { Connection } from 'vscode-languageserver';
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type FileSystemWatcher,
  WatchKind,
} from 'vscode-languageserver';
import type { Client } from './capabilities.js';

/** Files whose change on disk may change what is found elsewhere; as narrow as their names allow. */
export const watchedGlobs: readonly string[] = [
  '**/*{Dockerfile,dockerfile,Containerfile,containerfile}*',
  '**/*.dockerignore',
  '**/*{compose,Compose}*.{yml,yaml}',
  '**/{package.json,package-lock.json,npm-shrinkwrap.json}',
  '**/{pyproject.toml,uv.lock,requirements*.txt,constraints*.txt}',
  '**/{composer.json,composer.lock}',
  '**/docker-bake*.{json,hcl}',
  '**/{devcontainer,.devcontainer}.json',
  '**/.github/workflows/*.{yml,yaml}',
  '**/.plimsoll.yaml',
  '**/.env',
];

/** Asks the client to tell of changed files and settings, where it can be asked. */
export async function registerWatchers(connection: Connection, client: Client): Promise<void> {
  if (client.registerWatchers) {
    const watchers: FileSystemWatcher[] = watchedGlobs.map((globPattern) => ({ globPattern }));
    // Whether a COPY source exists matters too. VS Code hears of every creation anyway; elsewhere that would cost.
    if (client.status) watchers.push({ globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete });
    await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  }
  if (client.registerConfiguration) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: 'plimsoll' });
  }
}
