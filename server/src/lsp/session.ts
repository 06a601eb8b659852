import { CodeLensRefreshRequest, type Connection, type InitializeParams } from 'vscode-languageserver';
import type { Finding, OfferedFix } from '../engine/model.js';
import { type ParseCache, parseCache } from '../project/snapshot.js';
import type { Change } from '../rules/rule.js';
import { hashText } from '../text/hash.js';
import type { Span } from '../text/span.js';
import { type Analysis, type AnalysisState, createAnalysis, type Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import { changesTo } from './changes.js';
import { type Actions, createActions } from './codeActions.js';
import { createHandlers, type Handlers } from './commands.js';
import { createContextHandlers } from './contextRequests.js';
import { createDiagnostics, type Diagnostics } from './diagnostics.js';
import { type DocumentEvents, type Documents, followDocuments } from './documents.js';
import { type SessionFacts, sessionFacts } from './facts.js';
import { createFeatures, type Features } from './features.js';
import { createHealth, type Health } from './health.js';
import type { Host } from './host.js';
import type { HoverDeps } from './hover.js';
import { createImpactHandlers } from './impactRequests.js';
import { type Initial, readInitial } from './initial.js';
import { createMeasured } from './measured.js';
import { createMeasureHandlers } from './measureRequests.js';
import type { Notifications } from './protocol.js';
import { createRebuildHandlers } from './rebuildRequests.js';
import { createRebuilds, type Rebuilds } from './rebuilds.js';
import { createResolve } from './resolve.js';
import { createScheduler, type Scheduler } from './scheduler.js';
import { type SettingsCache, settingsCache } from './settings.js';
import { createSizes, type Sizes } from './sizes.js';
import { createSizeWatch, type SizeWatch } from './sizeWatch.js';
import { createOutcomes, type Outcomes } from './subjects.js';
import { createTrust } from './trust.js';
import { createUris, type Uris } from './uris.js';
import { registerWatchers } from './watch.js';
import { followWorld } from './world.js';

/** Milliseconds for which facts are believed where the client can't watch files. */
const believed = 2000;

/** Everything that lives as long as one client is connected. */
export interface Session {
  readonly health: Health;
  readonly diagnostics: Diagnostics;
  readonly actions: Actions;
  readonly outcomes: Outcomes;
  readonly handlers: Handlers;
  readonly features: Features;
  /** The workspace is trusted now, or not any more. */
  trust(trusted: boolean): void;
  /** After `initialized`: watchers, the shell grammar. */
  begin(): void;
  end(): void;
}

/** What the parts of a session are made of. */
interface Ground {
  readonly connection: Connection;
  readonly host: Host;
  readonly client: Client;
  readonly uris: Uris;
  readonly initial: Initial;
  readonly cache: ParseCache;
  readonly facts: SessionFacts;
  readonly scheduler: Scheduler;
  readonly state: () => AnalysisState;
  readonly update: (change: (state: AnalysisState) => AnalysisState) => void;
  readonly uriOf: (path: string) => string;
  readonly documents: () => Documents;
}

function healthOf({ connection, host, client, documents }: Omit<Ground, 'state' | 'update'>): Health {
  return createHealth({
    now: host.now,
    log: host.log,
    send(status) {
      if (!client.status) return;
      void connection.sendNotification('plimsoll/status' satisfies keyof Notifications, status);
    },
    hashOf(uri) {
      const text = documents().get(uri)?.text;
      return text === undefined ? undefined : hashText(text);
    },
  });
}

function diagnosticsOf(
  { connection, host, client, scheduler, documents }: Ground,
  outcomes: Outcomes,
  health: Health,
): Diagnostics {
  return createDiagnostics({
    client,
    documents: documents(),
    outcomes,
    scheduler,
    now: host.now,
    publish(uri, version, diagnostics) {
      void connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) });
    },
    refresh() {
      const done = connection.languages.diagnostics.refresh();
      done.catch((error: unknown) => health.failed('refresh', '', error));
    },
    failed: health.failed,
  });
}

function sizeWatchOf(
  { connection, host, client, scheduler, documents }: Ground,
  outcomes: Outcomes,
  known: { readonly sizes: Sizes; readonly rebuilds: Rebuilds },
  health: Health,
): SizeWatch {
  const asked = (done: Promise<void>): void => {
    done.catch((error: unknown) => health.failed('refresh', '', error));
  };
  return createSizeWatch({
    client,
    documents: documents(),
    outcomes,
    ...known,
    scheduler,
    now: host.now,
    refreshHints: () => asked(connection.languages.inlayHint.refresh()),
    refreshLenses: () => asked(connection.sendRequest(CodeLensRefreshRequest.type)),
    send: (status) =>
      void connection.sendNotification('plimsoll/contextStatus' satisfies keyof Notifications, status),
    failed: health.failed,
  });
}

/** What happens when documents open, change and close. */
function documentEvents(
  { host, client, facts }: Ground,
  settings: SettingsCache,
  parts: () => { readonly diagnostics: Diagnostics; readonly analysis: Analysis; readonly watch: SizeWatch },
): DocumentEvents {
  let checked = host.now();
  // What was read a while ago is read again where the client can't tell of changed files. What was measured always is:
  // no client watches every folder.
  const restat = (): void => {
    if (host.now() - checked < believed) return;
    checked = host.now();
    facts.doubt(client.registerWatchers ? 'measured' : 'all');
  };
  return {
    opened(document) {
      restat();
      if (document.path !== undefined) facts.overlay(document.path, document.text);
      parts().diagnostics.opened(document);
      parts().watch.recheck();
    },
    changed(document) {
      if (document.path !== undefined) facts.overlay(document.path, document.text);
      parts().diagnostics.changed(document);
      parts().watch.recheck();
    },
    saved({ path }) {
      if (path !== undefined && !client.registerWatchers) facts.changed([path]);
      restat();
      parts().diagnostics.recheck();
      parts().watch.recheck();
    },
    closed({ uri, path }) {
      if (path !== undefined) {
        facts.overlay(path, undefined);
        facts.changed([path]);
        facts.trim();
      }
      parts().analysis.forget(uri);
      settings.drop(uri);
      parts().diagnostics.closed(uri);
      parts().watch.closed(uri);
      parts().watch.recheck();
    },
  };
}

interface Fixing {
  refactorsOf(outcome: Outcome, at: Span): readonly OfferedFix[];
  fixesOf(outcome: Outcome, finding: Finding): readonly OfferedFix[];
  fixAll(outcome: Outcome): { readonly changes: readonly Change[]; readonly applied: number };
}

function fixingOf({ host, state }: Ground): Fixing {
  return {
    refactorsOf: ({ snapshot, report, options }, at) =>
      host.core.refactorsOf(state().engine, snapshot, report, at, options),
    fixesOf: ({ snapshot, report, options }, finding) =>
      host.core.verifiedFixes(state().engine, snapshot, report, finding, options),
    fixAll({ snapshot, path, options }) {
      const wish = { ...options, fixes: 'safe' as const };
      const { texts, applied } = host.core.fixAll(state().engine, snapshot, path, wish);
      return { changes: changesTo(snapshot, texts), applied };
    },
  };
}

/** Pushed settings, for clients that can't be asked, and the cache of those asked for. */
function settingsOf(
  { connection, client, initial }: Ground,
  health: Health,
): { readonly settings: SettingsCache; readonly pushed: (value: unknown) => void } {
  let pushed = initial.settings;
  const ask = (uri: string): Promise<unknown> =>
    client.configuration
      ? connection.workspace.getConfiguration({ scopeUri: uri, section: 'plimsoll' })
      : Promise.resolve(pushed);
  return {
    settings: settingsCache(ask, (error) => health.failed('workspace/configuration', '', error)),
    pushed(value) {
      pushed = value;
    },
  };
}

function groundOf(
  connection: Connection,
  host: Host,
  client: Client,
  params: InitializeParams,
): Omit<Ground, 'state' | 'update' | 'documents' | 'uriOf'> {
  const uris = createUris(host.windows);
  const cache = parseCache();
  return {
    connection,
    host,
    client,
    uris,
    initial: readInitial(params, uris),
    cache,
    facts: sessionFacts(host.createFacts, cache),
    scheduler: createScheduler(),
  };
}

/** The session of the client that sent `params`. */
export function createSession(
  connection: Connection,
  host: Host,
  client: Client,
  params: InitializeParams,
): Session {
  const base = groundOf(connection, host, client, params);
  const { uris, initial, cache, facts, scheduler } = base;
  const uriOf = (path: string): string => documents.byPath(path)?.uri ?? uris.uriOf(path);
  const health = healthOf({ ...base, uriOf, documents: () => documents });
  const measured = createMeasured(initial.measured);
  let state: AnalysisState = {
    engine: { rules: health.timed(host.core.rules), shellParser: undefined },
    folders: initial.folders,
    chosenBuilds: initial.chosenBuilds,
    trusted: initial.trusted,
    measured: measured.all(),
  };
  const ground: Ground = {
    ...base,
    uriOf,
    documents: () => documents,
    state: () => state,
    update(change) {
      state = change(state);
    },
  };
  let arrived = (): void => undefined;
  const grammar = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { settings, pushed } = settingsOf(ground, health);
  const events = documentEvents(ground, settings, () => ({ diagnostics, analysis, watch }));
  const documents = followDocuments(connection, uris.pathOf, events);
  const presentation = { client, rulePageUri: host.rulePageUri, uriOf };
  const { core, now } = host;
  const ran = health.ran;
  const analysis = createAnalysis({ core, facts, cache, presentation, now, state: ground.state, ran });
  const outcomes = createOutcomes({ documents, facts, settings, analysis, uris });
  const diagnostics = diagnosticsOf(ground, outcomes, health);
  const fixing = fixingOf(ground);
  const sizes = createSizes();
  const rebuilds = createRebuilds(() => state.engine);
  const watch = sizeWatchOf(ground, outcomes, { sizes, rebuilds }, health);
  const recheck = (delay?: number): void => {
    diagnostics.recheck(delay);
    watch.recheck(delay);
  };
  const trust = createTrust({
    facts,
    settings: () => settings.of(state.folders[0] === undefined ? '' : uriOf(state.folders[0])),
    trusted: () => state.trusted,
    changed: recheck,
  });
  const applyTrust = (): void => {
    trust().catch((error: unknown) => health.failed('trust', '', error));
  };
  followWorld(connection, {
    ...{ uris, facts, settings, scheduler, now, pushed, recheck },
    configured: applyTrust,
    update: ground.update,
    failed: health.failed,
  });
  const { rulePage, rulePageUri, version, runtime } = host;
  const common = { client, documents, outcomes, uriOf, ...fixing };
  const resolve = createResolve(facts, () => state.folders);
  const hover: HoverDeps = {
    markdown: client.markdown,
    // VS Code shows the message itself.
    withMessage: !client.status,
    ...{ rulePage, rulePageUri, fixesOf: fixing.fixesOf },
  };
  const chosenBuilds = (): AnalysisState['chosenBuilds'] => state.chosenBuilds;
  const asked = { connection, uris, uriOf, resolve, settingsOf: settings.of, chosenBuilds };
  const contexts = {
    ...asked,
    ...{ client, documents, facts },
    async engine() {
      await grammar;
      return state.engine;
    },
  };
  return {
    health,
    diagnostics,
    outcomes,
    actions: createActions({ ...common, core }),
    features: createFeatures({ client, documents, outcomes, sizes, rebuilds, resolve, watch, hover }),
    handlers: {
      ...createHandlers({
        ...common,
        ...{ connection, clientName: initial.clientName, version, runtime, now, health, facts, uris },
        folders: () => state.folders,
        settingsOf: settings.of,
        forget(uri) {
          analysis.forget(uri);
          settings.drop(uri);
        },
        chosen: (path) => state.chosenBuilds[path],
        choose(path, source) {
          const { [path]: _, ...others } = state.chosenBuilds;
          state = { ...state, chosenBuilds: source === null ? others : { ...others, [path]: source } };
          recheck();
        },
      }),
      ...createContextHandlers(contexts),
      ...createRebuildHandlers(contexts),
      ...createImpactHandlers({ ...contexts, trusted: () => state.trusted, measured: measured.all }),
      ...createMeasureHandlers({
        ...asked,
        docker: host.docker,
        trusted: () => state.trusted,
        measured,
        changed() {
          state = { ...state, measured: measured.all() };
          recheck();
        },
      }),
    },
    trust(trusted) {
      if (trusted === state.trusted) return;
      state = { ...state, trusted };
      applyTrust();
    },
    begin() {
      applyTrust();
      void begin(ground, health, recheck).then(arrived);
    },
    end: () => scheduler.stop(),
  };
}

/** What waits until the client is ready: registrations, and the shell grammar, whose arrival changes findings. Resolves when it is there or known to be missing. */
async function begin(
  { connection, host, client, update }: Ground,
  health: Health,
  recheck: () => void,
): Promise<void> {
  host.log('info', `Plimsoll ${host.version} runs on Node ${host.runtime}`);
  const registered = registerWatchers(connection, client);
  registered.catch((error: unknown) => health.failed('registration', '', error));
  try {
    const shellParser = await host.loadShell();
    update((state) => ({ ...state, engine: { ...state.engine, shellParser } }));
    recheck();
  } catch (error) {
    health.failed('shell grammar', '', error);
  }
}
