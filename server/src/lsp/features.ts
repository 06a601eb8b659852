import type {
  CodeLens,
  CodeLensParams,
  CompletionList,
  CompletionParams,
  InlayHint,
  InlayHintParams,
} from 'vscode-languageserver';
import { classifyName } from '../project/classify.js';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import { type LensData, lensOf, resolvedLens } from './codeLens.js';
import { completeIgnore } from './completion.js';
import type { Documents } from './documents.js';
import { inlayHints } from './inlayHints.js';
import type { Resolve } from './resolve.js';
import { sleep } from './scheduler.js';
import { type Sized, sizesOf } from './sizes.js';
import type { SizeWatch } from './sizeWatch.js';
import type { Outcomes } from './subjects.js';

/** Milliseconds granted for a measurement to arrive before hints are taken away for a while. */
const grace = 300;

export interface FeatureDeps {
  readonly client: Client;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly resolve: Resolve;
  readonly watch: SizeWatch;
}

/** Answers to the standard requests that rest on build contexts. Empty for documents that are no files. */
export interface Features {
  completion(params: CompletionParams, signal: AbortSignal): Promise<CompletionList | null>;
  hints(params: InlayHintParams, signal: AbortSignal): Promise<InlayHint[]>;
  lenses(params: CodeLensParams, signal: AbortSignal): Promise<CodeLens[]>;
  lens(lens: CodeLens, signal: AbortSignal): Promise<CodeLens>;
}

/** The sizes of a Dockerfile that is a file; undefined for any other document. */
function sizesOfDockerfile({ subject, path, snapshot, report, options }: Outcome): Sized | undefined {
  const ours = report.kind === 'dockerfile' && report.skipped === null && subject.path !== undefined;
  return ours ? sizesOf(snapshot, path, options) : undefined;
}

/** What is known at this moment; `lacking` where facts would tell more. */
interface Known {
  readonly sized: Sized | undefined;
  readonly lacking: boolean;
}

function knownOf(outcome: Outcome): Known {
  const before = outcome.snapshot.misses();
  const sized = sizesOfDockerfile(outcome);
  const lacking = outcome.wanted.length > 0 || outcome.snapshot.misses() > before;
  return { sized, lacking: lacking && outcome.subject.path !== undefined };
}

/** The features of the session. */
export function createFeatures(deps: FeatureDeps): Features {
  const { client, outcomes, watch } = deps;
  const complete = (uri: string, signal: AbortSignal): Promise<Sized | undefined> =>
    outcomes.worked(uri, signal, sizesOfDockerfile);
  /** With what is known after a moment; a client that can be told to ask again is told when there is more. */
  const soon = async (uri: string, signal: AbortSignal, refreshed: boolean): Promise<Known> => {
    const outcome = await outcomes.now(uri, signal);
    if (outcome === undefined) return { sized: undefined, lacking: false };
    const known = knownOf(outcome);
    if (!known.lacking) return known;
    const all = complete(uri, signal).then((sized): Known => ({ sized, lacking: false }));
    if (!refreshed) return all;
    const timer = new AbortController();
    try {
      const first = await Promise.race([all, sleep(grace, timer.signal).then(() => known)]);
      if (first.lacking) watch.recheck();
      return first;
    } finally {
      timer.abort();
    }
  };
  return {
    async completion({ textDocument, position }, signal) {
      const document = deps.documents.get(textDocument.uri);
      const path = document?.path;
      if (document === undefined || path === undefined || classifyName(path) !== 'dockerignore') return null;
      const { text } = document;
      return (
        (await deps.resolve((snapshot) => completeIgnore(snapshot, path, text, position), signal)) ?? null
      );
    },
    async hints({ textDocument: { uri }, range }, signal) {
      const { sized, lacking } = await soon(uri, signal, client.hintRefresh);
      if (signal.aborted) return [];
      watch.answered('hints', uri, lacking ? undefined : sized);
      return sized === undefined || lacking ? [] : inlayHints(sized, range, client.markdown);
    },
    async lenses({ textDocument: { uri } }, signal) {
      const { sized, lacking } = await soon(uri, signal, true);
      const lens = sized && lensOf(sized, uri);
      if (signal.aborted) return [];
      // Its text comes when the client asks for it.
      if (lacking && lens !== undefined) return [lens];
      watch.answered('lenses', uri, sized);
      if (sized?.measure === undefined || lens === undefined) return [];
      return [resolvedLens(lens, sized, client.status)];
    },
    async lens(lens, signal) {
      const { uri } = lens.data as LensData;
      const sized = await complete(uri, signal);
      watch.answered('lenses', uri, sized);
      return resolvedLens(lens, sized, client.status);
    },
  };
}
