import type { CancellationToken, Connection, ProgressToken } from 'vscode-languageserver';
import { WorkDoneProgress } from 'vscode-languageserver';
import type { Change } from '../rules/rule.js';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import type { ContextHandlers } from './contextRequests.js';
import type { Documents } from './documents.js';
import { workspaceEdit } from './edits.js';
import type { SessionFacts } from './facts.js';
import type { Health } from './health.js';
import type { ImpactHandlers } from './impactRequests.js';
import type { MeasureHandlers } from './measureRequests.js';
import type { BuildInfo, BuildsResult, DebugInfo, LintedFile, Requests, Settings } from './protocol.js';
import type { RebuildHandlers } from './rebuildRequests.js';
import { breather } from './scheduler.js';
import type { Outcomes } from './subjects.js';
import type { Uris } from './uris.js';

export interface CommandDeps {
  readonly connection: Connection;
  readonly client: Client;
  readonly clientName: string | undefined;
  readonly version: string;
  readonly runtime: string;
  readonly now: () => number;
  readonly health: Health;
  readonly facts: SessionFacts;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly uris: Uris;
  readonly uriOf: (path: string) => string;
  readonly folders: () => readonly string[];
  readonly settingsOf: (uri: string) => Promise<Settings>;
  /** Drops what was remembered of a document that is not open. */
  readonly forget: (uri: string) => void;
  readonly fixAll: (outcome: Outcome) => { readonly changes: readonly Change[]; readonly applied: number };
  readonly chosen: (path: string) => string | undefined;
  readonly choose: (path: string, source: string | null) => void;
}

/** A handler for one of Plimsoll's own requests. */
export type Handler<M extends keyof Requests> = (
  params: Requests[M]['params'],
  signal: AbortSignal,
) => Promise<Requests[M]['result']>;

export type Handlers = { readonly [M in keyof Requests]: Handler<M> };

/** The answers to Plimsoll's own requests. */
export function createHandlers(
  deps: CommandDeps,
): Omit<Handlers, keyof (ContextHandlers & ImpactHandlers & MeasureHandlers & RebuildHandlers)> {
  const builds = async (uri: string, signal: AbortSignal): Promise<BuildsResult> => {
    const outcome = await deps.outcomes.settled(uri, signal);
    if (outcome === undefined) return { builds: [], chosen: null };
    const infos = outcome.report.builds.map(buildInfo);
    const chosen = deps.chosen(outcome.path);
    return { builds: infos, chosen: infos.find(({ source }) => source === chosen)?.source ?? null };
  };
  return {
    'plimsoll/debugInfo': ({ uri }, signal) => debugInfo(deps, uri, signal),
    'plimsoll/lintWorkspace': ({ workDoneToken }, signal) => lintWorkspace(deps, workDoneToken, signal),
    async 'plimsoll/applySafeFixes'({ uri }, signal) {
      const none = { edit: null, applied: 0 };
      const fixed = await deps.outcomes.worked(uri, signal, (outcome) => {
        const { changes, applied } = deps.fixAll(outcome);
        if (changes.length === 0) return none;
        const { client, documents, uriOf } = deps;
        const { subject, path, snapshot, report } = outcome;
        const own = { subject, path, lines: report.lines };
        const edit = workspaceEdit(changes, { client, documents, uriOf, snapshot, own });
        return edit === undefined ? none : { edit, applied };
      });
      return fixed ?? none;
    },
    'plimsoll/builds': ({ uri }, signal) => builds(uri, signal),
    async 'plimsoll/chooseBuild'({ uri, source }, signal) {
      const path = deps.uris.pathOf(uri);
      if (path !== undefined) deps.choose(path, source);
      return builds(uri, signal);
    },
  };
}

/** A build as the client is told of it. */
export function buildInfo({
  dockerfile,
  context,
  ignoreFile,
  target,
  args,
  source,
  why,
}: BuildInfo): BuildInfo {
  return { dockerfile, context, ignoreFile, target, args, source, why };
}

async function debugInfo(
  deps: CommandDeps,
  uri: string | undefined,
  signal: AbortSignal,
): Promise<DebugInfo> {
  const outcome = uri === undefined ? undefined : await deps.outcomes.settled(uri, signal);
  const info = {
    plimsoll: deps.version,
    node: deps.runtime,
    client: deps.clientName,
    capabilities: { ...deps.client },
    settings: uri === undefined ? undefined : await deps.settingsOf(uri),
    builds: outcome?.report.builds.map(buildInfo) ?? [],
    rules: deps.health.timings(),
    errors: deps.health.errors(),
  };
  return { text: debugText(info, outcome), ...info };
}

function debugText(info: Omit<DebugInfo, 'text'>, outcome: Outcome | undefined): string {
  const can = Object.entries(info.capabilities);
  const lines = [
    `Plimsoll ${info.plimsoll}, Node ${info.node}, client ${info.client ?? 'unknown'}`,
    `Client can: ${can
      .filter(([, yes]) => yes)
      .map(([name]) => name)
      .join(', ')}`,
    `Client cannot: ${can
      .filter(([, yes]) => !yes)
      .map(([name]) => name)
      .join(', ')}`,
    ...(info.settings === undefined ? [] : [`Settings: ${JSON.stringify(info.settings)}`]),
    ...(outcome === undefined ? [] : documentLines(outcome)),
    ...info.builds.map((b) => `Build: ${JSON.stringify(b)}`),
    ...info.rules.map(({ rule, ms, runs }) => `Rule ${rule}: ${ms.toFixed(1)} ms in ${runs} runs`),
    ...info.errors.map((error) => `Error: ${error}`),
  ];
  return `${lines.join('\n')}\n`;
}

function documentLines({ report, config, resultId, wanted }: Outcome): string[] {
  const { kind, skipped, findings, suppressed } = report;
  return [
    `Document: ${kind ?? 'none of ours'}${skipped === null ? '' : `, skipped (${skipped})`}, result ${resultId}`,
    `Findings: ${findings.map(({ rule }) => rule).join(', ') || 'none'}; suppressed: ${suppressed}; facts lacking: ${wanted.length}`,
    `Configuration: ${config?.path ?? 'none'}`,
  ];
}

/** All files below the workspace folders that Plimsoll reads, each once though folders may overlap. Sorted paths. */
async function workspaceFiles(deps: CommandDeps, signal: AbortSignal): Promise<readonly string[]> {
  const folders = deps.folders();
  await deps.facts.load(
    folders.map((path) => ({ kind: 'index', path })),
    signal,
  );
  const snapshot = deps.facts.snapshot(folders);
  return [...new Set(folders.flatMap((folder) => snapshot.index(folder)))].sort();
}

async function lintWorkspace(
  deps: CommandDeps,
  token: ProgressToken | undefined,
  signal: AbortSignal,
): Promise<Requests['plimsoll/lintWorkspace']['result']> {
  const progress = reporter(deps.connection, token);
  const files: LintedFile[] = [];
  const errors: string[] = [];
  const breathe = breather(deps.now);
  progress.begin('Plimsoll: linting the workspace');
  try {
    const paths = await workspaceFiles(deps, signal);
    for (const [index, path] of paths.entries()) {
      await breathe();
      if (signal.aborted) break;
      progress.report(index, paths.length);
      const uri = deps.uriOf(path);
      const outcome = await deps.outcomes.settled(uri, signal);
      if (deps.documents.get(uri) === undefined) deps.forget(uri);
      if (outcome?.report.kind === undefined) continue;
      const { kind, skipped } = outcome.report;
      files.push({ uri, kind, skipped, diagnostics: outcome.diagnostics });
      errors.push(...outcome.report.errors.map(({ rule, message }) => `${rule}: ${message} (${uri})`));
    }
  } finally {
    progress.end();
  }
  return { files, errors };
}

interface Reporter {
  begin(title: string): void;
  report(done: number, of: number): void;
  end(): void;
}

function reporter(connection: Connection, token: ProgressToken | undefined): Reporter {
  let percentage = -1;
  const send = (value: Parameters<typeof connection.sendProgress<WorkDone>>[2]): void => {
    if (token !== undefined) void connection.sendProgress(WorkDoneProgress.type, token, value);
  };
  return {
    begin: (title) => send({ kind: 'begin', title, cancellable: true, percentage: 0 }),
    report(done, of) {
      const now = Math.floor((100 * done) / Math.max(1, of));
      if (now === percentage) return;
      percentage = now;
      send({ kind: 'report', message: `${done} of ${of} files`, percentage });
    },
    end: () => send({ kind: 'end' }),
  };
}

type WorkDone =
  | { kind: 'begin'; title: string; cancellable: boolean; percentage: number }
  | { kind: 'report'; message: string; percentage: number }
  | { kind: 'end' };

/** An AbortSignal that follows a request's cancellation. */
export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
