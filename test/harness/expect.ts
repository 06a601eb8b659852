import type { FileReport, Finding } from '../../server/src/engine/model.js';
import type { FileBlock, Marker } from './page.js';

/** The marker that states `finding` exactly, but for the message part. */
export function markerOf(report: FileReport, finding: Finding): Omit<Marker, 'part' | 'blockLine'> {
  const { start, end } = report.lines.rangeOf(finding.at);
  const moreLines = end.line - start.line;
  const firstEnd =
    moreLines > 0 ? report.lines.positionAt(report.lines.end(start.line)).character : end.character;
  return {
    line: start.line,
    start: start.character,
    end: Math.max(firstEnd, start.character + 1),
    moreLines,
    severity: finding.severity,
    rule: finding.rule,
    fix: finding.fixes[0]?.applicability,
  };
}

/** A marker line as it stands on a page. */
export function writeMarker(marker: Omit<Marker, 'blockLine'>): string {
  const carets = ' '.repeat(marker.start) + '^'.repeat(marker.end - marker.start);
  const more = marker.moreLines > 0 ? `+${marker.moreLines}` : '';
  const part = marker.part === undefined ? '' : ` "${marker.part}"`;
  const fix = marker.fix === undefined ? '' : marker.fix === 'safe' ? ' safe fix' : ` ${marker.fix} fix`;
  return `${carets}${more} ${marker.severity}[${marker.rule}]${part}${fix}`;
}

function matches(marker: Marker, wanted: Omit<Marker, 'part' | 'blockLine'>, message: string): boolean {
  return (
    writeMarker({ ...marker, part: undefined }) === writeMarker({ ...wanted, part: undefined }) &&
    marker.line === wanted.line &&
    message.includes(marker.part ?? '')
  );
}

/** How the findings and the markers of one file differ; empty where they match one to one. */
export function compareMarkers(
  block: FileBlock,
  report: FileReport,
  findings: readonly Finding[],
): readonly string[] {
  const left = [...block.markers];
  const unexpected: string[] = [];
  for (const finding of findings) {
    const wanted = markerOf(report, finding);
    const index = left.findIndex((m) => matches(m, wanted, finding.message));
    if (index >= 0) left.splice(index, 1);
    else {
      const shown = writeMarker({ ...wanted, part: finding.message });
      unexpected.push(`${block.path}:${wanted.line + 1}: found, but not marked:\n${shown}`);
    }
  }
  const missing = left.map((m) => `${block.path}:${m.line + 1}: marked, but not found:\n${writeMarker(m)}`);
  return [...missing, ...unexpected];
}

/** The block's body with markers that state the findings; a message part that still holds is kept. */
export function rewriteBlock(block: FileBlock, report: FileReport, findings: readonly Finding[]): string {
  const out: string[] = [];
  const lines = block.text.split('\n');
  for (const [line, content] of lines.entries()) {
    out.push(content);
    for (const finding of findings) {
      const marker = markerOf(report, finding);
      if (marker.line !== line) continue;
      const old = block.markers.find(
        (m) => m.line === line && m.part !== undefined && finding.message.includes(m.part),
      );
      const part = old === undefined ? shortPart(finding.message) : old.part;
      out.push(writeMarker({ ...marker, part }));
    }
  }
  return out.join('\n');
}

/** A few words of a message, enough to know it again. */
function shortPart(message: string): string {
  return message
    .split(' ')
    .slice(0, 6)
    .join(' ')
    .replace(/[.,:;]$/, '');
}
