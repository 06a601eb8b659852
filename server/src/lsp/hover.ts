import type { Hover, MarkupContent, Position } from 'vscode-languageserver';
import { impactOf } from '../engine/impact.js';
import type { Finding, OfferedFix } from '../engine/model.js';
import type { Build } from '../project/build.js';
import { dirName, relativePath } from '../text/paths.js';
import { encloses } from '../text/span.js';
import type { Outcome } from './analysis.js';
import type { PatternHover } from './ignoreHover.js';
import { messageOf } from './present.js';
import { rowsText, type StepHover } from './stepHover.js';
import { fixTitle } from './titles.js';

export interface HoverDeps {
  readonly markdown: boolean;
  /** Say the finding's message too: not every editor shows diagnostics where it shows hovers. */
  readonly withMessage: boolean;
  readonly rulePage: (id: string) => Promise<string | undefined>;
  readonly rulePageUri: (id: string) => string;
  readonly fixesOf: (outcome: Outcome, finding: Finding) => readonly OfferedFix[];
}

/** The first paragraph below a heading of a rule's page; undefined where the page has no such part. */
export function pageParagraph(page: string, heading: string): string | undefined {
  const lines = page.split(/\r?\n/);
  const at = lines.findIndex(
    (line) => /^#{2,}\s/.test(line) && line.replace(/^#+\s+/, '').trim() === heading,
  );
  if (at < 0) return undefined;
  const start = lines.findIndex((line, i) => i > at && line.trim() !== '');
  if (start < 0 || /^#/.test(lines[start] ?? '')) return undefined;
  const end = lines.findIndex((line, i) => i > start && line.trim() === '');
  return lines
    .slice(start, end < 0 ? undefined : end)
    .join(' ')
    .trim();
}

async function aboutFinding(deps: HoverDeps, outcome: Outcome, finding: Finding): Promise<string[]> {
  const page = (await deps.rulePage(finding.rule)) ?? '';
  const fixes = deps.fixesOf(outcome, finding);
  const why = impactOf(finding, fixes)?.why;
  const link = deps.markdown
    ? `[${finding.rule}](${deps.rulePageUri(finding.rule)})`
    : `${finding.rule}: ${deps.rulePageUri(finding.rule)}`;
  const parts = [
    deps.withMessage ? messageOf(finding) : undefined,
    pageParagraph(page, 'Problem'),
    pageParagraph(page, 'Why it costs'),
    why === undefined || why === '' ? undefined : `How this was computed: ${why}`,
    fixes.length > 0 ? `Fix: ${fixes.map(fixTitle).join('; ')}` : undefined,
    link,
  ];
  return parts.filter((part) => part !== undefined && part !== '') as string[];
}

function buildLine(build: Build, from: string): string {
  const context = build.remote ? build.context : relativePath(from, build.context);
  const ignore = build.ignoreFile === null ? 'none' : relativePath(from, build.ignoreFile);
  const target = build.target === null ? '' : `, target ${build.target}`;
  return `context ${context}, ignore file ${ignore}${target}`;
}

/** Which build was chosen for a Dockerfile and why, and the others. */
export function aboutBuilds(outcome: Outcome): string[] {
  const [first, ...others] = outcome.report.builds;
  if (first === undefined) return [];
  const from = dirName(outcome.path);
  return [
    `Build: ${buildLine(first, from)} (${first.source})`,
    first.why,
    ...(others.length > 0 ? [`Also built by: ${others.map(({ source }) => source).join(', ')}`] : []),
  ];
}

function isBuildLine(outcome: Outcome, line: number): boolean {
  const { lines } = outcome.report;
  return line === 0 || /^\s*FROM\s/i.test(outcome.subject.text.slice(lines.start(line), lines.end(line)));
}

function markup(deps: HoverDeps, sections: readonly (readonly string[])[]): MarkupContent {
  const text = sections.map((parts) => parts.join('\n\n'));
  return deps.markdown
    ? { kind: 'markdown', value: text.join('\n\n---\n\n') }
    : { kind: 'plaintext', value: text.join('\n\n').replaceAll('`', '') };
}

/** The findings at a position. */
export function findingsAt({ report }: Outcome, position: Position): readonly Finding[] {
  const offset = report.lines.offsetAt(position);
  return report.findings.filter(({ at }) => encloses(at, { start: offset, end: offset }));
}

/** What is said at a position besides the findings there. */
export interface HoverParts {
  /** What a line of an ignore file does. */
  readonly pattern?: PatternHover | undefined;
  /** What a step depends on and costs. */
  readonly step?: StepHover | undefined;
}

/**
 * What is said at a position: what a line of an ignore file does, the findings there, what a step depends on and costs,
 * and on a FROM line (or the first) the build. Null for silence.
 */
export async function hoverAt(
  deps: HoverDeps,
  outcome: Outcome,
  position: Position,
  { pattern, step }: HoverParts = {},
): Promise<Hover | null> {
  const { lines } = outcome.report;
  const here = findingsAt(outcome, position);
  const sections: string[][] = pattern === undefined ? [] : [[...pattern.paragraphs]];
  for (const finding of here) sections.push(await aboutFinding(deps, outcome, finding));
  if (step !== undefined) sections.push([rowsText(step, deps.markdown)]);
  if (isBuildLine(outcome, position.line)) {
    const builds = aboutBuilds(outcome);
    if (builds.length > 0) sections.push(builds);
  }
  if (sections.length === 0) return null;
  const at = pattern?.span ?? here[0]?.at ?? step?.span;
  return {
    contents: markup(deps, sections),
    ...(at === undefined ? {} : { range: lines.rangeOf(at) }),
  };
}
