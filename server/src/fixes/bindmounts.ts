import type { Dockerfile, Mount, RunInstruction } from '../syntax/dockerfile/model.js';
import type { TextEdit } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { isInside, relativePath } from '../text/paths.js';
import { span } from '../text/span.js';
import type { Manifest } from './manifests.js';

/** Whether a mount shows a file or folder of the context below the context's root. */
function showsManifest({ type, from, source }: Mount): boolean {
  return type === 'bind' && from === undefined && source !== undefined && !/^[./]*$/.test(source);
}

/** Whether the file brings manifests to its steps by bind mounts already. */
export function usesBindMounts({ instructions }: Dockerfile): boolean {
  return instructions.some((one) => one.kind === 'RUN' && one.mounts.some(showsManifest));
}

/** What stands between two flags of a RUN in this file: a blank, or a continuation and the indentation after it. */
function separator(dockerfile: Dockerfile, run: RunInstruction): string {
  const { text } = dockerfile;
  const [first, second] = run.flags;
  const gap = (from: number): string => /^(\s|[\\`][ \t]*(?=\r?\n))*/.exec(text.slice(from))?.[0] ?? '';
  // Of a single flag, what follows it shows how the next would be written.
  const written =
    first === undefined
      ? undefined
      : second === undefined
        ? gap(first.span.end)
        : text.slice(first.span.end, second.span.start);
  if (written !== undefined && /^(\s+|\s*[\\`][ \t]*(\r\n|\n)[ \t]*)$/.test(written)) return written;
  return ` ${dockerfile.escape}${dominantEol(text)}    `;
}

/**
 * Gives `run`, whose working folder is `folder`, a bind mount for each manifest; undefined where a path can't be written
 * as one.
 */
export function addBindMounts(
  dockerfile: Dockerfile,
  run: RunInstruction,
  folder: string,
  manifests: readonly Pick<Manifest, 'path' | 'target'>[],
): TextEdit | undefined {
  const between = separator(dockerfile, run);
  const flags: string[] = [];
  for (const { path, target } of manifests) {
    const place = isInside(folder, target) ? relativePath(folder, target) : target;
    if ([path, place].some((one) => /[\s,"'$\\`]/.test(one) || one.startsWith('/?'))) return undefined;
    flags.push(`--mount=type=bind,source=${path},target=${place}`);
  }
  const end = run.flags.at(-1)?.span.end ?? run.keywordSpan.end;
  const [first = '', ...rest] = flags;
  const start = run.flags.length === 0 ? ` ${first}` : `${between}${first}`;
  const body = run.flags.length === 0 ? between : '';
  const newText = `${start}${rest.map((flag) => between + flag).join('')}${body}`;
  // Without flags before, what stands between the keyword and the command is written anew.
  const from = run.flags.length === 0 ? (/^[ \t]*/.exec(dockerfile.text.slice(end))?.[0].length ?? 0) : 0;
  return { span: span(end, end + from), newText };
}
