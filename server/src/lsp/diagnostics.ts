import type { Diagnostic, DocumentDiagnosticReport } from 'vscode-languageserver';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import type { Documents, OpenDocument } from './documents.js';
import { breather, type Scheduler, sleep } from './scheduler.js';
import type { Outcomes } from './subjects.js';

/** Milliseconds without a change after which other open documents are looked at again. */
const othersAfter = 250;
/** Milliseconds granted for facts to arrive before less is shown than was shown before. */
const grace = 300;

export interface DiagnosticsDeps {
  readonly client: Client;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  readonly publish: (uri: string, version: number | undefined, diagnostics: Diagnostic[]) => void;
  /** `workspace/diagnostic/refresh`. */
  readonly refresh: () => void;
  readonly failed: (what: string, uri: string, error: unknown) => void;
}

/** Two transports for the same findings: answers to a client that asks, else notifications. Never both. */
export interface Diagnostics {
  opened(document: OpenDocument): void;
  changed(document: OpenDocument): void;
  closed(uri: string): void;
  /** Something other than a document's own text changed: looks at all open documents again, once, after `delay` ms. */
  recheck(delay?: number): void;
  /** The answer to `textDocument/diagnostic`. */
  answer(
    uri: string,
    previous: string | undefined,
    signal: AbortSignal,
  ): Promise<DocumentDiagnosticReport | undefined>;
}

/** What a client heard last of a document. */
interface Told {
  readonly resultId: string;
  /** Null for a document read from disk. */
  readonly version: number | null;
}

/** The diagnostics of the session. */
export function createDiagnostics(deps: DiagnosticsDeps): Diagnostics {
  const { client, documents, outcomes, scheduler } = deps;
  /** What the client last heard of each document. */
  const told = new Map<string, Told>();

  const publish = (outcome: Outcome): void => {
    const { uri, version } = outcome.subject;
    if (told.get(uri)?.resultId === outcome.resultId || documents.get(uri)?.version !== version) return;
    if (!told.has(uri) && isForeign(outcome)) return;
    told.set(uri, { resultId: outcome.resultId, version });
    deps.publish(uri, client.publishVersion ? (version ?? undefined) : undefined, outcome.diagnostics);
  };
  const guarded = (what: string, uri: string, job: Promise<unknown>): void => {
    job.catch((error: unknown) => deps.failed(what, uri, error));
  };
  /** Completes one document in the background and says so if that changed anything. */
  const complete = (uri: string): void => {
    const job = scheduler.start(`complete ${uri}`, async (signal) => {
      // What waits for no walk of the disk comes first.
      const outcome = await outcomes.read(uri, signal);
      if (outcome === undefined || signal.aborted || outcome.wanted.length === 0) return outcome;
      tell([outcome]);
      return outcomes.settled(uri, signal);
    });
    guarded(
      'diagnostics',
      uri,
      job.then((outcome) => outcome !== undefined && tell([outcome])),
    );
  };
  const tell = (found: readonly Outcome[]): void => {
    if (!client.pull) {
      for (const outcome of found) publish(outcome);
    } else if (client.refresh) {
      // A client that has changed a document since will ask for it by itself.
      const outdated = ({ subject: { uri, version }, resultId }: Outcome): boolean => {
        const last = told.get(uri);
        return last !== undefined && last.version === version && last.resultId !== resultId;
      };
      if (found.some(outdated)) deps.refresh();
    }
  };
  /** What can be said at once; but where more was said before, a moment is granted so that nothing flickers. */
  const first = async (uri: string, signal: AbortSignal): Promise<Outcome | undefined> => {
    const outcome = await outcomes.now(uri, signal);
    if (outcome === undefined || outcome.wanted.length === 0 || !told.has(uri)) return outcome;
    const timer = new AbortController();
    const settled = outcomes.settled(uri, signal).finally(() => timer.abort());
    return Promise.race([settled, sleep(grace, timer.signal).then(() => outcomes.now(uri, signal))]);
  };
  const push = (uri: string): void => {
    const job = scheduler.start(`push ${uri}`, async (signal) => {
      const outcome = await first(uri, signal);
      if (outcome === undefined || signal.aborted) return;
      publish(outcome);
      if (outcome.wanted.length > 0) complete(uri);
    });
    guarded('diagnostics', uri, job);
  };
  const recheck = (delay = 0): void => {
    const job = scheduler.start(
      'recheck',
      async (signal) => {
        const breathe = breather(deps.now);
        /** Tells of the documents whose outcomes are complete, all at once; the others. */
        const round = async (
          uris: readonly string[],
          complete: typeof outcomes.settled,
        ): Promise<readonly string[]> => {
          const found: Outcome[] = [];
          for (const uri of uris) {
            await breathe();
            if (signal.aborted) return [];
            const outcome = await complete(uri, signal);
            if (outcome !== undefined) found.push(outcome);
          }
          if (signal.aborted) return [];
          tell(found.filter(({ wanted }) => wanted.length === 0));
          return found.filter(({ wanted }) => wanted.length > 0).map(({ subject }) => subject.uri);
        };
        const slow = await round(
          documents.all().map(({ uri }) => uri),
          outcomes.read,
        );
        if (slow.length > 0) await round(slow, outcomes.settled);
      },
      delay,
    );
    guarded('diagnostics', '', job);
  };
  return {
    opened(document) {
      if (!client.pull) push(document.uri);
      recheck(othersAfter);
    },
    changed(document) {
      if (!client.pull) push(document.uri);
      recheck(othersAfter);
    },
    closed(uri) {
      scheduler.cancel(`push ${uri}`);
      scheduler.cancel(`complete ${uri}`);
      const known = told.delete(uri);
      if (!client.pull && known) deps.publish(uri, undefined, []);
      recheck(othersAfter);
    },
    recheck,
    async answer(uri, previous, signal) {
      // A client that can't be told to ask again gets the whole truth at once.
      const outcome = await (client.refresh ? first(uri, signal) : outcomes.settled(uri, signal));
      if (outcome === undefined) return undefined;
      told.set(uri, { resultId: outcome.resultId, version: outcome.subject.version });
      if (outcome.wanted.length > 0) complete(uri);
      const { resultId, diagnostics } = outcome;
      if (previous === resultId) return { kind: 'unchanged', resultId };
      return { kind: 'full', resultId, items: diagnostics };
    },
  };
}

function isForeign(outcome: Outcome): boolean {
  return outcome.report.kind === undefined && outcome.diagnostics.length === 0;
}
