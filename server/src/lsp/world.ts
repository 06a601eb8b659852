import {
  type Connection,
  DidChangeWorkspaceFoldersNotification,
  FileChangeType,
  type FileEvent,
} from 'vscode-languageserver';
import type { AnalysisState } from './analysis.js';
import type { SessionFacts } from './facts.js';
import type { SettingsCache } from './settings.js';
import type { Uris } from './uris.js';

/** Milliseconds for which a burst of changed files is waited out. */
const burst = 50;
/** Changed files in one message from which on forgetting all is cheaper than looking for what depends on each. */
const manyPaths = 200;

export interface WorldDeps {
  readonly uris: Uris;
  readonly facts: SessionFacts;
  readonly settings: SettingsCache;
  readonly update: (change: (state: AnalysisState) => AnalysisState) => void;
  /** The `plimsoll` settings as a client pushed them. */
  readonly pushed: (settings: unknown) => void;
  readonly recheck: (delay?: number) => void;
}

function forgetFiles(changes: readonly FileEvent[], { uris, facts }: WorldDeps): void {
  const paths = (only: boolean): string[] =>
    changes
      .filter(({ type }) => (type === FileChangeType.Changed) === only)
      .flatMap(({ uri }) => uris.pathOf(uri) ?? []);
  const [changed, others] = [paths(true), paths(false)];
  if (changed.length + others.length > manyPaths) {
    facts.clear();
    return;
  }
  if (changed.length > 0) facts.changed(changed);
  if (others.length > 0) facts.invalidate(others);
}

/** Follows files, settings and workspace folders as the client reports them. */
export function followWorld(connection: Connection, deps: WorldDeps): void {
  connection.onDidChangeWatchedFiles(({ changes }) => {
    forgetFiles(changes, deps);
    deps.recheck(burst);
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    const own: unknown = (settings as { plimsoll?: unknown } | null | undefined)?.plimsoll;
    if (own !== undefined) deps.pushed(own);
    deps.settings.dropAll();
    deps.recheck();
  });
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
    const removed = new Set(event.removed.map(({ uri }) => deps.uris.pathOf(uri)));
    const added = event.added.flatMap(({ uri }) => deps.uris.pathOf(uri) ?? []);
    deps.update((state) => ({
      ...state,
      folders: [...new Set([...state.folders.filter((folder) => !removed.has(folder)), ...added])],
    }));
    deps.settings.dropAll();
    deps.recheck();
  });
}
