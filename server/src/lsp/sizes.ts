import { orderedBuilds } from '../engine/contexts.js';
import type { LintOptions } from '../engine/model.js';
import type { Build } from '../project/build.js';
import { configOf, type Thresholds, thresholdsOf } from '../project/config.js';
import { localBuild } from '../project/local.js';
import type { ContextMeasure, SourceMeasure } from '../project/measure.js';
import type { Snapshot } from '../project/snapshot.js';
import { dockerfilesFor } from '../project/targets.js';
import { amountText } from '../report/layout.js';
import type { ContextNeeds, ContextUse, UsedSource } from '../sim/context/model.js';
import { contextNeeds } from '../sim/context/needs.js';
import { contextQuery } from '../sim/context/query.js';
import { buildGraph } from '../sim/stages.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { bytesText } from '../text/bytes.js';
import type { Outcome } from './analysis.js';
import { basis, buildName } from './words.js';

/** What the deciding build of a Dockerfile takes from its context, and how much that is. */
export interface Sized {
  readonly dockerfile: Dockerfile;
  readonly build: Build;
  readonly needs: ContextNeeds;
  /** Undefined for a remote context, where nothing is loaded, where the context is no folder, and while it is not known. */
  readonly measure: ContextMeasure | undefined;
  readonly thresholds: Thresholds;
}

/** The sizes of the Dockerfile at `path`; undefined where there is none. What is not known yet is noted as a want. */
export function sizesOf(
  snapshot: Snapshot,
  path: string,
  options: Pick<LintOptions, 'chosenBuilds' | 'context'>,
): Sized | undefined {
  const dockerfile = snapshot.parse(path, parseDockerfile);
  if (dockerfile === undefined) return undefined;
  const [deciding] = orderedBuilds(snapshot, path, options);
  const build = localBuild(snapshot, deciding);
  const needs = contextNeeds(buildGraph(dockerfile, build), dockerfile);
  const query = contextQuery(snapshot, build, needs);
  const measure = query && snapshot.measure(query);
  return {
    dockerfile,
    build,
    needs,
    measure,
    thresholds: thresholdsOf(configOf(snapshot, path), options.context),
  };
}

/** What is known of a document's sizes; `lacking` where facts would tell more. */
export interface KnownSizes {
  readonly sized: Sized | undefined;
  readonly lacking: boolean;
}

/** Sizes of documents, worked out once for each outcome that has all facts. */
export interface Sizes {
  of(outcome: Outcome): KnownSizes;
}

/** An empty memory of sizes. */
export function createSizes(): Sizes {
  const complete = new WeakMap<Outcome, KnownSizes>();
  return {
    of(outcome) {
      const before = complete.get(outcome);
      if (before !== undefined) return before;
      const { snapshot, wanted, subject } = outcome;
      const misses = snapshot.misses();
      const sized = sizesOfDocument(outcome);
      // How often steps ran again says nothing of sizes.
      const open = wanted.some(({ kind }) => kind !== 'history');
      const lacking = subject.path !== undefined && (open || snapshot.misses() > misses);
      const known = { sized, lacking };
      if (!lacking) complete.set(outcome, known);
      return known;
    },
  };
}

/**
 * The sizes a document is about: a Dockerfile's own, for a compose or ignore file those of the one Dockerfile that is
 * built from it. Undefined where there is no such Dockerfile, or where Plimsoll leaves the document alone.
 */
function sizesOfDocument({ subject, path, snapshot, report, options }: Outcome): Sized | undefined {
  const { kind, skipped } = report;
  if (subject.path === undefined || skipped !== null) return undefined;
  if (kind === 'dockerfile') return sizesOf(snapshot, path, options);
  if (kind !== 'dockerignore' && kind !== 'compose') return undefined;
  const [only, ...others] = dockerfilesFor(snapshot, path);
  return only === undefined || others.length > 0 ? undefined : sizesOf(snapshot, only, options);
}

/** A source as it is measured. */
export interface MeasuredSource {
  readonly use: ContextUse;
  readonly source: UsedSource;
  readonly measure: SourceMeasure;
}

/** The sources of all instructions with what was measured of them, in order; empty where nothing is measured. */
export function measuredSources({ needs, measure }: Sized): readonly MeasuredSource[] {
  if (measure === undefined) return [];
  const all = needs.uses.flatMap((use) => use.sources.map((source) => ({ use, source })));
  return all.flatMap((one, i) => {
    const found = measure.sources[i];
    return found === undefined ? [] : [{ ...one, measure: found }];
  });
}

/** Why the numbers are not exact, one sentence each; none where they are. */
export function limitsOf({ needs, measure }: Pick<Sized, 'needs' | 'measure'>): readonly string[] {
  const lines = needs.unknown.length;
  return [
    ...(measure?.error == null
      ? []
      : ['BuildKit refuses the ignore file; the numbers are those without it.']),
    ...(lines === 0 ? [] : ['A source depends on a value that is not known, so more may be sent.']),
    ...(measure === undefined || measure.sent.exact
      ? []
      : ['Something could not be read (extended attributes, folders), so the numbers may be too small.']),
    ...(measure === undefined || measure.unreadable.length === 0
      ? []
      : [
          `Not readable: ${measure.unreadable
            .slice(0, 5)
            .map(({ path }) => path)
            .join(', ')}${measure.unreadable.length > 5 ? ' …' : ''}.`,
        ]),
  ];
}

/** The size of a context for people, its level by the thresholds, and what it rests on. */
export interface SizeWords {
  /** `Context: 14 MB in 312 files`. */
  readonly text: string;
  readonly detail: string;
  readonly level: 'ok' | 'note' | 'warn';
}

/** Undefined where nothing is known or nothing is sent at all. */
export function sizeWords(sized: Sized): SizeWords | undefined {
  const { measure, build, thresholds } = sized;
  if (measure === undefined) return undefined;
  const { sent, error } = measure;
  if (error !== null) {
    const detail = `BuildKit refuses a pattern of the ignore file, so every build fails: ${error.message}`;
    return { text: 'Context: the ignore file is refused', detail, level: 'warn' };
  }
  const { noteAbove, warnAbove } = thresholds;
  const size = sent.wireBytes;
  // Where the rule large-context begins.
  const level = size >= warnAbove ? 'warn' : size >= noteAbove ? 'note' : 'ok';
  const over =
    level === 'ok' ? [] : [`Above the threshold of ${bytesText(level === 'warn' ? warnAbove : noteAbove)}.`];
  const limits = limitsOf(sized);
  const about = limits.length > 0 ? 'about ' : '';
  const detail = [
    `A first build (${buildName(build)}) transfers ${bytesText(size)}: ${amountText(sent)}, and their names and times.`,
    ...over,
    ...limits,
    basis,
  ];
  return {
    text: `Context: ${about}${amountText({ files: sent.files, bytes: size })}`,
    detail: detail.join(' '),
    level,
  };
}
