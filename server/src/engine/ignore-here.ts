import type { TrackedSnapshot } from '../project/snapshot.js';
import { parseCompose } from '../syntax/compose/parse.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { parseIgnore } from '../syntax/dockerignore/parse.js';
import type { TextEdit } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { type CommentedFile, composeComments, dockerfileComments, ignoreComments } from './comments.js';
import type { FileReport, Finding } from './model.js';
import { readSuppression } from './suppress.js';

function commentedFile(snapshot: TrackedSnapshot, report: FileReport): CommentedFile | undefined {
  if (report.kind === 'dockerfile') {
    const file = snapshot.parse(report.path, parseDockerfile);
    return file === undefined ? undefined : dockerfileComments(file);
  }
  if (report.kind === 'dockerignore') {
    const file = snapshot.parse(report.path, parseIgnore);
    return file === undefined ? undefined : ignoreComments(file);
  }
  if (report.kind !== 'compose') return undefined;
  const file = snapshot.parse(report.path, parseCompose);
  return file === undefined ? undefined : composeComments(file);
}

/** Adds `rule` to a suppression that stands right above `line`; undefined where there is none. */
function joined(file: CommentedFile, line: number, rule: string): TextEdit | undefined {
  for (const comment of file.comments) {
    if (!comment.alone || comment.line !== line - 1) continue;
    const suppression = readSuppression(comment);
    const last = suppression?.ids?.at(-1);
    if (suppression === undefined || suppression.wholeFile || last === undefined) continue;
    return { span: { start: last.span.end, end: last.span.end }, newText: `, ${rule}` };
  }
  return undefined;
}

/**
 * The edit that makes `finding` of `report` silent by a comment on the line above (with the same indentation, above the
 * whole instruction in a Dockerfile), or by adding its rule to the suppression that stands there. Undefined for files
 * whose comments Plimsoll does not read.
 */
export function ignoreHere(
  snapshot: TrackedSnapshot,
  report: FileReport,
  finding: Finding,
): TextEdit | undefined {
  const file = commentedFile(snapshot, report);
  if (file === undefined) return undefined;
  const line = file.anchorLine(finding.at);
  const more = joined(file, line, finding.rule);
  if (more !== undefined) return more;
  const start = file.lines.start(line);
  const at = file.text.charCodeAt(start) === 0xfeff ? start + 1 : start;
  // An indented `#` starts no comment in an ignore file.
  const indent = report.kind === 'dockerignore' ? '' : /^[ \t]*/.exec(file.text.slice(at))?.[0];
  const comment = `${indent ?? ''}# plimsoll: ignore[${finding.rule}]${dominantEol(file.text)}`;
  return { span: { start: at, end: at }, newText: comment };
}
