import type { Config } from '../project/config.js';
import type { RegisteredRule } from '../rules/rule.js';
import { dirName, isInside } from '../text/paths.js';
import type { Outcome } from './analysis.js';
import type { Status } from './protocol.js';

/** Lines of trouble kept. */
const kept = 50;

/** What went wrong and how long things took, for the log, the status and debug information. */
export interface Health {
  /** A request or background job that failed. Says so once a cause. */
  failed(what: string, uri: string, error: unknown): void;
  ran(outcome: Outcome, milliseconds: number): void;
  errors(): readonly string[];
  timings(): readonly { readonly rule: string; readonly ms: number; readonly runs: number }[];
  /** The rules, each with a clock around it. A rule that throws does so as before. */
  timed(rules: readonly RegisteredRule[]): readonly RegisteredRule[];
}

export interface HealthDeps {
  readonly now: () => number;
  readonly log: (level: 'error' | 'warning' | 'info', message: string) => void;
  readonly send: (status: Status) => void;
  /** Hash of a document's text, for the log; undefined where there is none. */
  readonly hashOf: (uri: string) => string | undefined;
}

/** The health of one session. */
export function createHealth(deps: HealthDeps): Health {
  const errors: string[] = [];
  const seen = new Set<string>();
  const timings = new Map<string, { ms: number; runs: number }>();
  const configProblems = new Map<string, readonly string[]>();
  let last = { lastRunMs: 0, uri: '' };
  let sent = '';
  let sentAt = Number.NEGATIVE_INFINITY;

  const note = (cause: string, logged: string): boolean => {
    if (seen.has(cause)) return false;
    seen.add(cause);
    errors.push(cause);
    if (errors.length > kept) errors.shift();
    deps.log('error', logged);
    return true;
  };
  const noteConfig = (path: string, { path: file, root, problems }: Config): void => {
    // The nearest configuration counts: one between it and the document is there no more.
    for (const other of [...configProblems.keys()]) {
      const folder = dirName(other);
      if (other !== file && isInside(root, folder) && isInside(folder, path)) configProblems.delete(other);
    }
    if (file === undefined) return;
    const lines = problems.map(({ message }) => `${file}: ${message}`);
    const known = configProblems.get(file) ?? [];
    for (const line of lines) if (!known.includes(line)) deps.log('warning', line);
    configProblems.set(file, lines);
  };
  const tell = (): void => {
    const problems = [...configProblems.values()].flat();
    const state = errors.length + problems.length > 0 ? 'problem' : 'ok';
    const status: Status = { state, ...last, errors: [...errors], configProblems: problems };
    const key = JSON.stringify([status.errors, status.configProblems]);
    // Times change with each key pressed: once a second is enough of them.
    if (key === sent && deps.now() - sentAt < 1000) return;
    sent = key;
    sentAt = deps.now();
    deps.send(status);
  };
  return {
    failed(what, uri, error) {
      const message = error instanceof Error ? error.message : String(error);
      const stack = error instanceof Error ? `\n${error.stack ?? ''}` : '';
      const hash = deps.hashOf(uri);
      if (note(`${what}: ${message}`, `${what} failed (file ${hash ?? 'unknown'}): ${message}${stack}`))
        tell();
    },
    ran(outcome, milliseconds) {
      last = { lastRunMs: milliseconds, uri: outcome.subject.uri };
      for (const { rule, fileHash, message } of outcome.report.errors) {
        note(`${rule}: ${message}`, `rule ${rule} failed (file ${fileHash}): ${message}`);
      }
      if (outcome.config !== undefined) noteConfig(outcome.path, outcome.config);
      tell();
    },
    errors: () => [...errors],
    timings: () =>
      [...timings].map(([rule, { ms, runs }]) => ({ rule, ms, runs })).sort((a, b) => b.ms - a.ms),
    timed: (rules) => rules.map((rule) => timedRule(rule, deps.now, timings)),
  };
}

function timedRule(
  rule: RegisteredRule,
  now: () => number,
  timings: Map<string, { ms: number; runs: number }>,
): RegisteredRule {
  const clock = <C, F>(check: (context: C) => Iterable<F>) =>
    function* timedCheck(context: C): Iterable<F> {
      const sum = timings.get(rule.meta.id) ?? { ms: 0, runs: 0 };
      timings.set(rule.meta.id, sum);
      const start = now();
      try {
        yield* check(context);
      } finally {
        sum.ms += now() - start;
        sum.runs++;
      }
    };
  switch (rule.kind) {
    case 'dockerfile':
      return { ...rule, check: clock(rule.check) };
    case 'compose':
      return { ...rule, check: clock(rule.check) };
    case 'dockerignore':
      return { ...rule, check: clock(rule.check) };
  }
}
