import type { Engine, FileReport, Finding, LintOptions, OfferedFix } from '../engine/model.js';
import type { Docker } from '../node/docker.js';
import type { MeasureWish } from '../node/facts.js';
import type { Facts, TrackedSnapshot, Want } from '../project/snapshot.js';
import type { RegisteredRule } from '../rules/rule.js';
import type { RevisionAnswer, RevisionQuery } from '../sim/replay/revision.js';
import type { ShellParser } from '../syntax/shell/model.js';
import type { TextEdit } from '../text/edit.js';
import type { Span } from '../text/span.js';

/** What the server needs of the world. `main.ts` hands in the real ones, tests hand in memory. */
export interface Host {
  /** `overlays`: texts of open files by path, kept up to date by the server. */
  readonly createFacts: (overlays: ReadonlyMap<string, string>) => FactSource;
  readonly core: Core;
  /** Runs docker, on a person's request only; left out where no program can be run. */
  readonly docker?: Docker;
  /** Loads the shell grammar; rejects where it is missing (shell rules then stay silent). */
  readonly loadShell: () => Promise<ShellParser>;
  /** The text of `docs/rules/<id>.md`, undefined where there is none. */
  readonly rulePage: (id: string) => Promise<string | undefined>;
  /** The address of a rule's page. */
  readonly rulePageUri: (id: string) => string;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly log: (level: 'error' | 'warning' | 'info', message: string) => void;
  /** Plimsoll's own version, and that of the runtime. */
  readonly version: string;
  readonly runtime: string;
  /** File URIs name drives (`file:///c%3A/x`). */
  readonly windows: boolean;
}

/** Facts as the server uses them (node/facts.ts is the real one): what is on disk, with the text of open files on top. */
export interface FactSource {
  /** What is known now. Nothing given is ever changed afterwards: a snapshot over it stays what it is. */
  facts(): Facts;
  /** Loads what was asked for; resolves when each is known (null where it does not exist). Rejects only by `signal`. */
  load(wants: readonly Want[], signal?: AbortSignal, wish?: MeasureWish): Promise<void>;
  /** Something at these paths was created, changed or deleted: whether anything known hangs on it, measurements and histories apart. */
  invalidate(paths: readonly string[]): boolean;
  /** As `invalidate` for files that hold something else now, but neither came nor went. */
  changed(paths: readonly string[]): boolean;
  /** Whether measurements may be out of date; they are given on until `remeasure`. */
  isStale(): boolean;
  /** Measures again what may be out of date; whether any answer is another one now. */
  remeasure(signal?: AbortSignal): Promise<boolean>;
  /** Nobody watches: `all` that was read, or only what was `measured`, may be out of date. */
  doubt(what: 'all' | 'measured'): void;
  /** As `FactStore.trustGit`. */
  trustGit(trusted: boolean, program?: string): void;
  /** As `FactStore.compare`. */
  compare(query: RevisionQuery, signal?: AbortSignal): Promise<RevisionAnswer>;
  /** A good moment to forget what was not asked for in a long time. */
  trim(): void;
}

/** The engine's doors, as one value so that tests can put something small in their place. */
export interface Core {
  readonly rules: readonly RegisteredRule[];
  readonly lintFile: (
    engine: Engine,
    snapshot: TrackedSnapshot,
    path: string,
    options: LintOptions,
  ) => FileReport;
  readonly verifiedFixes: (
    engine: Engine,
    snapshot: TrackedSnapshot,
    report: FileReport,
    finding: Finding,
    options: LintOptions,
  ) => readonly OfferedFix[];
  /** All safe fixes of one file, applied until nothing changes: the whole new texts by path. */
  readonly fixAll: (
    engine: Engine,
    snapshot: TrackedSnapshot,
    path: string,
    options: LintOptions & { readonly fixes: 'safe' },
  ) => { readonly texts: ReadonlyMap<string, string>; readonly applied: number };
  /** What can be made of a file at a place of it without anything being wrong with it. */
  readonly refactorsOf: (
    engine: Engine,
    snapshot: TrackedSnapshot,
    report: FileReport,
    at: Span,
    options: LintOptions,
  ) => readonly OfferedFix[];
  /** The edit that silences one finding by a comment; undefined where no comment can stand. */
  readonly ignoreHere: (
    snapshot: TrackedSnapshot,
    report: FileReport,
    finding: Finding,
  ) => TextEdit | undefined;
}
