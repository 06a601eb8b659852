import { dockerfileContext, ignoreContext } from '../../server/src/engine/contexts.js';
import { fixAll, maxPasses } from '../../server/src/engine/fixall.js';
import { ignoreHere } from '../../server/src/engine/ignore-here.js';
import type { Engine, FileReport, Finding, LintOptions } from '../../server/src/engine/model.js';
import { overlaySnapshot } from '../../server/src/engine/overlay.js';
import { ownRules } from '../../server/src/engine/own.js';
import { lintFile } from '../../server/src/engine/run.js';
import { verifyFix } from '../../server/src/engine/verify.js';
import type { TrackedSnapshot } from '../../server/src/project/snapshot.js';
import type { RuleMeta } from '../../server/src/rules/rule.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { contextQuery } from '../../server/src/sim/context/query.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { joinPath } from '../../server/src/text/paths.js';
import { compareMarkers } from './expect.js';
import { memorySnapshot, root } from './memfs.js';
import type { FileBlock, PageCase } from './page.js';

const options: LintOptions = { profile: 'everything', rebuilds: { measured: {} } };

/** One case as the engine sees it. */
export interface Run {
  readonly engine: Engine;
  readonly meta: RuleMeta;
  readonly case: PageCase;
  readonly snapshot: TrackedSnapshot;
  /** Every file of the case that is ours, linted with all rules. */
  readonly reports: readonly FileReport[];
}

/** Texts by path as the case states them. */
export function caseFiles(c: PageCase): Record<string, string> {
  return Object.fromEntries(c.files.map((f) => [f.path, f.text]));
}

/** Lints the files of a case, or variants of them. */
export function runCase(
  engine: Engine,
  meta: RuleMeta,
  c: PageCase,
  files: Record<string, string> = caseFiles(c),
): Run {
  const snapshot = memorySnapshot(files, c.tree, [root], c.history);
  const reports = c.files
    .map((f) => lintFile(engine, snapshot, joinPath(root, f.path), options))
    .filter((r) => r.kind !== undefined);
  return { engine, meta, case: c, snapshot, reports };
}

/** The findings of the page's own rule. */
export function ownFindings(run: Run, report: FileReport): readonly Finding[] {
  return report.findings.filter((f) => f.rule === run.meta.id);
}

function blockOf(run: Run, report: FileReport): FileBlock | undefined {
  return run.case.files.find((f) => joinPath(root, f.path) === report.path);
}

/** Markers and findings of the page's rule match one to one; no rule throws. */
export function checkMarkers(run: Run): string[] {
  const complaints = run.reports.flatMap((report) => {
    const block = blockOf(run, report);
    return block === undefined ? [] : compareMarkers(block, report, ownFindings(run, report));
  });
  const linted = new Set(run.reports.map((r) => r.path));
  for (const file of run.case.files) {
    const foreign = file.markers.find((m) => m.rule !== run.meta.id);
    if (foreign !== undefined) complaints.push(`${file.path}: a marker for another rule, ${foreign.rule}`);
    if (!linted.has(joinPath(root, file.path)) && file.markers.length > 0) {
      complaints.push(`${file.path}: marked, but Plimsoll does not lint this file`);
    }
  }
  const errors = run.reports.flatMap((r) => r.errors);
  return [...complaints, ...errors.map((e) => `${e.rule} throws: ${e.message}`)];
}

/** Where `${…}` of a message does not come from the case itself, a template was left unfilled. */
function phraseComplaint(what: string, text: string, run: Run, stop: boolean): string | undefined {
  const known = run.case.files.map((f) => f.text).join('\n');
  const unfilled = [...text.matchAll(/\$\{[^}]*\}?/g)].find((m) => !known.includes(m[0]));
  if (unfilled !== undefined) return `${what} has an unfilled ${unfilled[0]}: ${text}`;
  if (/\b(?:undefined|NaN)\b|\[object /.test(text))
    return `${what} has a value that was never there: ${text}`;
  if (!/^[`"'A-Z0-9]/.test(text) || text.trim().split(/\s+/).length < 2)
    return `${what} is no full phrase: "${text}"`;
  if (stop !== /[.?!]$/.test(text))
    return `${what} ${stop ? 'does not end' : 'ends'} in a full stop: "${text}"`;
  return undefined;
}

/** Messages and titles are full phrases; fixes are what the metadata says. */
export function checkWords(run: Run): string[] {
  return run.reports
    .flatMap((report) =>
      ownFindings(run, report).flatMap((f) => [
        ...[phraseComplaint('the message', f.message, run, true)],
        ...f.related.map((r) => phraseComplaint('a related message', r.message, run, true)),
        ...f.fixes.map((x) => phraseComplaint('a title', x.title, run, false)),
        run.meta.fixes === 'never' && f.fixes.length > 0
          ? 'the metadata says it never fixes, but a fix is offered'
          : undefined,
        run.meta.fixes === 'always' && f.fixes.length === 0
          ? 'the metadata says it always fixes, but no fix is offered'
          : undefined,
        severities(run.meta).includes(f.severity)
          ? undefined
          : `severity ${f.severity} is not in the metadata`,
      ]),
    )
    .filter((c) => c !== undefined);
}

function severities(meta: RuleMeta): readonly string[] {
  return typeof meta.severity === 'string' ? [meta.severity] : meta.severity;
}

/** Every fix offered holds: parses, the finding is gone, nothing new. */
export function checkFixesHold(run: Run): string[] {
  return run.reports.flatMap((report) =>
    ownFindings(run, report).flatMap((finding) =>
      finding.fixes.flatMap((fix) => {
        const verdict = verifyFix(run.engine, run.snapshot, report, finding, fix, options);
        return verdict.ok ? [] : [`"${fix.title}" does not hold: ${verdict.reason}`];
      }),
    ),
  );
}

/** Bytes BuildKit transfers for the deciding build of a Dockerfile, or the first build that reads an ignore file; undefined where it loads no context. */
function transferred(run: Run, snapshot: TrackedSnapshot, path: string): number | undefined {
  const ignored = path.endsWith('.dockerignore') ? ignoreContext(run.engine, snapshot, path) : undefined;
  const dockerfilePath = ignored === undefined ? path : (ignored.context.builds[0]?.dockerfile ?? path);
  const context = dockerfileContext(run.engine, snapshot, dockerfilePath, options)?.context;
  if (context === undefined) return undefined;
  const { build, graph, dockerfile } = context;
  const query = contextQuery(snapshot, build, contextNeeds(graph, dockerfile));
  return query === undefined ? undefined : snapshot.measure(query)?.sent.wireBytes;
}

/** Where a finding shows bytes saved, measuring again after its first fix gives exactly that difference, and never more bytes. */
export function checkSaved(run: Run): string[] {
  return run.reports.flatMap((report) =>
    ownFindings(run, report).flatMap((finding) => {
      const saved = finding.impact?.bytesSaved;
      const fix = finding.fixes[0];
      if (saved === undefined || saved === null || fix === undefined) return [];
      const verdict = verifyFix(run.engine, run.snapshot, report, finding, fix, options);
      if (!verdict.ok) return [];
      const before = transferred(run, run.snapshot, report.path);
      const after = transferred(run, overlaySnapshot(run.snapshot, verdict.outcome.texts), report.path);
      if (before === undefined || after === undefined) return [`"${fix.title}": nothing to measure`];
      const difference = before - after;
      return [
        difference === saved.value ? [] : [`"${fix.title}" saves ${difference} bytes, not ${saved.value}`],
        difference >= 0 ? [] : [`"${fix.title}" makes the context larger`],
        saved.low <= saved.value && saved.value <= saved.high
          ? []
          : [`"${fix.title}": bounds that do not hold`],
        saved.source === '' ? [`"${fix.title}": a number without a source`] : [],
      ].flat();
    }),
  );
}

/** All fixes of the page's rule applied to every file of the case, file by file: changed texts by absolute path. */
export function fixedTexts(run: Run): { texts: ReadonlyMap<string, string>; complaints: readonly string[] } {
  const texts = new Map<string, string>();
  const complaints: string[] = [];
  for (const { path } of run.reports) {
    const now = overlaySnapshot(run.snapshot, new Map(texts));
    // The engine's own rules judge what the others did, so those have to run too.
    const own = ownRules.some((r) => r.meta.id === run.meta.id);
    const only = own ? {} : { only: [run.meta.id] };
    const fix = { ...options, ...only, fixes: 'unsafe' } as const;
    const fixed = fixAll(run.engine, now, path, fix);
    for (const [file, text] of fixed.texts) texts.set(file, text);
    if (!fixed.converged) complaints.push(`${path}: fixes go on after ${maxPasses} passes`);
    const again = fixAll(run.engine, overlaySnapshot(run.snapshot, new Map(texts)), path, fix);
    if (again.texts.size > 0) complaints.push(`${path}: applying the fixes again changes more`);
  }
  return { texts, complaints };
}

/** Fixes converge, and leave what the page says. */
export function checkAfter(run: Run): string[] {
  const { texts, complaints } = fixedTexts(run);
  const stated = run.case.after.flatMap((block) => {
    const path = joinPath(root, block.path);
    const got = texts.get(path);
    if (got === undefined) return [`${block.path}: stated after the fix, but no fix changes it`];
    return got === block.text ? [] : [`${block.path} after the fix is not what the page says, but:\n${got}`];
  });
  const silent =
    run.case.after.length === 0
      ? []
      : [...texts.keys()]
          .filter((path) => !run.case.after.some((b) => joinPath(root, b.path) === path))
          .map((path) => `${path}: changed by the fix, but the page does not say so`);
  return [...complaints, ...stated, ...silent];
}

/** A way to write the same file. */
interface Variant {
  readonly name: string;
  readonly apply: (text: string) => string;
  /** Offset in the variant of what stands at `offset` of the text. */
  readonly map: (text: string, offset: number) => number;
}

const variants: readonly Variant[] = [
  {
    name: 'CRLF',
    apply: (text) => text.replace(/\r?\n/g, '\r\n'),
    map: (text, offset) => offset + (text.slice(0, offset).match(/(?<!\r)\n/g)?.length ?? 0),
  },
  { name: 'a BOM', apply: (text) => `\uFEFF${text}`, map: (_, offset) => offset + 1 },
  {
    name: 'no final newline',
    apply: (text) => text.replace(/\n+$/, ''),
    map: (text, offset) => Math.min(offset, text.replace(/\n+$/, '').length),
  },
];

function shape(finding: Finding, start: number, end: number): string {
  return `${finding.severity} ${start}-${end} ${finding.message} ${finding.fixes.map((f) => `${f.applicability} ${f.title}`).join(' | ')}`;
}

/** The same case written otherwise gives the same findings, and fixes that keep the style. */
export function checkVariants(run: Run): string[] {
  const before = fixedTexts(run).texts;
  const linted = new Set(run.reports.map((r) => r.path));
  return variants.flatMap((variant) => {
    const files = Object.fromEntries(
      run.case.files.map((f) => [
        f.path,
        linted.has(joinPath(root, f.path)) ? variant.apply(f.text) : f.text,
      ]),
    );
    const other = runCase(run.engine, run.meta, run.case, files);
    const complaints = run.reports.flatMap((report, i) => {
      const text = blockOf(run, report)?.text ?? '';
      const map = (offset: number): number => variant.map(text, offset);
      const wanted = ownFindings(run, report).map((f) => shape(f, map(f.at.start), map(f.at.end)));
      const otherReport = other.reports[i];
      const got =
        otherReport === undefined
          ? []
          : ownFindings(other, otherReport).map((f) => shape(f, f.at.start, f.at.end));
      return wanted.join('\n') === got.join('\n')
        ? []
        : [`with ${variant.name} the findings differ:\n${wanted.join('\n')}\nbecame\n${got.join('\n')}`];
    });
    const after = fixedTexts(other).texts;
    for (const [path, text] of before) {
      const wanted = linted.has(path) ? variant.apply(text) : text;
      if (after.get(path) !== wanted) {
        complaints.push(
          `with ${variant.name} the fix leaves ${path} as\n${JSON.stringify(after.get(path))}\nnot\n${JSON.stringify(wanted)}`,
        );
      }
    }
    return complaints;
  });
}

/** An inserted comment silences exactly that finding (and those of the same rule that share its instruction or line). */
export function checkIgnore(run: Run): string[] {
  return run.reports.flatMap((report) =>
    ownFindings(run, report).flatMap((finding) => {
      const edit = ignoreHere(run.snapshot, report, finding);
      const text = run.snapshot.text(report.path);
      if (edit === undefined || text === undefined) return [`no comment can silence "${finding.message}"`];
      const overlay = overlaySnapshot(run.snapshot, new Map([[report.path, applyEdits(text, [edit])]]));
      const after = lintFile(run.engine, overlay, report.path, options);
      const together = (other: Finding): boolean =>
        other.rule === finding.rule &&
        ignoreHere(run.snapshot, report, other)?.span.start === edit.span.start;
      return ignoreComplaints(report, after, finding, together);
    }),
  );
}

function ignoreComplaints(
  before: FileReport,
  after: FileReport,
  target: Finding,
  together: (other: Finding) => boolean,
): string[] {
  const key = (f: Finding): string => `${f.rule}: ${f.message}`;
  const left = after.findings.map(key);
  const complaints: string[] = [];
  for (const finding of before.findings.filter((f) => !together(f))) {
    const index = left.indexOf(key(finding));
    if (index >= 0) left.splice(index, 1);
    else complaints.push(`ignoring "${target.message}" silences "${finding.message}" too`);
  }
  return [...complaints, ...left.map((k) => `with "${target.message}" ignored there is still or newly ${k}`)];
}
