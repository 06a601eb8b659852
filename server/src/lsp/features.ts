import type {
  CodeLens,
  CodeLensParams,
  CompletionList,
  CompletionParams,
  Hover,
  HoverParams,
  InlayHint,
  InlayHintParams,
  Position,
} from 'vscode-languageserver';
import { classifyName } from '../project/classify.js';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import { type LensData, lensOf, resolvedLens } from './codeLens.js';
import { completeIgnore } from './completion.js';
import type { Documents } from './documents.js';
import { findingsAt, type HoverDeps, hoverAt } from './hover.js';
import { type PatternHover, patternHover } from './ignoreHover.js';
import { inlayHints } from './inlayHints.js';
import type { Resolve } from './resolve.js';
import { sleep } from './scheduler.js';
import type { KnownSizes, Sized, Sizes } from './sizes.js';
import type { SizeWatch } from './sizeWatch.js';
import type { Outcomes } from './subjects.js';

/** Milliseconds after which a hover says what it knows. */
const patience = 1500;
/** Milliseconds granted for a measurement to arrive before hints are taken away for a while. */
const grace = 300;

export interface FeatureDeps {
  readonly client: Client;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly sizes: Sizes;
  readonly resolve: Resolve;
  readonly watch: SizeWatch;
  readonly hover: HoverDeps;
}

/** Answers to the standard requests that rest on build contexts. Empty for documents that are no files. */
export interface Features {
  completion(params: CompletionParams, signal: AbortSignal): Promise<CompletionList | null>;
  hover(params: HoverParams, signal: AbortSignal): Promise<Hover | null>;
  hints(params: InlayHintParams, signal: AbortSignal): Promise<InlayHint[]>;
  lenses(params: CodeLensParams, signal: AbortSignal): Promise<CodeLens[]>;
  lens(lens: CodeLens, signal: AbortSignal): Promise<CodeLens>;
}

/** The sizes that are shown beside a text: those of a Dockerfile. */
function besideText(sizes: Sizes, outcome: Outcome): KnownSizes {
  return outcome.report.kind === 'dockerfile' ? sizes.of(outcome) : { sized: undefined, lacking: false };
}

/** What `work` comes to within so many milliseconds, else `fallback`, as where it comes to nothing. */
async function within<T>(milliseconds: number, work: Promise<T | undefined>, fallback: T): Promise<T> {
  const timer = new AbortController();
  try {
    return (await Promise.race([work, sleep(milliseconds, timer.signal)])) ?? fallback;
  } finally {
    timer.abort();
  }
}

/** The features of the session. */
export function createFeatures(deps: FeatureDeps): Features {
  const { client, outcomes, watch } = deps;
  const complete = (uri: string, signal: AbortSignal): Promise<Sized | undefined> =>
    outcomes.worked(uri, signal, (outcome) => besideText(deps.sizes, outcome).sized);
  /** With what is known after a moment; a client that can be told to ask again is told when there is more. */
  const soon = async (uri: string, signal: AbortSignal, refreshed: boolean): Promise<KnownSizes> => {
    const outcome = await outcomes.now(uri, signal);
    if (outcome === undefined) return { sized: undefined, lacking: false };
    const known = besideText(deps.sizes, outcome);
    if (!known.lacking) return known;
    const all = complete(uri, signal).then((sized): KnownSizes => ({ sized, lacking: false }));
    if (!refreshed) return all;
    const first = await within(grace, all, known);
    if (first.lacking) watch.recheck();
    return first;
  };
  /** The outcome with the fixes at a position tried, or without where that takes too long. */
  const withFixes = (outcome: Outcome, position: Position, signal: AbortSignal): Promise<Outcome> => {
    if (findingsAt(outcome, position).length === 0) return Promise.resolve(outcome);
    const tried = outcomes.worked(outcome.subject.uri, signal, (one) => {
      for (const finding of findingsAt(one, position)) deps.hover.fixesOf(one, finding);
      return one;
    });
    return within(patience, tried, outcome);
  };
  /** What a line of an ignore file means, and what it does as soon as that is known. */
  const patternOf = async (
    { subject, path, report }: Outcome,
    position: Position,
    signal: AbortSignal,
  ): Promise<PatternHover | undefined> => {
    if (report.kind !== 'dockerignore') return undefined;
    const offset = report.lines.offsetAt(position);
    const lone = { parse: <T>(_: string, parser: (text: string) => T): T => parser(subject.text) };
    const meaning = patternHover(lone, path, offset);
    if (meaning === undefined || subject.path === undefined) return meaning;
    const counted = deps.resolve((snapshot) => patternHover(snapshot, path, offset, snapshot), signal);
    const walking = 'The context is still being walked: look again in a moment.';
    return within(patience, counted, { ...meaning, paragraphs: [...meaning.paragraphs, walking] });
  };
  return {
    async hover({ textDocument: { uri }, position }, signal) {
      const outcome = await outcomes.now(uri, signal);
      if (outcome === undefined) return null;
      const [pattern, tried] = await Promise.all([
        patternOf(outcome, position, signal),
        withFixes(outcome, position, signal),
      ]);
      return signal.aborted ? null : hoverAt(deps.hover, tried, position, pattern);
    },
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
