import {
  type Connection,
  DidChangeWorkspaceFoldersNotification,
  type InitializeParams,
} from 'vscode-languageserver';
import type { Engine } from '../engine/model.js';
import { parseCache } from '../project/snapshot.js';
import { hashText } from '../text/hash.js';
import { type AnalysisState, createAnalysis, type Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import { type Actions, createActions } from './codeActions.js';
import { createHandlers, type Handlers } from './commands.js';
import { createDiagnostics, type Diagnostics } from './diagnostics.js';
import { changesTo } from './diff.js';
import { followDocuments, type OpenDocument } from './documents.js';
import { sessionFacts } from './facts.js';
import { createHealth, type Health } from './health.js';
import type { Host } from './host.js';
import type { HoverDeps } from './hover.js';
import type { InitializationOptions, Notifications } from './protocol.js';
import { createScheduler } from './scheduler.js';
import { settingsCache } from './settings.js';
import { createOutcomes, type Outcomes } from './subjects.js';
import { createUris, type Uris } from './uris.js';
import { registerWatchers } from './watch.js';

/** Milliseconds for which a burst of changed files is waited out. */
const burst = 50;
/** Milliseconds for which facts are believed where the client can't watch files. */
const believed = 2000;
/** Changed files in one message from which on forgetting all is cheaper than looking for what depends on each. */
const manyPaths = 200;

/** Everything that lives as long as one client is connected. */
export interface Session {
  readonly health: Health;
  readonly diagnostics: Diagnostics;
  readonly actions: Actions;
  readonly outcomes: Outcomes;
  readonly handlers: Handlers;
  readonly hoverDeps: HoverDeps;
  /** After `initialized`: watchers, the shell grammar. */
  begin(): void;
  end(): void;
}

function optionsOf(params: InitializeParams): InitializationOptions {
  const given: unknown = params.initializationOptions;
  return typeof given === 'object' && given !== null ? (given as InitializationOptions) : {};
}

function initialFolders(params: InitializeParams, uris: Uris): readonly string[] {
  const root = params.rootUri === null || params.rootUri === undefined ? [] : [params.rootUri];
  const given = params.workspaceFolders?.map(({ uri }) => uri) ?? root;
  return given.flatMap((uri) => uris.pathOf(uri) ?? []);
}

function initialChoices(options: InitializationOptions, uris: Uris): Record<string, string> {
  const choices: Record<string, string> = {};
  for (const [uri, source] of Object.entries(options.chosenBuilds ?? {})) {
    const path = uris.pathOf(uri);
    if (path !== undefined && typeof source === 'string') choices[path] = source;
  }
  return choices;
}

/** The session of the client that sent `params`. */
export function createSession(
  connection: Connection,
  host: Host,
  client: Client,
  params: InitializeParams,
): Session {
  const options = optionsOf(params);
  const uris = createUris(host.windows);
  const cache = parseCache();
  const facts = sessionFacts(host.createFacts, cache);
  const scheduler = createScheduler();
  const health = createHealth({
    now: host.now,
    log: host.log,
    send: (status) => {
      if (client.status)
        void connection.sendNotification('plimsoll/status' satisfies keyof Notifications, status);
    },
    hashOf: (uri) => {
      const text = documents.get(uri)?.text;
      return text === undefined ? undefined : hashText(text);
    },
  });
  const shell = host.loadShell();
  // Rejections are reported once the client is ready to hear of them.
  shell.catch(() => undefined);
  const engine: Engine = { rules: health.timed(host.core.rules), shellParser: undefined };
  let state: AnalysisState = {
    engine,
    folders: initialFolders(params, uris),
    chosenBuilds: initialChoices(options, uris),
  };
  let pushedSettings: unknown = options.settings;
  const settings = settingsCache(
    (uri) =>
      client.configuration
        ? connection.workspace.getConfiguration({ scopeUri: uri, section: 'plimsoll' })
        : Promise.resolve(pushedSettings),
    (error) => health.failed('workspace/configuration', '', error),
  );

  const documents = followDocuments(connection, (uri) => uris.pathOf(uri), {
    opened(document) {
      restat();
      lay(document);
      diagnostics.opened(document);
    },
    changed(document) {
      lay(document);
      diagnostics.changed(document);
    },
    saved(document) {
      restat();
      if (document.path !== undefined) facts.invalidate([document.path]);
      diagnostics.recheck(burst);
    },
    closed(document) {
      if (document.path !== undefined) facts.overlay(document.path, undefined);
      analysis.forget(document.uri);
      settings.drop(document.uri);
      diagnostics.closed(document);
    },
  });
  let checked = host.now();
  /** For clients that can't tell of changed files: whatever was read a while ago is read again. */
  const restat = (): void => {
    if (client.registerWatchers || host.now() - checked < believed) return;
    checked = host.now();
    facts.clear();
  };
  const lay = ({ path, text }: OpenDocument): void => {
    if (path !== undefined) facts.overlay(path, text);
  };
  const uriOf = (path: string): string => documents.byPath(path)?.uri ?? uris.uriOf(path);
  const analysis = createAnalysis({
    core: host.core,
    facts,
    cache,
    presentation: { client, rulePageUri: host.rulePageUri, uriOf },
    now: host.now,
    state: () => state,
    ran: health.ran,
  });
  const outcomes = createOutcomes({ documents, facts, settings, analysis, uris });
  const diagnostics = createDiagnostics({
    client,
    documents,
    outcomes,
    scheduler,
    now: host.now,
    publish: (uri, version, found) =>
      void connection.sendDiagnostics({
        uri,
        diagnostics: found,
        ...(version === undefined ? {} : { version }),
      }),
    refresh: () => {
      connection.languages.diagnostics
        .refresh()
        .catch((error: unknown) => health.failed('refresh', '', error));
    },
    failed: health.failed,
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const paths = changes.flatMap(({ uri }) => uris.pathOf(uri) ?? []);
    if (paths.length > manyPaths) facts.clear();
    else if (paths.length > 0) facts.invalidate(paths);
    diagnostics.recheck(burst);
  });
  connection.onDidChangeConfiguration(({ settings: given }) => {
    const own: unknown = (given as { plimsoll?: unknown } | null | undefined)?.plimsoll;
    if (own !== undefined) pushedSettings = own;
    settings.dropAll();
    diagnostics.recheck();
  });
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
    const removed = new Set(event.removed.map(({ uri }) => uris.pathOf(uri)));
    const added = event.added.flatMap(({ uri }) => uris.pathOf(uri) ?? []);
    const folders = [...new Set([...state.folders.filter((f) => !removed.has(f)), ...added])];
    state = { ...state, folders };
    settings.dropAll();
    diagnostics.recheck();
  });
  const fixesOf = (outcome: Outcome, finding: Outcome['report']['findings'][number]) =>
    host.core.verifiedFixes(state.engine, outcome.snapshot, outcome.report, finding, outcome.options);
  const fixAll = (outcome: Outcome) => {
    const options = { ...outcome.options, fixes: 'safe' as const };
    const { texts, applied } = host.core.fixAll(state.engine, outcome.snapshot, outcome.path, options);
    return { changes: changesTo(outcome.snapshot, texts), applied };
  };

  return {
    health,
    diagnostics,
    outcomes,
    actions: createActions({ client, core: host.core, documents, outcomes, uriOf, fixesOf, fixAll }),
    hoverDeps: {
      markdown: client.markdown,
      rulePage: host.rulePage,
      rulePageUri: host.rulePageUri,
      fixesOf,
    },
    handlers: createHandlers({
      connection,
      client,
      clientName: params.clientInfo && `${params.clientInfo.name} ${params.clientInfo.version ?? ''}`.trim(),
      version: host.version,
      runtime: host.runtime,
      now: host.now,
      health,
      facts,
      documents,
      outcomes,
      uris,
      uriOf,
      folders: () => state.folders,
      settingsOf: settings.of,
      forget(uri) {
        analysis.forget(uri);
        settings.drop(uri);
      },
      fixAll,
      chosen: (path) => state.chosenBuilds[path],
      choose(path, source) {
        const { [path]: _, ...others } = state.chosenBuilds;
        state = { ...state, chosenBuilds: source === null ? others : { ...others, [path]: source } };
        diagnostics.recheck();
      },
    }),
    begin() {
      registerWatchers(connection, client).catch((error: unknown) =>
        health.failed('registration', '', error),
      );
      shell.then(
        (shellParser) => {
          state = { ...state, engine: { ...state.engine, shellParser } };
          diagnostics.recheck();
        },
        (error: unknown) => health.failed('shell grammar', '', error),
      );
    },
    end: () => scheduler.stop(),
  };
}
