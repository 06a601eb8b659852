import { describe, expect, it } from 'vitest';
import { amountColumns, fitted, linesText, transferText, wrapped } from '../../server/src/report/layout.js';
import { jsonDocument, printable, wellFormed } from '../../server/src/report/names.js';

describe('names of files', () => {
  it('show nothing that acts on a terminal', () => {
    expect(printable('a\nb\tc\u001b[31m')).toBe('a\\nb\\tc\\u{1b}[31m');
    expect(printable('gnp.\u202Efile')).toBe('gnp.\\u{202e}file');
    expect(printable('übermäßig 文件.txt')).toBe('übermäßig 文件.txt');
  });

  it('have U+FFFD for bytes that are no UTF-8', () => {
    expect(wellFormed('caf\uDCE9')).toBe('caf\uFFFD');
    expect(wellFormed('😀')).toBe('😀');
    expect(jsonDocument({ paths: ['caf\uDCE9', 'a\nb'] })).toBe(
      '{\n  "paths": [\n    "caf\uFFFD",\n    "a\\nb"\n  ]\n}\n',
    );
  });
});

describe('layout', () => {
  it('wraps at 80 columns and leaves longer words whole', () => {
    const lines = wrapped(`${'word '.repeat(40)}${'x'.repeat(100)} end`, 4, 2);
    expect(lines[0]?.startsWith('  word')).toBe(true);
    for (const line of lines.slice(1)) expect(line.startsWith('    ')).toBe(true);
    expect(lines.filter((line) => line.length > 80)).toEqual([`    ${'x'.repeat(100)}`]);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(`${'word '.repeat(40)}${'x'.repeat(100)} end`);
  });

  it('names lines as an editor counts them', () => {
    expect(linesText([])).toBe('');
    expect(linesText([3])).toBe('line 4');
    expect(linesText([3, 5, 8])).toBe('lines 4, 6 and 9');
  });

  it('cuts an instruction where the line ends', () => {
    expect(fitted('COPY . .', 30)).toBe('COPY . .');
    expect(fitted('x'.repeat(100), 30)).toBe(`${'x'.repeat(49)}…`);
  });

  it('keeps its columns up to a terabyte and a million files', () => {
    const columns = [
      { files: 0, bytes: 0 },
      { files: 1, bytes: 999 },
      { files: 999_999, bytes: 999_000_000_000 },
    ].map((amount) => amountColumns(amount).length);
    expect(new Set(columns).size).toBe(1);
  });

  it.each([
    [2, '2B'],
    [999, '999B'],
    [1000, '1.00kB'],
    [2_912_345, '2.91MB'],
  ])('writes %d bytes as BuildKit does', (bytes, text) => {
    expect(transferText(bytes)).toBe(text);
  });
});
