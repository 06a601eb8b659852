import { type ContextView, contextView } from '../project/context.js';
import { cleanSource } from '../project/tree.js';
import { explainPath } from '../sim/context/explain.js';
import { type ContextFacts, type ContextInput, lineOf } from './contextInput.js';
import type { Explanation } from './contextModel.js';
import { linesText } from './layout.js';
import { printable } from './names.js';

/** An explanation, and what a sentence about it needs besides. */
export interface Explained {
  readonly explanation: Explanation;
  /** The ignore file keeps it out. */
  readonly hidden: boolean;
  /** The ignore file keeps it out, but something below is let in again and sent. */
  readonly partly: boolean;
  /** No step is known to take it, but some take what depends on values that are not known. */
  readonly unsure: boolean;
  /** Why every build with this context fails before a path counts; undefined where it does not. */
  readonly broken: string | undefined;
}

/** What an explanation rests on. */
export interface ExplainFacts extends Pick<ContextFacts, 'needs' | 'ignore'> {
  /** What is sent, in wire order, where it is known: then it decides what is in the build. */
  readonly sent?: readonly string[] | undefined;
}

/** Whether `path` goes on the wire; without a list of what does: whether nothing hides it and something asks for it. */
function isSent(facts: ExplainFacts, path: string, exists: boolean, asked: boolean): boolean {
  const { sent, needs } = facts;
  if (sent === undefined || !exists) return asked || (needs.loaded && needs.follow === null);
  return path === '.' || sent.includes(path) || sent.includes(`${path}/`);
}

function explain(input: ExplainInput, facts: ExplainFacts, view: ContextView, written: string): Explained {
  const path = cleanSource(written);
  const { included, by, copiedBy } = explainPath(view, facts.needs.uses, path);
  const { parsed, file } = facts.ignore;
  const exists = view.exists(path);
  const lines = copiedBy.map((use) => lineOf(input.dockerfile, use.instruction));
  return {
    explanation: {
      path,
      exists,
      included: included && isSent(facts, path, exists, copiedBy.length > 0),
      pattern: by === undefined ? null : (parsed?.text.slice(by.span.start, by.span.end) ?? by.text),
      ignoreFile: by === undefined || file === null ? null : input.shown(file),
      line: by?.line ?? null,
      copiedBy: [...new Set(lines)].sort((a, b) => a - b),
    },
    hidden: !included,
    partly: !included && facts.sent?.includes(`${path}/`) === true,
    unsure: included && lines.length === 0 && facts.needs.unknown.length > 0,
    broken: view.error,
  };
}

export type ExplainInput = Pick<ContextInput, 'snapshot' | 'build' | 'dockerfile' | 'shown'>;

/** Why each of `paths` (relative to the context) is in or out of the build; empty for a remote context. */
export function explanations(
  input: ExplainInput,
  facts: ExplainFacts,
  paths: readonly string[],
): readonly Explained[] {
  if (paths.length === 0) return [];
  const view = contextView(input.snapshot, input.build);
  return view === undefined ? [] : paths.map((path) => explain(input, facts, view, path));
}

function decision({ explanation: x, hidden, partly }: Explained): string {
  const place =
    x.line === null
      ? ''
      : `line ${x.line + 1} of ${x.ignoreFile ?? 'the ignore file'} (${printable(x.pattern ?? '')})`;
  if (hidden)
    return `${place} keeps it out${partly ? ', though an exception lets in some of what lies below' : ''}`;
  const lets = place === '' ? '' : `, and ${place} lets it in again`;
  if (x.copiedBy.length > 0) {
    return `${linesText(x.copiedBy)} of the Dockerfile ${x.copiedBy.length === 1 ? 'takes' : 'take'} it${lets}`;
  }
  return x.included
    ? `it is sent, though no COPY, ADD or bind mount of this build takes it${lets}`
    : 'no COPY, ADD or bind mount of this build takes it';
}

/** One or two sentences that say why a path is in or out of the build. */
export function explanationText(explained: Explained): string {
  const { explanation, unsure, broken } = explained;
  const name = printable(explanation.path);
  const why = decision(explained);
  if (unsure && explanation.exists && !explanation.included)
    return `It is not known whether ${name} is in the build: ${why} by name, and some copy what depends on a value that is not known.`;
  const text = explanation.exists
    ? `${name} is ${explanation.included ? 'in' : 'not in'} the build: ${why}.`
    : `There is no ${name} in the context. If there were: ${why}.`;
  return broken === undefined ? text : `${text} But as the ignore file is, every build fails.`;
}
