import type { Diagnostic, ProgressToken, WorkspaceEdit } from 'vscode-languageserver';
import type { MeasuredBuild } from '../project/measured.js';
import type { ContextPicture, Explanation } from '../report/contextModel.js';
import type { ImpactPicture } from '../report/impactModel.js';
import type { WhyStep } from '../report/whyModel.js';

export type { MeasuredBuild } from '../project/measured.js';
export type { ContextPicture, ContextReport, Explanation } from '../report/contextModel.js';
export type { ImpactPicture } from '../report/impactModel.js';
export type { WhyStep } from '../report/whyModel.js';

/**
 * What Plimsoll's own client may say to the server beyond LSP. Types only: the client imports nothing else of the
 * server. The server is fully useful without any of it; `capabilities.experimental.plimsoll` says which version it speaks.
 */

/** Raised when a message changes in a way that an older client would misread. */
export type ProtocolVersion = 1;

/** `capabilities.experimental` of the server's answer to `initialize`. */
export interface ExperimentalCapabilities {
  readonly plimsoll: { readonly version: ProtocolVersion };
}

/** `initializationOptions`: all optional, all but `chosenBuilds` for clients without `workspace/configuration`. */
export interface InitializationOptions {
  /** As the `plimsoll` section of the settings. */
  readonly settings?: Partial<Settings>;
  /**
   * Document URI → `source` of the build the person chose for it (see `plimsoll/chooseBuild`). A client that gives this,
   * be it empty, gets `plimsoll/status`.
   */
  readonly chosenBuilds?: Readonly<Record<string, string>>;
  /** False in a workspace that is not trusted: git is not asked and docker not run until `plimsoll/trust`. Default: true. */
  readonly trusted?: boolean;
  /** Document URI of a Dockerfile → builds of it that were measured, as the server once returned them, the newest first. */
  readonly measured?: Readonly<Record<string, readonly MeasuredBuild[]>>;
}

export type SeverityName = 'error' | 'warning' | 'information' | 'hint';
export type ProfileName = 'default' | 'thorough' | 'everything';

/** The section `plimsoll` of the settings, asked for per document by `workspace/configuration`. */
export interface Settings {
  readonly enable: boolean;
  /** Null or `default`: as the project says, else `default`. */
  readonly profile: ProfileName | null;
  readonly rules: Readonly<Record<string, SeverityName | 'off'>>;
  /** Patterns as in a .gitignore file at the workspace folder. */
  readonly exclude: readonly string[];
  readonly context: {
    /** Megabytes (10^6 bytes) of a build context; null: as the project says, else 100. */
    readonly noteAbove: number | null;
    /** The same; null: as the project says, else 500. */
    readonly warnAbove: number | null;
  };
  readonly history: {
    /** Commits that are replayed at most; null: as the project says, else 200. */
    readonly commits: number | null;
  };
  readonly rebuild: {
    /** Seconds of a step above which they are shown beside it; null: as the project says, else 5. */
    readonly hintAbove: number | null;
  };
  /** Programs, by path or name. */
  readonly git: { readonly path: string };
  readonly docker: { readonly path: string };
  /** Who wins where the settings and `.plimsoll.yaml` both say something. */
  readonly preference: 'editor' | 'project';
}

/** Requests the client may send: method → parameters and result. */
export interface Requests extends RebuildRequests {
  /** Versions, capabilities, settings, builds, timings: what a bug report needs. Holds no file content. */
  'plimsoll/debugInfo': { readonly params: DebugInfoParams; readonly result: DebugInfo };
  /** Lints every file of the workspace folders. Cancel by cancelling the request; progress by `workDoneToken`. */
  'plimsoll/lintWorkspace': { readonly params: LintWorkspaceParams; readonly result: LintWorkspaceResult };
  /** The edit that applies all safe fixes of one document; the client applies it. */
  'plimsoll/applySafeFixes': { readonly params: ApplySafeFixesParams; readonly result: ApplySafeFixesResult };
  /** The builds that use a Dockerfile, the deciding one first. Empty for any other file. */
  'plimsoll/builds': { readonly params: BuildsParams; readonly result: BuildsResult };
  /** Makes another build decide, until the server ends (the client keeps it in the workspace and hands it in again). */
  'plimsoll/chooseBuild': { readonly params: ChooseBuildParams; readonly result: BuildsResult };
  /** What a build sends of its context, from a fresh walk of the disk. Progress past one second; cancellable. */
  'plimsoll/contextReport': { readonly params: ContextReportParams; readonly result: ContextReportResult };
  /** The edit that adds a pattern to the ignore file a build reads, or creates that file with it. */
  'plimsoll/addIgnoreLine': { readonly params: AddIgnoreLineParams; readonly result: AddIgnoreLineResult };
  /** Why a file is, or is not, in each build whose context holds it. */
  'plimsoll/whyInBuild': { readonly params: WhyInBuildParams; readonly result: WhyInBuildResult };
  /** The ignore file that Plimsoll would write for a build; writes nothing. */
  'plimsoll/createDockerignore': {
    readonly params: CreateDockerignoreParams;
    readonly result: CreateDockerignoreResult;
  };
}

/** Requests about rebuilds. */
export interface RebuildRequests {
  /** What changes re-run, what that costs and what each fix would save. Progress past one second; cancellable. */
  'plimsoll/impactReport': { readonly params: ImpactReportParams; readonly result: ImpactReportResult };
  /** The edit that applies one fix of the impact report, or all of them. */
  'plimsoll/applyImpactFix': { readonly params: ApplyImpactFixParams; readonly result: ApplyImpactFixResult };
  /** Which steps the changes of the working tree since the last commit would re-run. */
  'plimsoll/whyRebuild': { readonly params: WhyRebuildParams; readonly result: WhyRebuildResult };
  /** Which steps a change of a file re-runs, in each build whose context holds it. */
  'plimsoll/stepsOfFile': { readonly params: StepsOfFileParams; readonly result: StepsOfFileResult };
  /** Reads build logs; the client keeps what comes back and hands it in again at the next start. */
  'plimsoll/importLog': { readonly params: ImportLogParams; readonly result: MeasuredResult };
  /** Reads the builder's own history with docker, for the build of a Dockerfile. Only on a person's request. */
  'plimsoll/importHistory': { readonly params: ImportHistoryParams; readonly result: MeasuredResult };
  /** Says what `plimsoll/measureBuild` would run, to ask before; runs nothing. */
  'plimsoll/measureCommand': { readonly params: MeasureCommandParams; readonly result: MeasureCommandResult };
  /** Runs the build with docker and measures it. Only on a person's request; progress; cancelling ends docker. */
  'plimsoll/measureBuild': { readonly params: MeasureBuildParams; readonly result: MeasuredResult };
  /** Forgets what was measured of a Dockerfile. */
  'plimsoll/forgetMeasured': { readonly params: ForgetMeasuredParams; readonly result: MeasuredResult };
}

/** Notifications the client may send. */
export interface ClientNotifications {
  /** The workspace is trusted now. */
  'plimsoll/trust': { readonly trusted: boolean };
}

/** Notifications the server sends. */
export interface Notifications {
  'plimsoll/status': Status;
  'plimsoll/contextStatus': ContextStatus;
}

export interface ContextReportParams {
  /** A Dockerfile, compose file, ignore file or folder. */
  readonly uri: string;
  /** Count what is ignored too: a second, slower walk. */
  readonly full?: boolean;
  readonly workDoneToken?: ProgressToken;
}

/** A Dockerfile that could be meant. */
export interface Candidate {
  readonly uri: string;
  /** Path relative to the project. */
  readonly label: string;
}

/** Sizes in bytes. */
export interface ContextThresholds {
  readonly noteAbove: number;
  readonly warnAbove: number;
}

export interface ContextReportResult {
  /** Null where there is nothing to report: `notes` say why, or `candidates` list what could be meant. */
  readonly picture: ContextPicture | null;
  /** The Dockerfile the picture is about; null without one. */
  readonly dockerfileUri: string | null;
  /** The ignore file that its build reads, or would read if it were there; null where none can be. */
  readonly ignoreFileUri: string | null;
  /** Not empty where several Dockerfiles could be meant: ask again with the `uri` of one of them. */
  readonly candidates: readonly Candidate[];
  /** What the numbers rest on and what limits them, one sentence each. */
  readonly notes: readonly string[];
  readonly thresholds: ContextThresholds;
}

export interface AddIgnoreLineParams {
  /** The Dockerfile of the build. */
  readonly uri: string;
  readonly pattern: string;
}

export interface AddIgnoreLineResult {
  /** Null where the line is not added: `reason` says why. */
  readonly edit: WorkspaceEdit | null;
  /** The ignore file, as people are shown it; empty where none is read. */
  readonly path: string;
  readonly reason?: string;
}

export interface WhyInBuildParams {
  readonly uri: string;
}

export interface WhyInBuildResult {
  /** One for each build whose context holds the file, the deciding build of each Dockerfile first. */
  readonly explanations: readonly BuildExplanation[];
  /** Why there are none; null where there are. */
  readonly note: string | null;
}

export interface BuildExplanation {
  readonly build: BuildInfo;
  readonly dockerfileUri: string;
  readonly explanation: Explanation;
  readonly ignoreFileUri: string | null;
  /** One sentence a person can check. */
  readonly text: string;
}

export interface CreateDockerignoreParams {
  /** A Dockerfile or a folder. */
  readonly uri: string;
}

export interface CreateDockerignoreResult {
  /** As in `plimsoll/contextReport`. */
  readonly candidates: readonly Candidate[];
  readonly generated: GeneratedFile | null;
  /** Why there is nothing to write. */
  readonly refused?: string;
}

export interface GeneratedFile {
  readonly uri: string;
  /** The whole new text. */
  readonly text: string;
  /** Says what it saves. */
  readonly title: string;
  /** The file is there already: `text` is what it would become. */
  readonly exists: boolean;
  /** Lines are added to a file that decides already. */
  readonly additions: boolean;
  readonly applicability: 'safe' | 'unsafe' | 'manual';
}

/** The context size of the document in front, for a status item. Sent when it changes. */
export interface ContextStatus {
  readonly uri: string;
  /** A few words: `Context: 14 MB`. Empty: nothing to show. */
  readonly text: string;
  /** One or two sentences. */
  readonly detail: string;
  readonly level: 'ok' | 'note' | 'warn';
}

export interface ImpactReportParams {
  /** A Dockerfile, compose file or folder. */
  readonly uri: string;
  readonly workDoneToken?: ProgressToken;
}

export interface ImpactReportResult {
  /** Null where there is nothing to report: `notes` say why, or `candidates` list what could be meant. */
  readonly picture: ImpactPicture | null;
  /** The report's page, without document and style: ready to be shown, all text escaped. Empty without a picture. */
  readonly html: string;
  readonly dockerfileUri: string | null;
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

export interface ApplyImpactFixParams {
  /** The Dockerfile. */
  readonly uri: string;
  /** `id` of a fix of the picture; `safe` or `all` for many. */
  readonly fix: string;
}

export interface ApplyImpactFixResult {
  /** Null where it can't be applied any more: `reason` says why. */
  readonly edit: WorkspaceEdit | null;
  /** How many fixes the edit holds. */
  readonly applied: number;
  readonly reason?: string;
}

export interface WhyRebuildParams {
  readonly uri: string;
}

export interface WhyRebuildResult {
  readonly build: BuildInfo | null;
  readonly dockerfileUri: string | null;
  readonly candidates: readonly Candidate[];
  readonly steps: readonly WhyStep[];
  /** What it was compared with: `HEAD (3f2a91c)`. */
  readonly against: string;
  /** The answer as Markdown, to be shown as it is. */
  readonly markdown: string;
  /** Why there is no answer; null with one. */
  readonly note: string | null;
}

export interface StepsOfFileParams {
  readonly uri: string;
}

export interface StepsOfFileResult {
  /** One for each build whose context holds the file, the deciding build of each Dockerfile first. */
  readonly builds: readonly {
    readonly build: BuildInfo;
    readonly dockerfileUri: string;
    /** Steps that run again; empty where none does. */
    readonly steps: readonly WhyStep[];
    /** One sentence. */
    readonly text: string;
  }[];
  readonly note: string | null;
}

export interface ImportLogParams {
  /** The Dockerfile the logs belong to. */
  readonly uri: string;
  readonly logs: readonly { readonly name: string; readonly text: string }[];
}

export interface ImportHistoryParams {
  readonly uri: string;
  readonly workDoneToken?: ProgressToken;
}

export interface MeasureCommandParams {
  readonly uri: string;
}

export interface MeasureCommandResult {
  /** The command as one would type it; null where nothing can be run: `reason` says why. */
  readonly command: string | null;
  readonly reason?: string;
}

export interface MeasureBuildParams {
  readonly uri: string;
  /** Builds without the cache: a clean build. */
  readonly noCache?: boolean;
  readonly workDoneToken?: ProgressToken;
}

export interface ForgetMeasuredParams {
  readonly uri: string;
}

export interface MeasuredResult {
  /** The Dockerfile whose builds these are: the key under which the client keeps them. Null where none was found. */
  readonly dockerfileUri: string | null;
  /** All measured builds of the Dockerfile now, the newest first: what the client keeps. */
  readonly measured: readonly MeasuredBuild[];
  /** How many of them are new. */
  readonly added: number;
  /** One sentence for each log that could not be used, or only in part. */
  readonly notes: readonly string[];
}

export interface DebugInfoParams {
  /** The document in front, whose settings and builds are wanted too. */
  readonly uri?: string;
}

export interface DebugInfo {
  /** Ready to paste into a bug report. */
  readonly text: string;
  readonly plimsoll: string;
  readonly node: string;
  /** The client as it named itself. */
  readonly client: string | undefined;
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly settings: Settings | undefined;
  readonly builds: readonly BuildInfo[];
  /** Milliseconds spent in each rule since the start, and how often it ran; slowest first. */
  readonly rules: readonly { readonly rule: string; readonly ms: number; readonly runs: number }[];
  /** What went wrong since the start, newest last; at most 50. */
  readonly errors: readonly string[];
}

export interface LintWorkspaceParams {
  readonly workDoneToken?: ProgressToken;
}

export interface LintWorkspaceResult {
  /** Every file Plimsoll reads, sorted by URI, those without findings too. */
  readonly files: readonly LintedFile[];
  /** Rules that threw. */
  readonly errors: readonly string[];
}

export interface LintedFile {
  readonly uri: string;
  readonly kind: 'dockerfile' | 'compose' | 'dockerignore' | 'workflow' | 'bake';
  readonly skipped: 'template' | 'fragment' | 'too-large' | 'unreadable' | null;
  readonly diagnostics: Diagnostic[];
}

export interface ApplySafeFixesParams {
  readonly uri: string;
}

export interface ApplySafeFixesResult {
  /** Null where there is nothing to fix. Its document changes carry the version they were computed for. */
  readonly edit: WorkspaceEdit | null;
  /** How many fixes the edit holds. */
  readonly applied: number;
}

export interface BuildsParams {
  readonly uri: string;
}

export interface ChooseBuildParams {
  readonly uri: string;
  /** `source` of one of the builds; null goes back to the order Plimsoll follows by itself. */
  readonly source: string | null;
}

export interface BuildsResult {
  /** The deciding one first. */
  readonly builds: readonly BuildInfo[];
  /** The `source` a person chose, where it is one of `builds`. */
  readonly chosen: string | null;
}

export interface BuildInfo {
  readonly dockerfile: string;
  readonly context: string;
  readonly ignoreFile: string | null;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string | null>>;
  readonly source: string;
  readonly why: string;
}

/** How the server is doing: sent when it changes. */
export interface Status {
  /** `problem`: something in `errors` or `configProblems`. */
  readonly state: 'ok' | 'problem';
  /** Milliseconds the last run over one document took. */
  readonly lastRunMs: number;
  /** The document of that run. */
  readonly uri: string;
  /** Rules that threw and requests that failed since the start, newest last; each cause once. */
  readonly errors: readonly string[];
  /** What is wrong in a configuration file, one line each, file first. */
  readonly configProblems: readonly string[];
}
