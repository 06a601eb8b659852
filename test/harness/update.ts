import { joinPath } from '../../server/src/text/paths.js';
import { fixedTexts, ownFindings, type Run } from './checks.js';
import { rewriteBlock } from './expect.js';
import { root } from './memfs.js';
import type { FileBlock, Page } from './page.js';

function body(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/**
 * The page's lines with markers and after-blocks rewritten to what the engine says (`UPDATE=1`). Blocks are never added
 * or removed: an empty "after the fix" block is how an author asks for one.
 */
export function updatedPage(page: Page, runs: readonly Run[]): readonly string[] {
  const replaced = new Map<FileBlock, string>();
  for (const run of runs) {
    for (const report of run.reports) {
      const block = run.case.files.find((f) => joinPath(root, f.path) === report.path);
      if (block !== undefined) replaced.set(block, rewriteBlock(block, report, ownFindings(run, report)));
    }
    if (run.case.after.length === 0) continue;
    const { texts } = fixedTexts(run);
    for (const block of run.case.after) {
      const text = texts.get(joinPath(root, block.path));
      if (text !== undefined) replaced.set(block, text);
    }
  }
  const lines = [...page.lines];
  const blocks = [...replaced].sort(([a], [b]) => b.bodyStart - a.bodyStart);
  for (const [block, text] of blocks)
    lines.splice(block.bodyStart, block.bodyEnd - block.bodyStart, ...body(text));
  return lines;
}
