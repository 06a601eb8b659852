import { suggestionsFor } from '../fixes/ignorefile/suggest.js';
import type { Amount, ContextMeasure, UnreadPath } from '../project/measure.js';
import { reportedBuild } from './contextBuild.js';
import { contextErrors } from './contextErrors.js';
import {
  type ContextFacts,
  type ContextInput,
  contextFacts,
  lineOf,
  linesOf,
  usualTop,
} from './contextInput.js';
import type { ContextPicture, ContextReport, ReportedCopy } from './contextModel.js';
import { type Explained, explanations } from './explain.js';

const nothing: Amount = { files: 0, bytes: 0 };

function amount({ files, bytes }: Amount): Amount {
  return { files, bytes };
}

function sentOf(input: ContextInput, facts: ContextFacts): ContextReport['sent'] {
  const { needs, measure } = facts;
  if (!needs.loaded || input.build.remote || measure === undefined) {
    const named = input.list === true ? { paths: [] } : {};
    return { ...nothing, entries: 0, wireBytes: null, exact: needs.unknown.length === 0, ...named };
  }
  const { sent, paths } = measure;
  return {
    ...amount(sent),
    entries: sent.entries,
    wireBytes: sent.wireBytes,
    exact: sent.exact && needs.unknown.length === 0,
    ...(paths === null || input.list !== true ? {} : { paths }),
  };
}

/** One entry for each instruction: a RUN may have several mounts. */
function copiesOf(input: ContextInput, facts: ContextFacts): readonly ReportedCopy[] {
  let index = 0;
  const copies = new Map<unknown, ReportedCopy>();
  for (const { instruction, step, sources } of facts.needs.uses) {
    const own = sources.map(({ query }) => ({
      source: query.path,
      ...amount(facts.measure?.sources[index++] ?? nothing),
    }));
    const key = `${step.stage}:${instruction.span.start}`;
    const known = copies.get(key);
    copies.set(key, {
      line: lineOf(input.dockerfile, instruction),
      stage: input.graph.stages[step.stage]?.stage.label ?? `stage-${step.stage}`,
      instruction: instruction.text,
      sources: [...(known?.sources ?? []), ...own],
    });
  }
  return [...copies.values()];
}

function largestOf(
  input: ContextInput,
  facts: ContextFacts,
  measure: ContextMeasure,
): ContextReport['largest'] {
  return measure.largest.slice(0, input.top ?? usualTop).map((path) => ({
    path: path.path,
    ...amount(path),
    neededBy: linesOf(input.dockerfile, facts, path.sources),
  }));
}

function suggestionsOf(input: ContextInput, facts: ContextFacts): ContextReport['suggestedIgnore'] {
  if (!facts.needs.loaded || input.build.remote) return [];
  const { snapshot, build, builds, dockerfile, graph, shell } = input;
  return suggestionsFor({ snapshot, build, builds, dockerfile, graph, shell, needs: facts.needs }).map(
    ({ pattern, reason, ...own }) => ({ pattern, ...amount(own), reason }),
  );
}

/** A report, and what its text says beyond the document. */
export interface ContextDetails {
  readonly report: ContextReport;
  /** One for each of `report.explain`. */
  readonly explained: readonly Explained[];
  /** Instructions that take what cannot be known. */
  readonly unknown: readonly { readonly line: number; readonly text: string }[];
  /** What of the context could not be read; at most 100. */
  readonly unreadable: readonly UnreadPath[];
  /** BuildKit fetches the context itself. */
  readonly remote: boolean;
}

function detailsOf(input: ContextInput, facts: ContextFacts): ContextDetails {
  const { needs, measure } = facts;
  // A source that is not known is one all the same.
  const loaded = (needs.loaded || needs.unknown.length > 0) && !input.build.remote;
  const sent = loaded ? measure : undefined;
  const explained = explanations(input, { ...facts, sent: measure?.paths ?? undefined }, input.explain ?? []);
  const report: ContextReport = {
    version: 1,
    build: reportedBuild(input.build, input.builds, input.shown),
    loaded,
    errors: contextErrors(input, facts),
    all: measure?.all ?? null,
    ignored: measure?.ignored ?? null,
    sent: sentOf(input, facts),
    copies: loaded ? copiesOf(input, facts) : [],
    largest: sent === undefined ? [] : largestOf(input, facts, sent),
    unused: (sent?.unused ?? []).map((path) => ({ path: path.path, ...amount(path) })),
    suggestedIgnore: suggestionsOf(input, facts),
    explain: explained.map(({ explanation }) => explanation),
  };
  return {
    report,
    explained,
    unknown: needs.unknown.map((i) => ({ line: lineOf(input.dockerfile, i), text: i.text })),
    unreadable: measure?.unreadable ?? [],
    remote: input.build.remote,
  };
}

/** Whether a context was to be measured and was not: it is no folder, or the answer is not there yet. */
function isLacking({ query, measure }: ContextFacts): boolean {
  return query !== undefined && measure === undefined;
}

/** `contextReport` with what its text needs besides. Undefined as there. */
export function contextDetails(input: ContextInput): ContextDetails | undefined {
  const facts = contextFacts(input);
  return isLacking(facts) ? undefined : detailsOf(input, facts);
}

/**
 * What a build reads and sends of its context: the JSON document of `context`. Numbers are simulated from the files on disk as
 * BuildKit does it. Undefined where the context is no folder, or (in a tracked snapshot) not measured yet.
 */
export function contextReport(input: ContextInput): ContextReport | undefined {
  return contextDetails(input)?.report;
}

/** The report with the tree of what is sent (`input.tree` nodes of it): what an editor draws. Undefined as for `contextReport`. */
export function contextPicture(input: ContextInput): ContextPicture | undefined {
  const facts = contextFacts(input);
  if (isLacking(facts)) return undefined;
  return {
    report: detailsOf(input, facts).report,
    tree: facts.measure?.tree ?? null,
    lines: facts.useOf.map((use) => lineOf(input.dockerfile, use.instruction)),
  };
}
