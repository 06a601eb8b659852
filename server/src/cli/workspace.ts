import { type FixAllOptions, type Fixed, fixAll } from '../engine/fixall.js';
import type { Engine, FileReport, LintOptions } from '../engine/model.js';
import { overlaySnapshot } from '../engine/overlay.js';
import { lintFile } from '../engine/run.js';
import { type VerifyCache, verifiedFixes } from '../engine/verify.js';
import { createFactStore, type FactStore, type FactStoreOptions, type MeasureWish } from '../node/facts.js';
import type { DiskFs } from '../node/fs.js';
import { configName, projectRootOf } from '../project/config.js';
import { parseCache, type TrackedSnapshot, trackedSnapshot } from '../project/snapshot.js';
import type { ReportContext, ReportedFile } from '../report/model.js';
import { lineIndex } from '../text/lines.js';
import { joinPath } from '../text/paths.js';

/** Rounds of loading after which facts that are still asked for count as not there. */
const maxRounds = 40;

/** All files are asked in several rounds: what is forgotten between them would be parsed in each. */
const wholeRun = { characters: 64_000_000, conclusions: 10_000 };

/** A disk with changes laid over, asked until nothing is lacking. */
export interface Workspace {
  readonly store: FactStore;
  /**
   * Runs `ask` for every item on a snapshot until it lacks nothing there; results in the order of the items. `wish` says how
   * contexts are measured.
   */
  resolve<T, R>(
    items: readonly T[],
    ask: (snapshot: TrackedSnapshot, item: T) => R,
    wish?: MeasureWish,
  ): Promise<R[]>;
  /** Lays whole texts over the files from now on, as if they stood on the disk. */
  lay(texts: ReadonlyMap<string, string>): void;
  /** Changes files: `changes` lists them from now on. */
  change(texts: ReadonlyMap<string, string>): void;
  /** Takes back what `change` made of a file. */
  revert(path: string): void;
  /** What `change` made of files, sorted by path; `before` is undefined for a new file. */
  changes(): readonly {
    readonly path: string;
    readonly before: string | undefined;
    readonly after: string;
  }[];
  /** The text of a file that was read, changes applied. */
  text(path: string): string | undefined;
}

/**
 * A workspace over `fs`; `folders` are the roots, `overlay` texts that count instead of those on the disk. What `ports`
 * lack is not asked.
 */
export function createWorkspace(
  fs: DiskFs,
  folders: readonly string[],
  overlay: ReadonlyMap<string, string>,
  ports: Pick<FactStoreOptions, 'measurer' | 'history' | 'failed'> = {},
): Workspace {
  const store = createFactStore({ fs, ...ports });
  const cache = parseCache(wholeRun);
  const laid = new Map(overlay);
  const changed = new Map<string, string>();
  const before = (path: string): string | undefined =>
    laid.get(path) ?? store.facts().texts.get(path) ?? undefined;
  const tracked = (): TrackedSnapshot => trackedSnapshot(store.facts(), folders, cache);
  const over = (base: TrackedSnapshot): TrackedSnapshot =>
    laid.size + changed.size === 0 ? base : overlaySnapshot(base, new Map([...laid, ...changed]));
  return {
    store,
    lay(more) {
      for (const [path, text] of more) laid.set(path, text);
    },
    change(more) {
      for (const [path, text] of more) changed.set(path, text);
    },
    revert(path) {
      changed.delete(path);
    },
    changes: () =>
      [...changed]
        .map(([path, after]) => ({ path, before: before(path), after }))
        .filter((c) => c.before !== c.after)
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    text: (path) => changed.get(path) ?? before(path),
    async resolve<T, R>(
      items: readonly T[],
      ask: (snapshot: TrackedSnapshot, item: T) => R,
      wish?: MeasureWish,
    ): Promise<R[]> {
      const results = new Map<T, R>();
      let open = items;
      for (let round = 1; open.length > 0; round++) {
        const base = tracked();
        const snapshot = over(base);
        const lacking: T[] = [];
        for (const item of open) {
          const before = base.misses();
          results.set(item, ask(snapshot, item));
          if (base.misses() > before) lacking.push(item);
        }
        if (round >= maxRounds) break;
        await store.load(base.wanted(), undefined, wish);
        open = lacking;
      }
      return items.map((item) => results.get(item) as R);
    },
  };
}

/** Makes the text of a configuration file count at the project root of every file. */
export async function useConfig(workspace: Workspace, files: readonly string[], text: string): Promise<void> {
  const roots = await workspace.resolve(files, projectRootOf);
  workspace.lay(new Map([...new Set(roots)].map((root) => [joinPath(root, configName), text])));
}

/** Lints files with their verified fixes, in the order given; files that are none of ours are left out. */
export async function lintFiles(
  workspace: Workspace,
  engine: Engine,
  files: readonly string[],
  options: LintOptions,
): Promise<readonly ReportedFile[]> {
  await workspace.store.load(files.map((path) => ({ kind: 'text', path })));
  // Configuration and builds first: the rules, which cost more, are then asked in fewer rounds.
  await workspace.resolve(files, (snapshot, path) =>
    lintFile({ rules: [], shellParser: undefined }, snapshot, path, options),
  );
  const reports = await workspace.resolve(files, (snapshot, path) =>
    lintFile(engine, snapshot, path, options),
  );
  const ours = reports.filter((r) => r.kind !== undefined).map((r) => withReason(workspace, r));
  const cache: VerifyCache = new WeakMap();
  return workspace.resolve(ours, (snapshot, report) => ({
    report,
    fixes: new Map(
      report.findings.map((f) => [f, verifiedFixes(engine, snapshot, report, f, options, cache)] as const),
    ),
  }));
}

/** A text that is not there may be too large to be read. */
function withReason(workspace: Workspace, report: FileReport): FileReport {
  const tooLarge = report.skipped === 'unreadable' && workspace.store.unread(report.path) === 'too-large';
  return tooLarge ? { ...report, skipped: 'too-large' } : report;
}

/** Applies the fixes of one file to the workspace's texts (nothing is written). */
export async function fixFile(
  workspace: Workspace,
  engine: Engine,
  path: string,
  options: FixAllOptions,
): Promise<Fixed> {
  const [fixed] = await workspace.resolve([path], (snapshot, file) =>
    fixAll(engine, snapshot, file, options),
  );
  if (fixed === undefined) throw new Error('a file was lost');
  workspace.change(fixed.texts);
  return fixed;
}

/** What the reports need of the workspace. */
export function reportContext(workspace: Workspace, shown: (path: string) => string): ReportContext {
  const indexes = parseCache();
  return {
    shown,
    text: (path) => workspace.text(path),
    lines: (path) => indexes.get(path, workspace.text(path) ?? '', lineIndex),
  };
}
