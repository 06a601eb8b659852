import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

interface Row {
  readonly repo: string;
  readonly dockerfiles: readonly string[];
  readonly compose: readonly string[];
  readonly kinds: Readonly<Record<string, string>>;
}

/** The corpus beside the project: its plain Dockerfiles and compose files (no templates, no fragments), absolute, in stable order. */
export interface Corpus {
  readonly folder: string;
  readonly dockerfiles: readonly string[];
  readonly compose: readonly string[];
}

/** Reads the corpus list; undefined where the folder of recorded facts is not beside the project. */
export function readCorpus(shared: string): Corpus | undefined {
  const list = path.join(shared, 'corpus/repos.jsonl');
  if (!existsSync(list)) return undefined;
  const folder = path.join(shared, 'corpus/files');
  const rows = readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
  const plain = (row: Row, names: readonly string[]): string[] =>
    names
      .filter((name) => row.kinds[name] === undefined)
      .map((name) => path.join(folder, row.repo.replace('/', '__'), name))
      .filter((file) => existsSync(file) && statSync(file).isFile());
  return {
    folder,
    dockerfiles: rows.flatMap((row) => plain(row, row.dockerfiles)),
    compose: rows.flatMap((row) => plain(row, row.compose)),
  };
}

/** `count` of `files`, spread evenly over the list. */
export function spread(files: readonly string[], count: number): string[] {
  const step = Math.max(1, files.length / count);
  return Array.from({ length: Math.min(count, files.length) }, (_, i) => files[Math.floor(i * step)] ?? '');
}
