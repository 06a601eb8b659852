import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPage } from '../../harness/page.js';
import type { PageFix } from '../plan.js';
import { shopWithHistory } from './history.js';

export interface Workspace {
  readonly examples: string;
  readonly pages: string;
  /** Both folders. */
  readonly file: string;
  readonly cases: readonly PageFix[];
  /** Whether examples/shop is there: a project with history, which needs git. */
  readonly shop: boolean;
}

/** Lays out copies of examples/, beside them a project with history, and one fixable case of each rule page, below `folder`. */
export function layOut(root: string, folder: string): Workspace {
  const examples = path.join(folder, 'examples');
  const pages = path.join(folder, 'pages');
  const file = path.join(folder, 'both.code-workspace');
  mkdirSync(pages, { recursive: true });
  cpSync(path.join(root, 'examples'), examples, { recursive: true });
  writeFileSync(file, JSON.stringify({ folders: [{ path: examples }, { path: pages }] }));
  // Some rules are opt-in; the configuration of a folder is read in the editor too.
  writeFileSync(path.join(pages, '.plimsoll.yaml'), 'profile: everything\n');
  const docs = path.join(root, 'docs/rules');
  const names = (existsSync(docs) ? readdirSync(docs) : []).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  );
  const cases = names.flatMap((name, i) => caseOf(path.join(docs, name), path.join(pages, `page${i}`)));
  return { examples, pages, file, cases, shop: shopWithHistory(path.join(examples, 'shop')) };
}

/**
 * The first case of a page whose fix changes one file, laid out in `folder`, which is not named after the rule: a
 * folder called `dev-…` says something of the image.
 */
function caseOf(pageFile: string, folder: string): PageFix[] {
  const page = readPage(pageFile, readFileSync(pageFile, 'utf8'));
  for (const { files, after, tree } of page.cases) {
    const [changed] = after;
    const marked = files.find(({ path: name }) => name === changed?.path);
    const [marker] = marked?.markers ?? [];
    if (changed === undefined || after.length > 1 || marked === undefined || marker?.fix === undefined)
      continue;
    if (marked.markers.length > 1 || tree.trim() !== '') continue;
    for (const { path: name, text } of files) {
      const place = path.join(folder, name);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
    const place = { line: marker.line, character: marker.start };
    return [{ rule: page.rule, file: path.join(folder, marked.path), ...place, after: changed.text }];
  }
  return [];
}
