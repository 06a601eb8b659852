import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../server/src/report/diff.js';

describe('unified diff', () => {
  it('is empty where nothing changed', () => {
    expect(unifiedDiff('a', 'x\n', 'x\n')).toBe('');
  });
  it('shows a changed line, and one that gains its line ending', () => {
    expect(unifiedDiff('d/F', 'a\nb\nc', 'a\nB\nc\n')).toBe(
      '--- a/d/F\n+++ b/d/F\n@@ -1,3 +1,3 @@\n a\n-b\n-c\n\\ No newline at end of file\n+B\n+c\n',
    );
  });
  it('keeps carriage returns', () => {
    expect(unifiedDiff('F', 'a\r\nb\r\n', 'a\r\nc\r\n')).toBe(
      '--- a/F\n+++ b/F\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n',
    );
  });
  it('shows a new file', () => {
    expect(unifiedDiff('F', undefined, 'a\n')).toBe('--- /dev/null\n+++ b/F\n@@ -0,0 +1 @@\n+a\n');
  });
});
