import type { RuleMeta } from '../../server/src/rules/rule.js';
import {
  caseFiles,
  checkAfter,
  checkFixesHold,
  checkIgnore,
  checkMarkers,
  checkSaved,
  checkVariants,
  checkWords,
  type Run,
} from './checks.js';
import { type Page, type PageCase, proseHeadings } from './page.js';
import { checkRebuilds } from './rebuildChecks.js';

/** What every case must satisfy, by name. */
export const caseChecks: readonly (readonly [string, (run: Run) => readonly string[]])[] = [
  ['markers', checkMarkers],
  ['words', checkWords],
  ['fixes hold', checkFixesHold],
  ['bytes saved', checkSaved],
  ['rebuilds', checkRebuilds],
  ['after the fix', checkAfter],
  ['variants', checkVariants],
  ['ignore', checkIgnore],
];

/** All complaints about one case, each with the check's name. */
export function checkCase(run: Run): readonly string[] {
  return caseChecks.flatMap(([name, check]) => check(run).map((c) => `${name}: ${c}`));
}

function duplicates<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const k = key(item);
    const known = seen.has(k);
    seen.add(k);
    return known;
  });
}

function isMarked(c: PageCase): boolean {
  return c.files.some((f) => f.markers.length > 0);
}

/** A page of docs/rules has its four prose headings in order, each with text. */
export function checkProse(page: Page): readonly string[] {
  const headings = page.prose.map((p) => p.heading);
  const complaints =
    headings.join(', ') === proseHeadings.join(', ')
      ? []
      : [`the headings before the cases have to be: ${proseHeadings.join(', ')}`];
  const empty = page.prose.filter((p) => p.text === '').map((p) => `"${p.heading}" is empty`);
  const todo = page.prose.filter((p) => /\bTODO\b/.test(p.text)).map((p) => `"${p.heading}" says TODO`);
  return [...complaints, ...empty, ...todo];
}

/** What a rule's pages owe together: `pages` are its docs page and its page of dull edges, where there is one. */
export function checkPages(meta: RuleMeta, pages: readonly Page[]): readonly string[] {
  const cases = pages.flatMap((p) => p.cases);
  const complaints = pages.flatMap((p) => p.errors.map((e) => `${p.path}: ${e}`));
  for (const c of duplicates(cases, (c) => c.name)) complaints.push(`two cases are called "${c.name}"`);
  for (const c of duplicates(cases, (c) => JSON.stringify([caseFiles(c), c.tree, c.history]))) {
    complaints.push(`case "${c.name}" says the same as another`);
  }
  if (/\bTODO\b/.test(meta.summary)) complaints.push('the summary says TODO');
  if (!cases.some(isMarked)) complaints.push('no case has a finding');
  if (cases.every(isMarked)) complaints.push('no case stays silent');
  const marked = cases.flatMap((c) => c.files.flatMap((f) => f.markers));
  // A manual fix is never applied by itself, so there is no file after it.
  const offered = marked.filter((m) => m.fix !== undefined);
  const manual = offered.length > 0 && offered.every((m) => m.fix === 'manual');
  if (meta.fixes !== 'never' && !manual && !cases.some((c) => c.after.length > 0)) {
    complaints.push('no case shows a file after the fix');
  }
  if (meta.fixes === 'sometimes' && marked.length > 0) {
    if (marked.every((m) => m.fix !== undefined))
      complaints.push('fixes "sometimes", but every case has a fix');
    if (marked.every((m) => m.fix === undefined)) complaints.push('fixes "sometimes", but no case has a fix');
  }
  return complaints;
}
