import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, editsConflict } from '../../server/src/text/edit.js';
import { dominantEol, lineIndex } from '../../server/src/text/lines.js';
import { mappedBuilder, spanToDocument, toDocument } from '../../server/src/text/mapped.js';
import { dirName, isInside, joinPath, normalizePath, relativePath } from '../../server/src/text/paths.js';
import { span } from '../../server/src/text/span.js';

describe('lines', () => {
  it('knows LF, CRLF and CR', () => {
    const lines = lineIndex('a\r\nbc\n\rd');
    expect(lines.count).toBe(4);
    expect([0, 1, 2, 3].map((l) => [lines.start(l), lines.end(l)])).toEqual([
      [0, 1],
      [3, 5],
      [6, 6],
      [7, 8],
    ]);
    expect(lines.positionAt(4)).toEqual({ line: 1, character: 1 });
    expect(lines.offsetAt({ line: 1, character: 99 })).toBe(5);
    expect(lines.offsetAt({ line: 9, character: 0 })).toBe(8);
  });
  it('converts offsets both ways outside line endings', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, n) => {
        const lines = lineIndex(text);
        const offset = text.length === 0 ? 0 : n % (text.length + 1);
        const position = lines.positionAt(offset);
        expect(lines.offsetAt(position)).toBe(Math.min(offset, lines.end(position.line)));
      }),
    );
  });
  it('finds the line ending used most', () => {
    expect(dominantEol('a\r\nb\r\nc\n')).toBe('\r\n');
    expect(dominantEol('a')).toBe('\n');
  });
});

describe('edits', () => {
  it('applies several, keeping the order of insertions at one place', () => {
    const edits = [
      { span: span(1, 1), newText: 'x' },
      { span: span(1, 1), newText: 'y' },
      { span: span(2, 3), newText: '' },
    ];
    expect(applyEdits('abc', edits)).toBe('axyb');
  });
  it('refuses what overlaps or leaves the text', () => {
    const over = [
      { span: span(0, 2), newText: '' },
      { span: span(1, 3), newText: '' },
    ];
    expect(() => applyEdits('abc', over)).toThrow(RangeError);
    expect(() => applyEdits('abc', [{ span: span(2, 4), newText: '' }])).toThrow(RangeError);
    expect(editsConflict([{ span: span(0, 2), newText: '' }], [{ span: span(1, 1), newText: 'x' }])).toBe(
      true,
    );
    expect(editsConflict([{ span: span(0, 2), newText: '' }], [{ span: span(2, 3), newText: 'x' }])).toBe(
      false,
    );
  });
});

describe('mapped text', () => {
  it('knows the place of every character', () => {
    const b = mappedBuilder();
    b.add('ab', 0);
    b.add('cd', 2);
    b.add('ef', 10);
    const mapped = b.build();
    expect(mapped).toEqual({ text: 'abcdef', starts: [0, 4], origins: [0, 10] });
    expect([0, 3, 4, 5, 6].map((o) => toDocument(mapped, o))).toEqual([0, 3, 10, 11, 12]);
    expect(spanToDocument(mapped, 3, 5)).toEqual({ start: 3, end: 11 });
  });
});

describe('paths', () => {
  it('normalizes POSIX and Windows forms', () => {
    expect(normalizePath('/a/./b//../c/')).toBe('/a/c');
    expect(normalizePath('/../x')).toBe('/x');
    expect(normalizePath('a/../../b')).toBe('../b');
    expect(normalizePath('c:/a/../..')).toBe('c:/');
    expect(normalizePath('./')).toBe('.');
  });
  it('joins, splits and relates', () => {
    expect(joinPath('c:/a', '../b')).toBe('c:/b');
    expect(joinPath('/a', 'c:/b')).toBe('c:/b');
    expect([dirName('c:/a'), dirName('/a'), dirName('/'), dirName('a')]).toEqual(['c:/', '/', '/', '.']);
    expect(relativePath('/a/b', '/a/c/d')).toBe('../c/d');
    expect(relativePath('/a', '/a')).toBe('.');
    expect(isInside('/', '/a')).toBe(true);
    expect(isInside('/a', '/ab')).toBe(false);
  });
});
