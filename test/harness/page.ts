/** Reads rule pages: prose for people, and cases that run. See ARCHITECTURE.md and CONTRIBUTING.md for the format. */

export interface Marker {
  /** 0-based line of the file block it was written in, its own line. */
  readonly blockLine: number;
  /** 0-based, in the text without markers. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** How many more lines the finding goes on; its end column is not stated then. */
  readonly moreLines: number;
  readonly severity: string;
  readonly rule: string;
  /** Part of the message, as the page states it. */
  readonly part: string | undefined;
  /** Applicability of the first fix; undefined where no fix is expected. */
  readonly fix: 'safe' | 'unsafe' | 'manual' | undefined;
}

export interface FileBlock {
  readonly path: string;
  /** As written, markers included. */
  readonly raw: string;
  /** Without marker lines: what is linted. */
  readonly text: string;
  readonly markers: readonly Marker[];
  /** 0-based lines of the page: the first of its body, and the closing fence. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

export interface PageCase {
  readonly name: string;
  /** 1-based line of its heading. */
  readonly line: number;
  readonly files: readonly FileBlock[];
  readonly after: readonly FileBlock[];
  readonly tree: string;
  /** Commits, one a line; undefined where git is not asked. */
  readonly history: string | undefined;
}

export interface Page {
  readonly path: string;
  /** The rule it is about: the file's name. */
  readonly rule: string;
  readonly lines: readonly string[];
  readonly prose: readonly { readonly heading: string; readonly text: string }[];
  readonly cases: readonly PageCase[];
  /** What cannot be read. */
  readonly errors: readonly string[];
}

/** The headings every page of docs/rules has, in this order, before its cases. */
export const proseHeadings = ['Problem', 'Why it costs', 'Fix', 'When not to'] as const;

const markerPattern =
  /^(\s*)(\^+)(?:\+(\d+))?\s+(error|warning|information|hint)\[([\w-]+)\](?:\s+"(.*)")?(?:\s+(?:(safe|unsafe|manual)\s+)?(fix))?\s*$/;
/** Carets alone on their line, which nobody writes in a Dockerfile or a compose file by accident. */
const markerLike = /^\s*\^+(?:\+\d+)?(?:\s|$)/;
const fileIntro = /^`([^`]+)`( after the fix)?:$/;

function applicability(word: string | undefined, fix: string | undefined): Marker['fix'] {
  if (fix === undefined) return undefined;
  return word === 'unsafe' || word === 'manual' ? word : 'safe';
}

/** Takes the marker lines out of a block's body. */
export function readMarkers(raw: string): { text: string; markers: Marker[]; errors: string[] } {
  const kept: string[] = [];
  const markers: Marker[] = [];
  const errors: string[] = [];
  for (const [blockLine, line] of raw.split('\n').entries()) {
    const match = markerPattern.exec(line);
    if (match === null) {
      if (markerLike.test(line)) errors.push(`"${line.trim()}" is no marker`);
      kept.push(line);
      continue;
    }
    if (kept.length === 0) errors.push('a marker stands above the first line');
    const start = match[1]?.length ?? 0;
    markers.push({
      blockLine,
      line: kept.length - 1,
      start,
      end: start + (match[2]?.length ?? 0),
      moreLines: Number(match[3] ?? 0),
      severity: match[4] ?? '',
      rule: match[5] ?? '',
      part: match[6],
      fix: applicability(match[7], match[8]),
    });
  }
  return { text: kept.join('\n'), markers, errors };
}

interface Section {
  readonly heading: string;
  readonly line: number;
  readonly blocks: FileBlock[];
  readonly after: FileBlock[];
  readonly text: string[];
}

interface Fence {
  readonly body: string;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

function fenceAfter(lines: readonly string[], from: number): Fence | undefined {
  let at = from;
  while (lines[at]?.trim() === '') at++;
  const mark = /^(`{3,}|~{3,})/.exec(lines[at] ?? '')?.[1];
  if (mark === undefined) return undefined;
  let end = at + 1;
  while (end < lines.length && lines[end]?.trimEnd() !== mark) end++;
  const body = lines.slice(at + 1, end);
  return { body: body.length === 0 ? '' : `${body.join('\n')}\n`, bodyStart: at + 1, bodyEnd: end };
}

function fillSections(lines: readonly string[], errors: string[]): Section[] {
  const sections: Section[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const heading = /^## (.+?)\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      sections.push({ heading, line: i + 1, blocks: [], after: [], text: [] });
      continue;
    }
    const section = sections.at(-1);
    const intro = fileIntro.exec(line);
    const fence =
      intro === null && !/^(?:`{3,}|~{3,})/.test(line)
        ? undefined
        : fenceAfter(lines, intro === null ? i : i + 1);
    if (fence === undefined) {
      if (intro !== null) errors.push(`line ${i + 1}: no block follows`);
      section?.text.push(line);
      continue;
    }
    if (intro?.[1] !== undefined && section !== undefined) {
      const read = readMarkers(fence.body);
      errors.push(...read.errors.map((e) => `line ${fence.bodyStart + 1}: ${e}`));
      const block: FileBlock = {
        path: intro[1],
        raw: fence.body,
        ...read,
        bodyStart: fence.bodyStart,
        bodyEnd: fence.bodyEnd,
      };
      (intro[2] === undefined ? section.blocks : section.after).push(block);
    } else {
      section?.text.push(...lines.slice(i, fence.bodyEnd + 1));
    }
    i = fence.bodyEnd;
  }
  return sections;
}

function toCase(section: Section): PageCase {
  const special = (name: string): string | undefined => section.blocks.find((b) => b.path === name)?.text;
  return {
    name: section.heading,
    line: section.line,
    files: section.blocks.filter((b) => b.path !== '.tree' && b.path !== '.history'),
    after: section.after,
    tree: special('.tree') ?? '',
    history: special('.history'),
  };
}

/** The page at `path` (its name without `.md` is the rule). */
export function readPage(path: string, content: string): Page {
  const lines = content.replace(/\r\n/g, '\n').split('\n');
  const errors: string[] = [];
  const sections = fillSections(lines, errors);
  const isProse = (s: Section): boolean => (proseHeadings as readonly string[]).includes(s.heading);
  const cases = sections.filter((s) => !isProse(s)).map(toCase);
  for (const c of cases) {
    if (c.files.length === 0) errors.push(`line ${c.line}: case "${c.name}" has no file`);
  }
  return {
    path,
    rule: path.replace(/^.*\//, '').replace(/\.md$/, ''),
    lines,
    prose: sections.filter(isProse).map((s) => ({ heading: s.heading, text: s.text.join('\n').trim() })),
    cases,
    errors,
  };
}
