import {
  type Connection,
  DidChangeWorkspaceFoldersNotification,
  FileChangeType,
  type FileEvent,
} from 'vscode-languageserver';
import type { AnalysisState } from './analysis.js';
import type { SessionFacts } from './facts.js';
import type { Scheduler } from './scheduler.js';
import type { SettingsCache } from './settings.js';
import type { Uris } from './uris.js';

/** Milliseconds for which a burst of changed files is waited out. */
const burst = 50;
/** Milliseconds without a change in a context after which it is measured again, and the most that is waited for them. */
const quiet = 500;
const patience = 5000;

export interface WorldDeps {
  readonly uris: Uris;
  readonly facts: SessionFacts;
  readonly settings: SettingsCache;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  readonly update: (change: (state: AnalysisState) => AnalysisState) => void;
  /** The `plimsoll` settings as a client pushed them. */
  readonly pushed: (settings: unknown) => void;
  readonly recheck: (delay?: number) => void;
  /** The settings may be others. */
  readonly configured: () => void;
  readonly failed: (what: string, uri: string, error: unknown) => void;
}

/** Whether anything that is known hung on the files. */
function forgetFiles(changes: readonly FileEvent[], { uris, facts }: WorldDeps): boolean {
  const paths = (only: boolean): string[] =>
    changes
      .filter(({ type }) => (type === FileChangeType.Changed) === only)
      .flatMap(({ uri }) => uris.pathOf(uri) ?? []);
  const [changed, others] = [paths(true), paths(false)];
  const hits = [changed.length > 0 && facts.changed(changed), others.length > 0 && facts.invalidate(others)];
  return hits.includes(true);
}

/** Measures contexts again once nothing has changed in them for a moment; thousands of changes are one to it. */
function followContexts({ facts, scheduler, now, recheck, failed }: WorldDeps): void {
  let since: number | undefined;
  let under = false;
  const remeasure = async (signal: AbortSignal): Promise<boolean> => {
    under = true;
    since = undefined;
    try {
      return await facts.remeasure(signal);
    } finally {
      under = false;
    }
  };
  const soon = (): void => {
    if (under) return;
    since ??= now();
    const delay = Math.max(1, Math.min(quiet, since + patience - now()));
    scheduler.start('remeasure', remeasure, delay).then(
      (isOther) => {
        if (isOther === true) recheck();
        if (isOther !== undefined && facts.isStale()) soon();
      },
      (error: unknown) => failed('remeasure', '', error),
    );
  };
  facts.whenStale(soon);
}

/** Follows files, settings and workspace folders as the client reports them. */
export function followWorld(connection: Connection, deps: WorldDeps): void {
  followContexts(deps);
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (forgetFiles(changes, deps)) deps.recheck(burst);
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    const own: unknown = (settings as { plimsoll?: unknown } | null | undefined)?.plimsoll;
    if (own !== undefined) deps.pushed(own);
    deps.settings.dropAll();
    deps.configured();
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
