import { structuredPatch } from 'diff';

function rangeText(start: number, count: number): string {
  return count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
}

/** The change of one file as a unified diff that `git apply` and `patch -p1` take; empty where nothing changed. */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  if (before === after) return '';
  const { hunks } = structuredPatch('', '', before ?? '', after, '', '', { context: 3 });
  const parts = hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => {
    const ranges = `@@ -${rangeText(oldStart, oldLines)} +${rangeText(newStart, newLines)} @@`;
    return `${[ranges, ...lines].join('\n')}\n`;
  });
  const old = before === undefined ? '/dev/null' : `a/${path}`;
  return `--- ${old}\n+++ b/${path}\n${parts.join('')}`;
}
