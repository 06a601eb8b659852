import { orderedBuilds } from '../engine/contexts.js';
import { addLine } from '../fixes/ignore.js';
import type { Build } from '../project/build.js';
import { configOf, projectRootOf, thresholdsOf } from '../project/config.js';
import { projectBuilds } from '../project/discover.js';
import type { Snapshot } from '../project/snapshot.js';
import { dockerfilesFor } from '../project/targets.js';
import type { Change } from '../rules/rule.js';
import { isInside, joinPath, relativePath } from '../text/paths.js';
import { buildInfo, type CommandDeps, type Handlers } from './commands.js';
import { type EditTarget, workspaceEdit } from './edits.js';
import type {
  AddIgnoreLineParams,
  AddIgnoreLineResult,
  Candidate,
  ContextReportParams,
  ContextReportResult,
  CreateDockerignoreParams,
  CreateDockerignoreResult,
  WhyInBuildParams,
  WhyInBuildResult,
} from './protocol.js';
import type { Resolve } from './resolve.js';
import { lintOptions } from './settings.js';
import { explanationOf } from './why.js';

export interface ContextRequestDeps
  extends Pick<CommandDeps, 'client' | 'documents' | 'uris' | 'uriOf' | 'settingsOf'> {
  readonly resolve: Resolve;
  /** Path → `source` of the build the person chose. */
  readonly chosenBuilds: () => Readonly<Record<string, string>>;
}

export type ContextHandlers = Pick<
  Handlers,
  'plimsoll/contextReport' | 'plimsoll/addIgnoreLine' | 'plimsoll/whyInBuild' | 'plimsoll/createDockerignore'
>;

/** The answers to the requests about build contexts. */
export function createContextHandlers(deps: ContextRequestDeps): ContextHandlers {
  return {
    'plimsoll/contextReport': (params, signal) => contextReport(deps, params, signal),
    'plimsoll/addIgnoreLine': (params, signal) => addIgnoreLine(deps, params, signal),
    'plimsoll/whyInBuild': (params, signal) => whyInBuild(deps, params, signal),
    'plimsoll/createDockerignore': (params, signal) => createDockerignore(deps, params, signal),
  };
}

/** The Dockerfiles a URI stands for, and the deciding build where that is one. */
interface Target {
  readonly candidates: readonly Candidate[];
  readonly build: Build | undefined;
}

function targetOf(deps: ContextRequestDeps, snapshot: Snapshot, path: string): Target {
  const [first, ...others] = dockerfilesFor(snapshot, path);
  if (first === undefined) return { candidates: [], build: undefined };
  const root = projectRootOf(snapshot, path);
  if (others.length > 0) {
    const label = (file: string): string => relativePath(root, file);
    const candidates = [first, ...others].map((file) => ({ uri: deps.uriOf(file), label: label(file) }));
    return { candidates, build: undefined };
  }
  const [build] = orderedBuilds(snapshot, first, { chosenBuilds: deps.chosenBuilds() });
  return { candidates: [], build };
}

/** The ignore file of a build, or where it would be; undefined where BuildKit reads none. */
function ignorePathOf(build: Build): string | undefined {
  return build.remote ? undefined : (build.ignoreFile ?? joinPath(build.context, '.dockerignore'));
}

async function contextReport(
  deps: ContextRequestDeps,
  { uri }: ContextReportParams,
  signal: AbortSignal,
): Promise<ContextReportResult> {
  const path = deps.uris.pathOf(uri);
  const settings = await deps.settingsOf(uri);
  const found =
    path === undefined
      ? undefined
      : await deps.resolve((snapshot) => {
          const config = configOf(snapshot, path);
          const thresholds = thresholdsOf(config, lintOptions(settings, config).context);
          return { ...targetOf(deps, snapshot, path), thresholds };
        }, signal);
  const build = found?.build;
  const ignorePath = build === undefined ? undefined : ignorePathOf(build);
  return {
    picture: null,
    dockerfileUri: build === undefined ? null : deps.uriOf(build.dockerfile),
    ignoreFileUri: ignorePath === undefined ? null : deps.uriOf(ignorePath),
    candidates: found?.candidates ?? [],
    notes: build === undefined && found?.candidates.length === 0 ? ['No Dockerfile is built from here.'] : [],
    thresholds: found?.thresholds ?? thresholdsOf({ context: {} }),
  };
}

interface AddedLine {
  readonly path: string;
  readonly change?: Change;
  readonly reason?: string;
  readonly snapshot: Snapshot;
}

function addedLine(deps: ContextRequestDeps, snapshot: Snapshot, path: string, pattern: string): AddedLine {
  const { build } = targetOf(deps, snapshot, path);
  const ignorePath = build === undefined ? undefined : ignorePathOf(build);
  if (build === undefined || ignorePath === undefined) {
    return { path: '', snapshot, reason: 'Its build reads no ignore file of this project.' };
  }
  const shown = relativePath(projectRootOf(snapshot, ignorePath), ignorePath);
  const text = snapshot.text(ignorePath);
  const edit = addLine(text ?? '', pattern);
  if (edit === undefined) {
    const reason = `${shown} has no place for "${pattern}": it is there already, or an exception would undo it.`;
    return { path: shown, snapshot, reason };
  }
  const change: Change =
    text === undefined
      ? { kind: 'create', path: ignorePath, text: `${pattern}\n` }
      : { kind: 'edit', path: ignorePath, edits: [edit] };
  return { path: shown, snapshot, change };
}

async function addIgnoreLine(
  deps: ContextRequestDeps,
  { uri, pattern }: AddIgnoreLineParams,
  signal: AbortSignal,
): Promise<AddIgnoreLineResult> {
  const path = deps.uris.pathOf(uri);
  const added =
    path === undefined
      ? undefined
      : await deps.resolve((snapshot) => addedLine(deps, snapshot, path, pattern), signal);
  if (added === undefined) return { edit: null, path: '', reason: 'This document is no file.' };
  if (added.change === undefined) return { edit: null, path: added.path, ...reasonOf(added) };
  const { client, documents, uriOf } = deps;
  const target: EditTarget = { client, documents, uriOf, snapshot: added.snapshot };
  const edit = workspaceEdit([added.change], target);
  return edit === undefined
    ? { edit: null, path: added.path, reason: 'This editor cannot create files for a language server.' }
    : { edit, path: added.path };
}

function reasonOf({ reason }: AddedLine): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

async function whyInBuild(
  deps: ContextRequestDeps,
  { uri }: WhyInBuildParams,
  signal: AbortSignal,
): Promise<WhyInBuildResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { explanations: [] };
  const explained = await deps.resolve((snapshot) => {
    const builds = projectBuilds(snapshot, path);
    return builds
      .filter(({ remote, context }) => !remote && isInside(context, path))
      .map((build) => ({ build, ...explanationOf(snapshot, build, path) }));
  }, signal);
  const explanations = (explained ?? []).map(({ build, explanation, text }) => ({
    build: buildInfo(build),
    dockerfileUri: deps.uriOf(build.dockerfile),
    explanation,
    ignoreFileUri: build.ignoreFile === null ? null : deps.uriOf(build.ignoreFile),
    text,
  }));
  return { explanations };
}

async function createDockerignore(
  deps: ContextRequestDeps,
  { uri }: CreateDockerignoreParams,
  signal: AbortSignal,
): Promise<CreateDockerignoreResult> {
  const path = deps.uris.pathOf(uri);
  const target =
    path === undefined ? undefined : await deps.resolve((snapshot) => targetOf(deps, snapshot, path), signal);
  if (target?.build === undefined) {
    const candidates = target?.candidates ?? [];
    return {
      candidates,
      generated: null,
      ...(candidates.length > 0 ? {} : { refused: 'No Dockerfile is built from here.' }),
    };
  }
  return { candidates: [], generated: null, refused: 'This version cannot write one yet.' };
}
