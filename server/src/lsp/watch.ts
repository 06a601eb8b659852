import type { Connection } from 'vscode-languageserver';
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type FileSystemWatcher,
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
  '**/.git/{HEAD,packed-refs,logs/HEAD}',
];

/** Asks the client to tell of changed files and settings, where it can be asked. */
export async function registerWatchers(connection: Connection, client: Client): Promise<void> {
  if (client.registerWatchers) {
    // Any file may lie in a build context. VS Code watches its folders anyway; elsewhere that would cost, and the times
    // of folders stand in.
    const globs = client.status ? ['**/*'] : watchedGlobs;
    const watchers: FileSystemWatcher[] = globs.map((globPattern) => ({ globPattern }));
    await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  }
  if (client.registerConfiguration) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: 'plimsoll' });
  }
}
