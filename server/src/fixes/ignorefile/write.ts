import { parseIgnore } from '../../syntax/dockerignore/parse.js';
import { applyEdits } from '../../text/edit.js';
import { addLine } from '../ignore.js';
import { type Group, groups } from './model.js';

/** A line and where it belongs. */
export interface Line {
  readonly pattern: string;
  readonly group: Group;
  /** Paths it is there to hide. */
  readonly paths: readonly string[];
}

const opening = '# What this build does not need. Patterns start at the root of the build context.';

/** The text of a new ignore file. */
export function newText(lines: readonly Line[]): string {
  const blocks = groups.flatMap((group) => {
    const own = lines.filter((line) => line.group === group).map(({ pattern }) => pattern);
    return own.length === 0 ? [] : [`# ${group}\n${own.join('\n')}\n`];
  });
  return [`${opening}\n`, ...blocks].join('\n');
}

/** `text` with the lines added where they hold, and those that found a place. A file without patterns keeps its comments. */
export function withLines(
  text: string,
  lines: readonly Line[],
): { readonly text: string; readonly added: readonly Line[] } {
  let now = text;
  const added: Line[] = [];
  for (const line of lines) {
    const edit = addLine(now, line.pattern, { group: line.group, paths: line.paths });
    if (edit === undefined) continue;
    now = applyEdits(now, [edit]);
    added.push(line);
  }
  return { text: now, added };
}

/** The patterns of an ignore file's text, as BuildKit gets them. */
export function patternsIn(text: string): readonly string[] {
  return parseIgnore(text).patterns.map((pattern) => pattern.text);
}
