import type { Amount } from '../project/measure.js';
import { bytesText } from '../text/bytes.js';
import { counted } from '../text/counted.js';

/** Columns that every terminal has. */
export const width = 80;

/** `text` in lines of at most `width` columns, the second and later ones indented; longer words are left whole. */
export function wrapped(text: string, indent = 0, first = indent): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** A label and what it stands for, in lines: `  context      web`. */
export function labelled(label: string, text: string, columns: number): readonly string[] {
  const indent = columns + 4;
  const [first = '', ...more] = wrapped(text, indent);
  return [`  ${label.padEnd(columns)}  ${first.trimStart()}`, ...more];
}

/** `text` cut to fit behind `used` columns. */
export function fitted(text: string, used: number): string {
  const room = Math.max(20, width - used);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** `450 MB in 1,234 files` */
export function amountText({ bytes, files }: Amount): string {
  return `${bytesText(bytes)} in ${counted(files, 'file')}`;
}

/** A size and a number of files, as columns of a table. */
export function amountColumns({ bytes, files }: Amount): string {
  return `  ${bytesText(bytes).padStart(7)}  ${counted(files, 'file').padStart(13)}`;
}

/** A number of bytes as BuildKit prints it after `transferring context:`. */
export function transferText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit + 1 < units.length) {
    amount /= 1000;
    unit++;
  }
  return unit === 0 ? `${amount}B` : `${amount.toFixed(2)}${units[unit]}`;
}

/** `line 4`, `lines 4, 6 and 9`; the lines are 0-based. */
export function linesText(lines: readonly number[]): string {
  const shown = lines.map((line) => `${line + 1}`);
  const last = shown.pop();
  if (last === undefined) return '';
  return shown.length === 0 ? `line ${last}` : `lines ${shown.join(', ')} and ${last}`;
}
