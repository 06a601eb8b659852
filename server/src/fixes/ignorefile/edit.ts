import type { Snapshot } from '../../project/snapshot.js';
import { ignorePatternsOf } from '../../sim/context/query.js';
import type { Change } from '../../text/edit.js';
import { lineEdits } from '../../text/lineDiff.js';
import { joinPath } from '../../text/paths.js';
import { copiesItself, type Scene } from './candidates.js';
import type { IgnoreInput } from './model.js';
import { isThere } from './survey.js';
import { type Line, newText, withLines } from './write.js';

/** An ignore file with lines added, new or not. */
export interface IgnoreDraft {
  readonly path: string;
  /** The whole text. */
  readonly text: string;
  readonly creates: boolean;
  /** Lines that found their place, the one for the new file itself included. */
  readonly lines: readonly Line[];
}

/**
 * The ignore file that decides for a build with `lines` added; a new one in the root of the context where there is none.
 * Undefined where something of that name is there that BuildKit does not read: a folder, a link that leads nowhere.
 */
export function draftWith(input: IgnoreInput, scene: Scene, lines: readonly Line[]): IgnoreDraft | undefined {
  const { snapshot, build } = input;
  const { file, ignore } = ignorePatternsOf(snapshot, build);
  if (file !== null && ignore !== undefined) {
    const { text, added } = withLines(ignore.text, lines);
    return { path: file, text, creates: false, lines: added };
  }
  if (isThere(scene.survey, '.dockerignore')) return undefined;
  // What it hides would otherwise be all that is new in the image.
  const own: readonly Line[] = copiesItself(scene, '.dockerignore')
    ? [{ pattern: '.dockerignore', group: 'Read by Docker itself', paths: [] }]
    : [];
  const all = [...lines, ...own];
  return { path: joinPath(build.context, '.dockerignore'), text: newText(all), creates: true, lines: all };
}

/** The change that writes an ignore file: a new file, or the lines that are new in one that is there. */
export function changeTo(snapshot: Snapshot, path: string, text: string): Change {
  const before = snapshot.text(path);
  return before === undefined
    ? { kind: 'create', path, text }
    : { kind: 'edit', path, edits: lineEdits(before, text) };
}
