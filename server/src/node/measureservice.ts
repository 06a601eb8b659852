import type { ContextMeasure, ContextQuery } from '../project/measure.js';
import type { Tree } from '../sim/context/tree.js';
import { isInside, relativePath } from '../text/paths.js';
import { createDiskTree, type DiskTree, type DiskTreeOptions, type Look, type Seen } from './disktree.js';
import { fromCorePath } from './fs.js';

/** Thrown inside a measurement that is no longer wanted. */
export class Cancelled extends Error {}

export interface ServiceOptions extends Omit<DiskTreeOptions, 'root'> {
  /** The pure measurement. */
  readonly measure: (query: ContextQuery, tree: Tree) => ContextMeasure;
  /** Starts to read ahead of a walk through `root`; what it gives back ends that. */
  readonly readAhead?: (root: string, query: ContextQuery) => SecondReader;
  /** Entries that are remembered of all trees together. */
  readonly mostRemembered?: number;
}

/** A second reader. */
export interface SecondReader {
  /** Called at each folder that is not remembered: what has been read of it. */
  readonly take: NonNullable<Look['ahead']>;
  stop(): void;
}

/** One measurement. */
export interface Job {
  readonly fresh: boolean;
  /** Throws where the measurement is to end. */
  readonly check: (seen: Readonly<Seen>) => void;
}

/** Measurements in one thread, with a memory of the disk. */
export interface MeasureService {
  /** Null where the context is no folder. */
  run(query: ContextQuery, job: Job): ContextMeasure | null;
  changed(paths: readonly string[]): void;
  clear(): void;
  /** Entries remembered. */
  size(): number;
}

/** An answer, and what it rests on. */
interface Answer {
  readonly measure: ContextMeasure;
  readonly visited: readonly number[];
}

/** Answers kept for one tree. */
const mostAnswers = 16;

/** Two large monorepos. */
const usualRemembered = 4_000_000;

interface Rooted {
  readonly tree: DiskTree;
  /** Paths under which the client knows the root. */
  readonly names: Set<string>;
  /** By the JSON of the query, the one asked last at the end. */
  readonly answers: Map<string, Answer>;
}

/** A service that remembers nothing yet. */
export function createMeasureService(options: ServiceOptions): MeasureService {
  /** By the root as the platform writes it, the one asked last at the end. */
  const trees = new Map<string, Rooted>();

  const rooted = (root: string, query: ContextQuery, fresh: boolean): Rooted => {
    const known = fresh ? undefined : trees.get(root);
    const now = known ?? {
      tree: createDiskTree({ ...options, root }),
      names: new Set<string>(),
      answers: new Map<string, Answer>(),
    };
    now.names.add(query.root);
    trees.delete(root);
    trees.set(root, now);
    return now;
  };
  const forgetOldest = (): void => {
    let size = [...trees.values()].reduce((sum, { tree }) => sum + tree.size(), 0);
    for (const [root, { tree }] of trees) {
      if (size <= (options.mostRemembered ?? usualRemembered) || trees.size === 1) return;
      trees.delete(root);
      size -= tree.size();
    }
  };
  const measured = (
    { tree, answers }: Rooted,
    root: string,
    query: ContextQuery,
    job: Job,
  ): ContextMeasure => {
    const check = (): void => job.check(tree.seen);
    const key = JSON.stringify(query);
    const before = answers.get(key);
    if (before !== undefined && tree.unchanged(before.visited, check)) return before.measure;
    answers.delete(key);
    const ahead = options.readAhead?.(root, query);
    try {
      const look = tree.look(ahead === undefined ? { check } : { check, ahead: ahead.take });
      const measure = options.measure(query, look);
      const visited = tree.visited();
      if (visited !== undefined) answers.set(key, { measure, visited });
      for (const oldest of answers.keys()) {
        if (answers.size <= mostAnswers) break;
        answers.delete(oldest);
      }
      return measure;
    } finally {
      ahead?.stop();
    }
  };
  return {
    run(query, job) {
      const root = options.fs.realFolder(fromCorePath(query.root, options.platform));
      if (root === undefined) return null;
      const own = rooted(root, query, job.fresh);
      try {
        return measured(own, root, query, job);
      } finally {
        forgetOldest();
      }
    },
    changed(paths) {
      for (const { tree, names } of trees.values()) {
        for (const name of names) {
          for (const path of paths) {
            if (isInside(name, path)) tree.changed(path === name ? '' : relativePath(name, path));
            else if (isInside(path, name)) tree.changed('');
          }
        }
      }
    },
    clear: () => trees.clear(),
    size: () => [...trees.values()].reduce((sum, { tree }) => sum + tree.size(), 0),
  };
}
