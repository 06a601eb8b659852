import { classify } from '../project/classify.js';
import { type Config, configOf, isExcluded } from '../project/config.js';
import { remembered, type TrackedSnapshot } from '../project/snapshot.js';
import type { RegisteredRule, RuleFinding } from '../rules/rule.js';
import { hasHistory } from '../sim/replay/replay.js';
import { hashText } from '../text/hash.js';
import { lineIndex } from '../text/lines.js';
import { type CommentedFile, composeComments, dockerfileComments, ignoreComments } from './comments.js';
import { composeContext, dockerfileContext, type Gaps, ignoreContext } from './contexts.js';
import type { Engine, FileReport, Finding, LintOptions, RuleError } from './model.js';
import { ownRules } from './own.js';
import { rebuildsOf, rebuiltBy, replayWith, wishOf } from './rebuilds.js';
import { isActive, severityOf } from './rulefilter.js';
import { suppress } from './suppress.js';

/** One file while it is linted. */
interface Job {
  readonly engine: Engine;
  readonly snapshot: TrackedSnapshot;
  readonly path: string;
  readonly text: string;
  readonly config: Config;
  readonly options: LintOptions;
}

interface RuleRuns {
  readonly findings: readonly Finding[];
  readonly errors: readonly RuleError[];
  /** Rules that came to their end with all facts they asked for. */
  readonly ran: ReadonlySet<string>;
}

function toFinding(rule: RegisteredRule, found: RuleFinding, job: Job): Finding {
  return {
    rule: rule.meta.id,
    category: rule.category,
    severity: severityOf(rule.meta, found.severity, job.config, job.options),
    message: found.message,
    at: found.at,
    related: (found.related ?? []).map((r) => ({ ...r, path: r.path ?? job.path })),
    fixes: found.fixes ?? [],
    impact: found.impact ?? null,
    pays: found.pays ?? [],
    rebuilds: null,
    tags: found.tags ?? [],
  };
}

/** A rule bound to the context it wants; undefined where the file is of another kind. */
type Bound = { readonly rule: RegisteredRule; readonly check: () => Iterable<RuleFinding> };

function runRules(rules: readonly Bound[], gaps: Gaps, job: Job): RuleRuns {
  const findings: Finding[] = [];
  const errors: RuleError[] = [];
  const ran = new Set<string>();
  for (const { rule, check } of rules) {
    const mark = gaps.mark();
    try {
      const found = [...check()];
      if (gaps.since(mark)) continue;
      ran.add(rule.meta.id);
      findings.push(...found.map((f) => toFinding(rule, f, job)));
    } catch (error) {
      // With facts lacking, what it stumbled over may be the lack.
      if (gaps.since(mark)) continue;
      errors.push({
        rule: rule.meta.id,
        path: job.path,
        fileHash: hashText(job.text),
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { findings, errors, ran };
}

function compareFindings(a: Finding, b: Finding): number {
  if (a.at.start !== b.at.start) return a.at.start - b.at.start;
  if (a.at.end !== b.at.end) return a.at.end - b.at.end;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

/** Sorted, and each said once: several definitions of one build may lead a rule to the same place twice. */
function settled(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort(compareFindings);
  return sorted.filter((f, i) => {
    const before = sorted[i - 1];
    return before === undefined || compareFindings(before, f) !== 0;
  });
}

function weighed(job: Job, runs: RuleRuns, file: CommentedFile): Pick<FileReport, 'findings' | 'suppressed'> {
  const byId = new Map(job.engine.rules.map((r) => [r.meta.id, r]));
  const known = new Set([...byId.keys(), ...ownRules.map((r) => r.meta.id)]);
  const { kept, suppressed, hints } = suppress(job.path, file, settled(runs.findings), {
    known,
    // Without its grammar a shell rule is silent, so nothing can be called unused.
    ran: job.engine.shellParser === undefined ? new Set() : runs.ran,
    byId,
  });
  const shown = hints.flatMap((hint) => {
    const own = ownRules.find((r) => r.meta.id === hint.rule);
    if (own === undefined || !isActive(own.meta, job.config, job.options)) return [];
    return [{ ...hint, severity: severityOf(own.meta, undefined, job.config, job.options) }];
  });
  return { findings: settled([...kept, ...shown]), suppressed };
}

type Judged = Pick<FileReport, 'problems' | 'findings' | 'suppressed' | 'errors' | 'builds'>;

const nothing: Judged = { problems: [], findings: [], suppressed: 0, errors: [], builds: [] };

function active(job: Job): readonly RegisteredRule[] {
  return job.engine.rules.filter((r) => isActive(r.meta, job.config, job.options));
}

function judgeDockerfile(job: Job): Judged {
  const prepared = dockerfileContext(job.engine, job.snapshot, job.path, job.options);
  if (prepared === undefined) return nothing;
  const { context, gaps } = prepared;
  const rules = active(job).flatMap((rule): Bound[] =>
    rule.kind === 'dockerfile' ? [{ rule, check: () => rule.check(context) }] : [],
  );
  const runs = runRules(rules, gaps, job);
  const { problems } = context.dockerfile;
  const file = remembered(job.snapshot, context.dockerfile, dockerfileComments);
  const { findings, suppressed } = weighed(job, runs, file);
  return {
    problems,
    findings: withRebuilds(findings, job),
    suppressed,
    errors: runs.errors,
    builds: context.builds,
  };
}

function judgeCompose(job: Job): Judged {
  const prepared = composeContext(job.snapshot, job.path);
  if (prepared === undefined) return nothing;
  const { context, gaps } = prepared;
  const rules = active(job).flatMap((rule): Bound[] =>
    rule.kind === 'compose' ? [{ rule, check: () => rule.check(context) }] : [],
  );
  const runs = runRules(rules, gaps, job);
  const { problems } = context.file;
  return {
    problems,
    ...weighed(job, runs, remembered(job.snapshot, context.file, composeComments)),
    errors: runs.errors,
    builds: [],
  };
}

function judgeIgnore(job: Job): Judged {
  const prepared = ignoreContext(job.engine, job.snapshot, job.path);
  if (prepared === undefined) return nothing;
  const { context, gaps } = prepared;
  const rules = active(job).flatMap((rule): Bound[] =>
    rule.kind === 'dockerignore' ? [{ rule, check: () => rule.check(context) }] : [],
  );
  const runs = runRules(rules, gaps, job);
  // Patterns that BuildKit refuses are the matter of a rule: only builds that read the file fail.
  return {
    ...nothing,
    ...weighed(job, runs, remembered(job.snapshot, context.ignore, ignoreComments)),
    errors: runs.errors,
  };
}

function judge(kind: FileReport['kind'], job: Job): Judged {
  if (kind === 'dockerfile') return judgeDockerfile(job);
  if (kind === 'compose') return judgeCompose(job);
  if (kind === 'dockerignore') return judgeIgnore(job);
  return nothing;
}

/** The findings of a Dockerfile with how often their steps ran again, where that is asked for. */
function withRebuilds(findings: readonly Finding[], job: Job): readonly Finding[] {
  const { engine, snapshot, path, options } = job;
  if (options.rebuilds === undefined || findings.every(({ pays }) => pays.length === 0)) return findings;
  const build = rebuiltBy(engine, snapshot, path, 'dockerfile', options);
  const wish = build === undefined ? undefined : wishOf(snapshot, options, build);
  const replay =
    build === undefined || wish === undefined || !hasHistory(snapshot, build, wish)
      ? undefined
      : replayWith(engine, snapshot, build, wish);
  if (replay === undefined) return findings;
  return findings.map((f) => (f.pays.length === 0 ? f : { ...f, rebuilds: rebuildsOf(replay, f.pays) }));
}

/**
 * All the engine has to say about the file at `path` (absolute) of `snapshot`. Never throws: a rule that does is named in
 * `errors`. Where facts are lacking, `complete` is false, the snapshot knows which, and what rests on them is left out.
 * `kind` is undefined for a file that is none of ours or that the configuration excludes.
 */
export function lintFile(
  engine: Engine,
  snapshot: TrackedSnapshot,
  path: string,
  options: LintOptions = {},
): FileReport {
  const before = snapshot.misses();
  const text = snapshot.text(path);
  const lines = lineIndex(text ?? '');
  const report = (kind: FileReport['kind'], skipped: FileReport['skipped'], judged: Judged): FileReport => ({
    path,
    kind,
    skipped,
    ...judged,
    lines,
    complete: snapshot.misses() === before,
  });
  if (text === undefined) {
    // A template is known by its name alone; anything else of ours has to be readable.
    const { kind, skipped } = classify(path, '');
    return report(kind, kind === undefined ? null : (skipped ?? 'unreadable'), nothing);
  }
  const { kind, skipped } = classify(path, text);
  if (kind === undefined) return report(undefined, null, nothing);
  const config = configOf(snapshot, path);
  // Findings shown before the configuration is known might have to be taken back.
  if (snapshot.misses() > before) return report(kind, skipped, nothing);
  if (isExcluded(config, path)) return report(undefined, null, nothing);
  if (skipped !== null) return report(kind, skipped, nothing);
  return report(kind, null, judge(kind, { engine, snapshot, path, text, config, options }));
}
