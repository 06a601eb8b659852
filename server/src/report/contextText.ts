import type { Amount } from '../project/measure.js';
import { counted, grouped } from '../text/counted.js';
import type { ContextDetails } from './context.js';
import type { ContextReport } from './contextModel.js';
import { explanationText } from './explain.js';
import { amountColumns, amountText, fitted, labelled, linesText, transferText, wrapped } from './layout.js';
import { printable } from './names.js';
import { type Palette, plain } from './text.js';

/** Rows of a table that a person did not ask the length of. */
const usualRows = 10;

/** A title with what stands below it; nothing where nothing does. */
function section(palette: Palette, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', palette.strong(title), ...lines];
}

function buildLines({ build }: ContextReport): readonly string[] {
  const args = Object.keys(build.args);
  const rows: readonly (readonly [string, string])[] = [
    ['context', build.context],
    ['ignore file', build.ignoreFile ?? 'none'],
    ['target', build.target ?? 'the last stage'],
    ['arguments', args.join(', ')],
    ['chosen', build.why],
    ['also', build.others.join(', ')],
  ];
  return rows.flatMap(([label, text]) => (text === '' ? [] : labelled(label, printable(text), 11)));
}

function errorLines({ errors }: ContextReport, palette: Palette): readonly string[] {
  const mark = palette.severity('error', 'error');
  const lines = errors.flatMap(({ path, line, message }) => {
    const [first = '', ...more] = wrapped(
      `${printable(path)}:${line + 1}: error ${printable(message)}`,
      4,
      0,
    );
    return [first.replace(/: error(?= |$)/, `: ${mark}`), ...more];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function doubts({ report, unknown, unreadable }: ContextDetails): readonly string[] {
  if (report.sent.exact) return [];
  const lines = unknown.map(
    ({ line, text }) =>
      `Line ${line + 1} (${fitted(printable(text), 40)}) depends on a value that is not known; --build-arg or --platform gives it.`,
  );
  const lost = unreadable.filter(({ effect }) => effect === 'fails').length;
  const gone = lost > 0 ? [`${counted(lost, 'path')} could not be read.`] : [];
  const why = [...lines, ...gone];
  return [
    ...wrapped('Not exact:', 2),
    ...(why.length === 0 ? ['extended attributes or folders could not be read.'] : why).flatMap((line) =>
      wrapped(line, 4),
    ),
  ];
}

function sentLines(details: ContextDetails, palette: Palette): readonly string[] {
  const { report } = details;
  const { sent, build } = report;
  if (details.remote) {
    const text = `The context is ${printable(build.context)}. BuildKit fetches it itself: nothing local is sent.`;
    return ['', ...wrapped(text)];
  }
  if (!report.loaded || sent.wireBytes === null) {
    const known =
      'No step of this build takes anything from the context, so BuildKit does not load it: nothing is sent.';
    const text = sent.exact ? known : 'Nothing is sent, as far as can be told.';
    return ['', ...wrapped(text), ...doubts(details)];
  }
  const shown = `BuildKit shows ${sent.exact ? '' : 'about '}"transferring context: ${transferText(sent.wireBytes)}"`;
  const wire = `${shown}: ${grouped(sent.wireBytes)} bytes on the wire for ${counted(sent.entries, 'entry', 'entries')}, folders and links too.`;
  return section(palette, `Sent on a first build: ${amountText(sent)}`, [
    ...wrapped(wire, 2),
    ...doubts(details),
  ]);
}

function allLines({ build, all, ignored, sent }: ContextReport): readonly string[] {
  if (all === null || ignored === null) return [];
  const rest: Amount = {
    files: Math.max(0, all.files - ignored.files - sent.files),
    bytes: Math.max(0, all.bytes - ignored.bytes - sent.bytes),
  };
  const hidden =
    build.ignoreFile === null
      ? ''
      : ` The ignore file hides ${ignored.files === 0 ? 'nothing' : amountText(ignored)} of it.`;
  const unasked = rest.files > 0 ? ` ${amountText(rest)} is asked for by no step and stays here.` : '';
  return wrapped(`Below the context lie ${amountText(all)}.${hidden}${unasked}`, 2);
}

function copyLines({ copies }: ContextReport): readonly string[] {
  const places = copies.map(({ line }) => `line ${line + 1}`);
  const columns = Math.max(0, ...places.map((place) => place.length));
  const severalStages = new Set(copies.map(({ stage }) => stage)).size > 1;
  return copies.flatMap((copy, i) => {
    const stage = severalStages ? `[${printable(copy.stage)}] ` : '';
    const place = (places[i] ?? '').padEnd(columns);
    const behind = amountColumns({ files: 0, bytes: 0 }).length + columns + 4;
    const text = `${place}  ${fitted(stage + printable(copy.instruction), behind)}`;
    const [only, ...more] = copy.sources;
    if (only !== undefined && more.length === 0) return [`${amountColumns(only)}  ${text}`];
    return [
      `${' '.repeat(behind - columns - 2)}${text}`,
      ...copy.sources.map((s) => `${amountColumns(s)}  ${' '.repeat(columns)}    ${printable(s.source)}`),
    ];
  });
}

/** `lines 4 and 6`, `lines 4, 6 and 9 more`: a column that leaves room for the paths. */
function fewLines(lines: readonly number[]): string {
  if (lines.length <= 3) return linesText(lines);
  const [first = 0, second = 0] = lines;
  return `lines ${first + 1}, ${second + 1} and ${lines.length - 2} more`;
}

function largestLines({ largest }: ContextReport): readonly string[] {
  const takers = largest.map(({ neededBy }) => (neededBy.length === 0 ? 'no step' : fewLines(neededBy)));
  const columns = Math.max(0, ...takers.map((text) => text.length));
  return largest.map(
    (path, i) => `${amountColumns(path)}  ${(takers[i] ?? '').padEnd(columns)}  ${printable(path.path)}`,
  );
}

function unusedLines({ unused }: ContextReport): readonly string[] {
  const rows = unused.slice(0, usualRows).map((path) => `${amountColumns(path)}  ${printable(path.path)}`);
  const more = unused.length - rows.length;
  return more > 0 ? [...rows, `  … and ${counted(more, 'path')} more (--format json has them)`] : rows;
}

function suggestionLines({ suggestedIgnore }: ContextReport): readonly string[] {
  return suggestedIgnore.flatMap((s) => [
    `${amountColumns(s)}  ${printable(s.pattern)}`,
    ...wrapped(s.reason, amountColumns(s).length + 2),
  ]);
}

/** What the numbers rest on. */
function basisLines({ sent }: ContextReport, palette: Palette): readonly string[] {
  if (sent.wireBytes === null) return [];
  const text =
    'Simulated from the files on disk, as BuildKit 0.33 does it. A later build sends the content of what has changed since, and the names of all.';
  return ['', ...wrapped(text).map(palette.faint)];
}

/**
 * The report of `context` for people on a terminal of 80 columns: which build and why, errors, why the paths asked for are in or
 * out, what is sent, what each line takes, and what need not be sent.
 */
export function contextText(details: ContextDetails, palette: Palette = plain): string {
  const { report, explained } = details;
  const where = report.build.ignoreFile ?? 'a new .dockerignore in the context';
  const lines = [
    palette.strong(`Build context of ${printable(report.build.dockerfile)}`),
    ...buildLines(report),
    ...errorLines(report, palette),
    ...section(
      palette,
      'Why',
      explained.flatMap((x) => wrapped(explanationText(x), 4, 2)),
    ),
    ...sentLines(details, palette),
    ...allLines(report),
    ...section(palette, 'What each line takes', copyLines(report)),
    ...section(palette, 'Largest of what is sent, and who takes it', largestLines(report)),
    ...section(palette, 'Sent, but taken by no step', unusedLines(report)),
    ...section(palette, `Lines for ${printable(where)}, and what they would save`, suggestionLines(report)),
    ...section(
      palette,
      'Everything that is sent, in the order of the wire',
      (report.sent.paths ?? []).map((p) => `  ${printable(p)}`),
    ),
    ...basisLines(report, palette),
  ];
  return `${lines.join('\n')}\n`;
}
