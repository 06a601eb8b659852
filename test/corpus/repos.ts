import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { classifyName } from '../../server/src/project/classify.js';
import {
  type Entry,
  type ParseCache,
  type TrackedSnapshot,
  trackedSnapshot,
} from '../../server/src/project/snapshot.js';
import { dirName } from '../../server/src/text/paths.js';
import { sharedDir } from '../shared.js';

/** One line of the corpus' list of repositories, as far as the tests read it. */
export interface Repo {
  readonly repo: string;
  readonly dockerfiles: readonly string[];
  readonly compose: readonly string[];
  readonly dockerignore: readonly string[];
  readonly bake: readonly string[];
  readonly workflows_with_docker: readonly string[];
  readonly actions_with_docker: readonly string[];
  readonly kinds: Readonly<Record<string, string>>;
}

/** The corpus beside the project; undefined where it is absent: the tests then skip themselves. */
export function corpusDir(): string | undefined {
  const shared = sharedDir();
  return shared === undefined ? undefined : path.join(shared, 'corpus');
}

/** The repositories of the corpus, none where it is absent. */
export function corpusRepos(): readonly Repo[] {
  const corpus = corpusDir();
  if (corpus === undefined) return [];
  const lines = readFileSync(path.join(corpus, 'repos.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Repo);
}

interface Tree {
  readonly folders: ReadonlyMap<string, readonly Entry[]>;
  readonly files: readonly string[];
}

/** The whole tree of a repository below `/r`, which also holds a `.git`. Targets of links are not recorded. */
function treeOf(corpus: string, repo: string): Tree {
  const folders = new Map<string, Map<string, Entry>>([
    ['/r', new Map([['.git', { name: '.git', kind: 'folder' }]])],
  ]);
  const files: string[] = [];
  const put = (file: string, entry: Omit<Entry, 'name'>): void => {
    for (let at = file, what = entry; at !== '/r'; at = dirName(at), what = { kind: 'folder' }) {
      const parent = folders.get(dirName(at)) ?? new Map<string, Entry>();
      const name = at.slice(at.lastIndexOf('/') + 1);
      if (!parent.has(name)) parent.set(name, { name, ...what });
      folders.set(dirName(at), parent);
    }
  };
  const packed = readFileSync(path.join(corpus, 'trees', `${repo.replace('/', '__')}.tsv.gz`));
  for (const line of gunzipSync(packed).toString().split('\n')) {
    const [mode, size, ...rest] = line.split('\t');
    const name = rest.join('\t');
    if (name === '' || size === 'submodule') continue;
    const file = `/r/${name}`;
    put(file, mode === '120000' ? { kind: 'link' } : { kind: 'file' });
    if (mode !== '120000') files.push(file);
  }
  const sorted = [...folders].map(
    ([folder, entries]) =>
      [folder, [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))] as const,
  );
  return { folders: new Map(sorted), files: files.sort() };
}

/** A repository of the corpus as a snapshot with the root `/r`: all paths, and the texts that are kept. */
export function repoSnapshot(repo: string, cache: ParseCache): TrackedSnapshot {
  const corpus = corpusDir();
  if (corpus === undefined) throw new Error('the corpus is not there');
  const tree = treeOf(corpus, repo);
  const kept = path.join(corpus, 'files', repo.replace('/', '__'));
  const index = tree.files.filter((file) => classifyName(file) !== undefined);
  const texts = new Map<string, string | null>();
  // The same array each time, as a fact is: equal ones are compared name by name.
  const indexes = new Map<string, readonly string[]>();
  return trackedSnapshot(
    {
      texts: {
        get(file) {
          const known = texts.get(file);
          if (known !== undefined) return known;
          const real = path.join(kept, file.slice('/r/'.length));
          const text = existsSync(real) ? readFileSync(real, 'utf8') : null;
          texts.set(file, text);
          return text;
        },
      },
      folders: { get: (folder) => tree.folders.get(folder) ?? null },
      indexes: {
        get(root) {
          const known = indexes.get(root) ?? index.filter((file) => file.startsWith(`${root}/`));
          indexes.set(root, known);
          return known;
        },
      },
    },
    ['/r'],
    cache,
  );
}
