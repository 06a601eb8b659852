import type { Amount } from './model.js';

/** Translates: `vscode.l10n.t` in the editor, the same texts and bundle in the webview. */
export type Say = (text: string, ...values: (string | number)[]) => string;

/** A `Say` without VS Code: looks a text up in a bundle and fills in `{0}`, `{1}`. */
export function sayFrom(bundle: Readonly<Record<string, string>>): Say {
  return (text, ...values) =>
    (bundle[text] ?? text).replace(/\{(\d+)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** As the server's `bytesText`, which this bundle may not import; a test compares the two. */
export function bytesText(bytes: number): string {
  let amount = Math.max(0, Math.round(bytes));
  let unit = 0;
  while (unit + 1 < units.length && (unit === 0 ? amount : rounded(amount)) >= 1000) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 ? amount : rounded(amount)} ${units[unit]}`;
}

function rounded(amount: number): number {
  return amount < 9.95 ? Math.round(amount * 10) / 10 : Math.round(amount);
}

/** Thousands apart: `12,345`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `one file`, `12,345 files`. */
export function filesText(files: number, say: Say): string {
  return files === 1 ? say('1 file') : say('{0} files', countText(files));
}

/** `14 MB, 120 files`. */
export function amountText({ bytes, files }: Amount, say: Say): string {
  return `${bytesText(bytes)}, ${filesText(files, say)}`;
}

/** A share of a whole for people: `37 %`, `< 1 %`; empty where there is no whole. */
export function shareText(part: number, whole: number): string {
  if (whole <= 0) return '';
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 1) return '< 1 %';
  // 99.6 % is not all of it.
  return `${part < whole ? Math.min(99, Math.round(percent)) : 100} %`;
}

/**
 * A file's name as it can be shown: control characters and marks that turn the direction of writing are written out, and
 * so are the bytes of a name that is no valid UTF-8 (they arrive as U+DC80…U+DCFF).
 */
export function visible(name: string): string {
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => writtenOut(character.charCodeAt(0)),
  );
}

const short: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

function writtenOut(code: number): string {
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  return short[code] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}
