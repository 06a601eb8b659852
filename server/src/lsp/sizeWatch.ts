import { hashText } from '../text/hash.js';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import type { Documents } from './documents.js';
import type { ContextStatus } from './protocol.js';
import { breather, type Scheduler } from './scheduler.js';
import { measuredSources, type Sized, type Sizes, sizeWords } from './sizes.js';
import type { Outcomes } from './subjects.js';

/** Milliseconds without a change after which contexts are measured for what is shown beside the text. */
const after = 300;

export interface SizeWatchDeps {
  readonly client: Client;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly sizes: Sizes;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  readonly refreshHints: () => void;
  readonly refreshLenses: () => void;
  readonly send: (status: ContextStatus) => void;
  readonly failed: (what: string, uri: string, error: unknown) => void;
}

/** What clients show and ask for again when told. */
export type Shown = 'hints' | 'lenses';

/** Keeps what is shown beside the text up to date: sizes arrive later than findings, and change with other files. */
export interface SizeWatch {
  /** Something changed: measures for all open documents once, after a pause, and says what became different. */
  recheck(delay?: number): void;
  /** What a request of a kind for a document has just been answered with. */
  answered(kind: Shown, uri: string, sized: Sized | undefined): void;
  closed(uri: string): void;
}

/** What hints and lenses of a document show, in short. */
function digest(sized: Sized | undefined): string {
  if (sized === undefined) return '';
  const sources = measuredSources(sized).map(({ source, measure }) => [source.span.start, measure]);
  return hashText(JSON.stringify([sources, sizeWords(sized), sized.build.source]));
}

function statusOf(uri: string, sized: Sized | undefined): ContextStatus {
  const words = sized && sizeWords(sized);
  return { uri, ...(words ?? { text: '', detail: '', level: 'ok' }) };
}

/** The watch of the session. */
export function createSizeWatch(deps: SizeWatchDeps): SizeWatch {
  const { client, documents, outcomes, scheduler } = deps;
  /** What was last answered, by document; only those that were asked for. */
  const told: Record<Shown, Map<string, string>> = { hints: new Map(), lenses: new Map() };
  const sent = new Map<string, string>();

  const tellStatus = (uri: string, sized: Sized | undefined): void => {
    if (!client.status) return;
    const status = statusOf(uri, sized);
    const key = JSON.stringify(status);
    if (sent.get(uri) === key || (!sent.has(uri) && status.text === '')) return;
    sent.set(uri, key);
    deps.send(status);
  };
  const outdatedKinds = (uri: string, outcome: Outcome, sized: Sized | undefined): readonly Shown[] => {
    // A client that has changed the document since asks by itself.
    if (documents.get(uri)?.version !== outcome.subject.version) return [];
    const now = digest(sized);
    return (['hints', 'lenses'] as const).filter((kind) => (told[kind].get(uri) ?? now) !== now);
  };
  const measureAll = async (signal: AbortSignal): Promise<void> => {
    const breathe = breather(deps.now);
    const outdated = new Set<Shown>();
    for (const { uri, path } of documents.all()) {
      if (path === undefined) continue;
      await breathe();
      if (signal.aborted) return;
      const found = await outcomes.worked(uri, signal, (outcome) => ({
        outcome,
        sized: deps.sizes.of(outcome).sized,
      }));
      if (found === undefined || documents.get(uri) === undefined) continue;
      tellStatus(uri, found.sized);
      for (const kind of outdatedKinds(uri, found.outcome, found.sized)) outdated.add(kind);
    }
    if (signal.aborted) return;
    if (outdated.has('hints') && client.hintRefresh) deps.refreshHints();
    if (outdated.has('lenses') && client.lensRefresh) deps.refreshLenses();
  };
  const isOfUse = client.status || client.hintRefresh || client.lensRefresh;
  return {
    recheck(delay = 0) {
      if (!isOfUse) return;
      const job = scheduler.start('sizes', measureAll, Math.max(after, delay));
      job.catch((error: unknown) => deps.failed('context sizes', '', error));
    },
    answered: (kind, uri, sized) => void told[kind].set(uri, digest(sized)),
    closed(uri) {
      told.hints.delete(uri);
      told.lenses.delete(uri);
      sent.delete(uri);
    },
  };
}
