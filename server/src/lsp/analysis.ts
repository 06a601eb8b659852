import type { Diagnostic } from 'vscode-languageserver';
import type { Engine, FileReport, LintOptions } from '../engine/model.js';
import { ownRules } from '../engine/own.js';
import { classifyName } from '../project/classify.js';
import { type Config, configOf, isExcluded, problemsOf, type RebuildSettings } from '../project/config.js';
import { loneFacts, loneFolder } from '../project/lone.js';
import type { MeasuredBuild } from '../project/measured.js';
import { type ParseCache, type TrackedSnapshot, trackedSnapshot, type Want } from '../project/snapshot.js';
import { hashText } from '../text/hash.js';
import { lineIndex } from '../text/lines.js';
import { isInside } from '../text/paths.js';
import type { OpenDocument } from './documents.js';
import type { SessionFacts } from './facts.js';
import type { Core } from './host.js';
import { diagnosticOf, type Presentation } from './present.js';
import type { Settings } from './protocol.js';
import { lintOptions, rebuildsIn } from './settings.js';
import { loneName } from './uris.js';

/** A document as the analysis sees it: open in the client, or (version null) read from disk. */
export type Subject = Omit<OpenDocument, 'version'> & { readonly version: number | null };

/** Everything known about one document at one version: what all answers are made of. */
export interface Outcome {
  readonly subject: Subject;
  /** The path under which the core knows it. */
  readonly path: string;
  readonly snapshot: TrackedSnapshot;
  readonly options: LintOptions;
  readonly rebuilds: RebuildSettings;
  readonly report: FileReport;
  /** Undefined where the project has no configuration of its own, or the document is no file. */
  readonly config: Config | undefined;
  readonly diagnostics: Diagnostic[];
  /** Hash of the text and all that was found in it. */
  readonly resultId: string;
  /** Facts that would complete the findings; empty when they are complete, or can't be completed. */
  readonly wanted: readonly Want[];
}

export interface AnalysisDeps {
  readonly core: Core;
  readonly facts: SessionFacts;
  readonly cache: ParseCache;
  readonly presentation: Presentation;
  readonly now: () => number;
  /** Engine, folders and choices as they are now; a new value whenever something in it changed. */
  readonly state: () => AnalysisState;
  /** Hears of each run over a document. */
  readonly ran: (outcome: Outcome, milliseconds: number) => void;
}

export interface AnalysisState {
  readonly engine: Engine;
  readonly folders: readonly string[];
  /** Path → `source` of the build the person chose. */
  readonly chosenBuilds: Readonly<Record<string, string>>;
  /** False: git is not asked, and no program run. */
  readonly trusted: boolean;
  /** Path of a Dockerfile → builds of it that were measured, the newest first. */
  readonly measured: Readonly<Record<string, readonly MeasuredBuild[]>>;
}

interface Remembered {
  readonly outcome: Outcome;
  readonly settings: Settings;
  readonly state: AnalysisState;
  readonly revision: number;
}

export interface Analysis {
  /** Lints a document with what is known at this moment. Synchronous, and remembered while nothing changes. */
  run(subject: Subject, settings: Settings): Outcome;
  forget(uri: string): void;
}

/** The one place where documents are linted. */
export function createAnalysis(deps: AnalysisDeps): Analysis {
  const last = new Map<string, Remembered>();
  return {
    run(subject, settings) {
      const state = deps.state();
      const before = last.get(subject.uri);
      const same =
        before !== undefined &&
        before.outcome.subject.text === subject.text &&
        before.outcome.subject.version === subject.version &&
        before.settings === settings &&
        before.state === state &&
        before.revision === deps.facts.revision();
      if (same) return before.outcome;
      const start = deps.now();
      const revision = deps.facts.revision();
      const outcome = lint(deps, subject, settings, state);
      last.set(subject.uri, { outcome, settings, state, revision });
      deps.ran(outcome, deps.now() - start);
      return outcome;
    },
    forget: (uri) => void last.delete(uri),
  };
}

function lint(deps: AnalysisDeps, subject: Subject, settings: Settings, state: AnalysisState): Outcome {
  const { core } = deps;
  const { path, snapshot } = placed(deps, subject, state);
  const config = subject.path === undefined ? undefined : checkedConfig(core, snapshot, path);
  const rebuilds = rebuildsIn(settings, config);
  const options: LintOptions = {
    ...lintOptions(settings, config),
    chosenBuilds: state.chosenBuilds,
    rebuilds: { commits: rebuilds.commits, measured: state.measured },
  };
  const report = isLeftAlone(settings, state.folders, path)
    ? emptyReport(path, subject.text)
    : core.lintFile(state.engine, snapshot, path, options);
  const presentation = withOwnUri(deps.presentation, path, subject.uri);
  const isConfig = classifyName(path) === 'config';
  const diagnostics = isConfig
    ? configDiagnostics(subject, config)
    : report.findings.map((finding) => diagnosticOf(finding, report, snapshot, presentation));
  const complete = isConfig ? snapshot.misses() === 0 : report.complete;
  const wanted = complete || subject.path === undefined ? [] : snapshot.wanted();
  const resultId = hashText(`${hashText(subject.text)}${JSON.stringify(diagnostics)}`);
  return { subject, path, snapshot, options, rebuilds, report, config, diagnostics, resultId, wanted };
}

/** Whether the settings switch Plimsoll off for a file; `exclude` counts from the innermost workspace folder. */
function isLeftAlone(settings: Settings, folders: readonly string[], path: string): boolean {
  if (!settings.enable) return true;
  const around = folders.filter((folder) => isInside(folder, path)).sort((a, b) => b.length - a.length);
  const root = around[0];
  return root !== undefined && isExcluded({ root, exclude: settings.exclude }, path);
}

function emptyReport(path: string, text: string): FileReport {
  const none = {
    kind: undefined,
    skipped: null,
    problems: [],
    findings: [],
    suppressed: 0,
    errors: [],
    builds: [],
  };
  return { path, ...none, lines: lineIndex(text), complete: true };
}

/** A document in its world: a file among the others, any other scheme alone. */
function placed(
  deps: AnalysisDeps,
  { uri, path, languageId, text }: Subject,
  state: AnalysisState,
): { readonly path: string; readonly snapshot: TrackedSnapshot } {
  if (path !== undefined) return { path, snapshot: deps.facts.snapshot(state.folders) };
  const name = loneName(uri, languageId, (own) => classifyName(own) !== undefined);
  const facts = loneFacts(name, text);
  return { path: `${loneFolder}/${name}`, snapshot: trackedSnapshot(facts, [], deps.cache) };
}

/** The project's configuration, rules that do not exist among its problems. */
function checkedConfig(core: Core, snapshot: TrackedSnapshot, path: string): Config {
  const config = configOf(snapshot, path);
  if (Object.keys(config.ruleSpans).length === 0) return config;
  const known = new Set([...core.rules, ...ownRules].map(({ meta }) => meta.id));
  return { ...config, problems: problemsOf(config, known) };
}

function withOwnUri(presentation: Presentation, own: string, uri: string): Presentation {
  return { ...presentation, uriOf: (path) => (path === own ? uri : presentation.uriOf(path)) };
}

/** What is wrong in a configuration file, as diagnostics of that file. */
function configDiagnostics(subject: Subject, config: Config | undefined): Diagnostic[] {
  if (config === undefined || config.path !== subject.path) return [];
  const lines = lineIndex(subject.text);
  return config.problems.map(({ message, span }) => ({
    range: lines.rangeOf(span),
    severity: 2,
    source: 'plimsoll',
    message,
  }));
}
