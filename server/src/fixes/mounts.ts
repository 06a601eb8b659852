import type { Dockerfile, EnvInstruction, Mount, RunInstruction } from '../syntax/dockerfile/model.js';
import type { TextEdit } from '../text/edit.js';
import { dominantEol } from '../text/lines.js';
import { span } from '../text/span.js';
import { blockOf, removalOf } from './dockerfile.js';

/** Longest line that a flag is put on. */
const WIDTH = 100;

/** The indentation of the lines a RUN goes on with; four blanks where it has one line. */
function indentOf(dockerfile: Dockerfile, run: RunInstruction): string {
  const { text, lines } = dockerfile;
  const first = lines.positionAt(run.span.start).line;
  const last = lines.positionAt(Math.max(run.span.start, run.span.end - 1)).line;
  for (let line = first + 1; line <= last; line++) {
    const found = /^([ \t]+)[^\s#]/.exec(text.slice(lines.start(line), lines.end(line)));
    if (found !== null) return found[1] ?? '';
  }
  return '    ';
}

/** Puts flags behind RUN, or behind those it has, in the way it is written: on one line, or one below the other. */
export function insertFlags(dockerfile: Dockerfile, run: RunInstruction, flags: readonly string[]): TextEdit {
  const { text } = dockerfile;
  const last = run.flags.at(-1);
  const at = last?.span.end ?? run.keywordSpan.end;
  const next = `${dockerfile.escape}${dominantEol(text)}${indentOf(dockerfile, run)}`;
  if (last !== undefined) {
    const from = run.flags.at(-2)?.span.end ?? run.keywordSpan.end;
    const between = text.slice(from, last.span.start);
    const isBroken = /\n/.test(between) || /^[ \t]*[\\`][ \t]*\r?\n/.test(text.slice(at));
    const gap = isBroken ? ` ${next}` : ' ';
    return { span: span(at, at), newText: flags.map((flag) => gap + flag).join('') };
  }
  const line = dockerfile.lines.positionAt(at).line;
  const rest = text.slice(at, dockerfile.lines.end(line));
  const isBroken = /^[ \t]*[\\`][ \t]*$/.test(rest);
  const goesOn = run.form !== 'heredoc' && text.slice(at, run.span.end).includes('\n');
  const long = run.keyword.length + flags.join(' ').length + rest.length > WIDTH;
  const list = flags.join(` ${next}`);
  if (isBroken || (flags.length === 1 && !goesOn && !long))
    return { span: span(at, at), newText: ` ${list}` };
  const blanks = /^[ \t]*/.exec(rest)?.[0].length ?? 0;
  return { span: span(at, at + blanks), newText: ` ${list} ${next}` };
}

/** Takes a variable out of an ENV; with the last one the line goes. */
export function withoutVariable(
  dockerfile: Dockerfile,
  env: EnvInstruction,
  name: string,
): readonly TextEdit[] {
  const others = env.pairs.filter((pair) => pair.name !== name);
  if (others.length === 0) return [{ span: removalOf(dockerfile, blockOf(dockerfile, env)), newText: '' }];
  return env.pairs.flatMap((pair, i): TextEdit[] => {
    if (pair.name !== name) return [];
    const before = env.pairs[i - 1];
    if (before !== undefined) return [{ span: span(before.span.end, pair.span.end), newText: '' }];
    const after = env.pairs[i + 1];
    return [{ span: span(pair.span.start, after?.span.start ?? pair.span.end), newText: '' }];
  });
}

/** Sets options of a mount: those it has get the value, the others go to its end. */
export function setMountOptions(mount: Mount, values: Readonly<Record<string, string>>): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const added: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const names = name === 'target' ? ['target', 'dst', 'destination'] : [name];
    const option = mount.options.find(({ key }) => names.includes(key));
    if (option === undefined) added.push(`,${name}=${value}`);
    else edits.push({ span: option.span, newText: `${option.key}=${value}` });
  }
  const { end } = mount.flag.span;
  if (added.length > 0) edits.push({ span: span(end, end), newText: added.join('') });
  return edits;
}
