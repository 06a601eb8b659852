import type { FactKind } from '../project/snapshot.js';
import { hashText } from '../text/hash.js';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import type { Documents } from './documents.js';
import type { ContextStatus } from './protocol.js';
import type { KnownRebuilds, Rebuilds, Rebuilt } from './rebuilds.js';
import { breather, type Scheduler } from './scheduler.js';
import { measuredSources, type Sized, type Sizes, sizeWords } from './sizes.js';
import type { Outcomes } from './subjects.js';

/** Milliseconds without a change after which contexts are measured for what is shown beside the text. */
const after = 300;

/** What is shown beside the text of a document. */
export interface Beside {
  readonly sized: Sized | undefined;
  readonly rebuilt: Rebuilt | undefined;
  /** Nothing was typed since: fixes have been tried. */
  readonly saved?: boolean;
}

export interface SizeWatchDeps {
  readonly client: Client;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly sizes: Sizes;
  readonly rebuilds: Rebuilds;
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
  answered(kind: Shown, uri: string, shown: Partial<Beside>): void;
  closed(uri: string): void;
}

/** What one look at a document found. */
interface Round {
  readonly outcome: Outcome;
  readonly sized: Sized | undefined;
  readonly rebuilds: KnownRebuilds;
}

type Digests = Partial<Record<keyof Beside, string>>;

/** What hints and lenses of a document show, in short; only the parts that are given. */
function digests(shown: Partial<Beside>): Digests {
  return {
    ...('sized' in shown ? { sized: hashText(JSON.stringify(sizesDigest(shown.sized))) } : {}),
    ...(shown.saved === undefined ? {} : { saved: String(shown.saved) }),
    ...('rebuilt' in shown ? { rebuilt: hashText(JSON.stringify(rebuildsDigest(shown.rebuilt))) } : {}),
  };
}

function sizesDigest(sized: Sized | undefined): unknown {
  if (sized === undefined) return '';
  const sources = measuredSources(sized).map(({ source, measure }) => [source.span.start, measure]);
  return [sources, sizeWords(sized), sized.build.source];
}

function rebuildsDigest(rebuilt: Rebuilt | undefined): unknown {
  if (rebuilt === undefined) return '';
  const { replay, hintAbove } = rebuilt;
  const { commits, rebuild, steps } = replay;
  const told = steps.map(({ step, rebuilds, maybe, seconds }) => [
    ...[step.instruction.span.start, rebuilds, maybe, seconds.value, seconds.source],
  ]);
  return [commits?.replayed, rebuild?.mean.value, told, hintAbove];
}

function statusOf(uri: string, sized: Sized | undefined): ContextStatus {
  const words = sized && sizeWords(sized);
  return { uri, ...(words ?? { text: '', detail: '', level: 'ok' }) };
}

/** The watch of the session. */
export function createSizeWatch(deps: SizeWatchDeps): SizeWatch {
  const { client, documents, outcomes, scheduler } = deps;
  /** What was last answered, by document; only those that were asked for. */
  const told: Record<Shown, Map<string, Digests>> = { hints: new Map(), lenses: new Map() };
  const sent = new Map<string, string>();

  const tellStatus = (uri: string, sized: Sized | undefined): void => {
    if (!client.status) return;
    const status = statusOf(uri, sized);
    const key = JSON.stringify(status);
    if (sent.get(uri) === key || (!sent.has(uri) && status.text === '')) return;
    sent.set(uri, key);
    deps.send(status);
  };
  const outdatedKinds = (uri: string, outcome: Outcome, shown: Partial<Beside>): readonly Shown[] => {
    // A client that has changed the document since asks by itself.
    if (documents.get(uri)?.version !== outcome.subject.version) return [];
    const now = digests(shown);
    return (['hints', 'lenses'] as const).filter((kind) => {
      const last = told[kind].get(uri) ?? {};
      return (['sized', 'rebuilt', 'saved'] as const).some(
        (part) => now[part] !== undefined && (last[part] ?? now[part]) !== now[part],
      );
    });
  };
  const refresh = (outdated: ReadonlySet<Shown>): void => {
    if (outdated.has('hints') && client.hintRefresh) deps.refreshHints();
    if (outdated.has('lenses') && client.lensRefresh) deps.refreshLenses();
  };
  const work = (outcome: Outcome): Round => ({
    outcome,
    sized: deps.sizes.of(outcome).sized,
    rebuilds: deps.rebuilds.of(outcome),
  });
  /** One round over open documents; those of which history would tell more. */
  const round = async (
    uris: readonly string[],
    without: readonly FactKind[],
    signal: AbortSignal,
  ): Promise<readonly string[]> => {
    const breathe = breather(deps.now);
    const outdated = new Set<Shown>();
    const open: string[] = [];
    for (const uri of uris) {
      await breathe();
      if (signal.aborted) return [];
      const found = await outcomes.worked(uri, signal, work, without);
      if (found === undefined || documents.get(uri) === undefined) continue;
      const { outcome, sized, rebuilds } = found;
      tellStatus(uri, sized);
      const isOpen = rebuilds.lacking && without.length > 0;
      if (isOpen) open.push(uri);
      // What was said of rebuilds stays until there is more to say.
      const saved = !documents.unsaved(uri);
      const shown = isOpen ? { sized } : { sized, rebuilt: rebuilds.rebuilt, saved };
      for (const kind of outdatedKinds(uri, outcome, shown)) outdated.add(kind);
    }
    if (!signal.aborted) refresh(outdated);
    return open;
  };
  const measureAll = async (signal: AbortSignal): Promise<void> => {
    const files = documents.all().flatMap(({ uri, path }) => (path === undefined ? [] : [uri]));
    const open = await round(files, ['history'], signal);
    if (open.length > 0) await round(open, [], signal);
  };
  const isOfUse = client.status || client.hintRefresh || client.lensRefresh;
  return {
    recheck(delay = 0) {
      if (!isOfUse) return;
      const job = scheduler.start('sizes', measureAll, Math.max(after, delay));
      job.catch((error: unknown) => deps.failed('context sizes', '', error));
    },
    answered: (kind, uri, shown) => void told[kind].set(uri, { ...told[kind].get(uri), ...digests(shown) }),
    closed(uri) {
      told.hints.delete(uri);
      told.lenses.delete(uri);
      sent.delete(uri);
    },
  };
}
