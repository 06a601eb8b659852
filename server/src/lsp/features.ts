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
import { type LensData, lensOf, resolvedLens, resolvedStage, stageLenses } from './codeLens.js';
import { completeIgnore } from './completion.js';
import type { Documents } from './documents.js';
import { findingsAt, type HoverDeps, hoverAt } from './hover.js';
import { type PatternHover, patternHover } from './ignoreHover.js';
import { inlayHints } from './inlayHints.js';
import type { Rebuilds } from './rebuilds.js';
import type { Resolve } from './resolve.js';
import { sleep } from './scheduler.js';
import type { Sizes } from './sizes.js';
import type { Beside, SizeWatch } from './sizeWatch.js';
import { stepHints } from './stepHints.js';
import { type StepHover, stepHover } from './stepHover.js';
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
  readonly rebuilds: Rebuilds;
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

/** What is known of what is shown beside a text. */
interface Known extends Beside {
  readonly lacking: { readonly sizes: boolean; readonly rebuilds: boolean };
}

const nothing: Known = {
  ...{ sized: undefined, rebuilt: undefined },
  lacking: { sizes: false, rebuilds: false },
};

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
  const knownOf = (outcome: Outcome): Known => {
    if (outcome.report.kind !== 'dockerfile') return nothing;
    const sizes = deps.sizes.of(outcome);
    const rebuilds = deps.rebuilds.of(outcome);
    return {
      ...{ sized: sizes.sized, rebuilt: rebuilds.rebuilt },
      lacking: { sizes: sizes.lacking, rebuilds: rebuilds.lacking },
    };
  };
  const complete = async (uri: string, signal: AbortSignal): Promise<Known> => {
    const all = await outcomes.worked(uri, signal, knownOf);
    return all === undefined ? nothing : { ...all, lacking: nothing.lacking };
  };
  /** With what is known after a moment; a client that can be told to ask again is told when there is more. */
  const soon = async (uri: string, signal: AbortSignal, refreshed: boolean): Promise<Known> => {
    const outcome = await outcomes.now(uri, signal);
    if (outcome === undefined) return nothing;
    const known = knownOf(outcome);
    if (!known.lacking.sizes && !known.lacking.rebuilds) return known;
    const all = complete(uri, signal);
    if (!refreshed) return all;
    const soonAll = await within<Known | undefined>(grace, all, undefined);
    if (soonAll !== undefined) return soonAll;
    const now = await outcomes.now(uri, signal);
    watch.recheck();
    return now === undefined ? known : knownOf(now);
  };
  const stepOf = async (
    { subject, report }: Outcome,
    position: Position,
    signal: AbortSignal,
  ): Promise<StepHover | undefined> => {
    if (subject.path === undefined || report.kind !== 'dockerfile') return undefined;
    const offset = report.lines.offsetAt(position);
    const all = await within<Known | undefined>(patience, complete(subject.uri, signal), undefined);
    const now = all === undefined ? await outcomes.now(subject.uri, signal) : undefined;
    const { rebuilt, sized, lacking } = all ?? (now === undefined ? nothing : knownOf(now));
    return rebuilt && stepHover(rebuilt, lacking.sizes ? undefined : sized, offset, lacking.rebuilds);
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
      const [pattern, step, tried] = await Promise.all([
        patternOf(outcome, position, signal),
        stepOf(outcome, position, signal),
        withFixes(outcome, position, signal),
      ]);
      return signal.aborted ? null : hoverAt(deps.hover, tried, position, { pattern, step });
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
      const { sized, rebuilt, lacking } = await soon(uri, signal, client.hintRefresh);
      if (signal.aborted) return [];
      const shown: Beside = {
        sized: lacking.sizes ? undefined : sized,
        rebuilt: lacking.rebuilds ? undefined : rebuilt,
      };
      watch.answered('hints', uri, shown);
      return [
        ...(shown.sized === undefined ? [] : inlayHints(shown.sized, range, client.markdown)),
        ...(shown.rebuilt === undefined ? [] : stepHints(shown.rebuilt, range, client.markdown)),
      ];
    },
    async lenses({ textDocument: { uri } }, signal) {
      const { sized, lacking } = await soon(uri, signal, true);
      const outcome = await outcomes.now(uri, signal);
      if (outcome === undefined || signal.aborted) return [];
      // What steps cost takes longer: their text comes when the client asks for it.
      const stages = stageLenses(deps.rebuilds.stages(outcome), uri);
      const lens = sized && lensOf(sized, uri);
      if (lacking.sizes && lens !== undefined) return [lens, ...stages];
      watch.answered('lenses', uri, { sized });
      if (sized?.measure === undefined || lens === undefined) return stages;
      return [resolvedLens(lens, sized, client.status), ...stages];
    },
    async lens(lens, signal) {
      const { uri, stage } = lens.data as LensData;
      if (stage === undefined) {
        const { sized } = await complete(uri, signal);
        return resolvedLens(lens, sized, client.status);
      }
      // Trying all fixes would get in the way of typing: they are tried on what is saved.
      const saved = !deps.documents.unsaved(uri);
      const found = await outcomes.worked(uri, signal, (outcome) => ({
        known: knownOf(outcome),
        fixed: saved ? deps.rebuilds.withFixes(outcome) : undefined,
      }));
      if (found !== undefined) watch.answered('lenses', uri, { rebuilt: found.known.rebuilt, saved });
      return resolvedStage(lens, found?.known.rebuilt, found?.fixed, client.status);
    },
  };
}
