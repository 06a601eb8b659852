import { dockerfileContext } from '../engine/contexts.js';
import type { Engine } from '../engine/model.js';
import { overlaySnapshot } from '../engine/overlay.js';
import { addLine } from '../fixes/ignore.js';
import { generateIgnore } from '../fixes/ignorefile/generate.js';
import type { GeneratedIgnore, Refused } from '../fixes/ignorefile/model.js';
import { projectRootOf } from '../project/config.js';
import { localBuild } from '../project/local.js';
import type { Snapshot, TrackedSnapshot } from '../project/snapshot.js';
import { buildsAround } from '../project/targets.js';
import type { Change } from '../rules/rule.js';
import { contextNeeds } from '../sim/context/needs.js';
import { applyEdits } from '../text/edit.js';
import { isInside, relativePath } from '../text/paths.js';
import { buildInfo, type Handlers } from './commands.js';
import { type ContextDeps, contextReport } from './contextReport.js';
import { ignorePathOf, targetOf } from './contextTarget.js';
import { type EditTarget, workspaceEdit } from './edits.js';
import type {
  AddIgnoreLineParams,
  AddIgnoreLineResult,
  CreateDockerignoreParams,
  CreateDockerignoreResult,
  WhyInBuildParams,
  WhyInBuildResult,
} from './protocol.js';
import { measuredSources, sizesOf } from './sizes.js';
import { explanationOf } from './why.js';
import { noBuild, noFile } from './words.js';

export type ContextHandlers = Pick<
  Handlers,
  'plimsoll/contextReport' | 'plimsoll/addIgnoreLine' | 'plimsoll/whyInBuild' | 'plimsoll/createDockerignore'
>;

/** The answers to the requests about build contexts. */
export function createContextHandlers(deps: ContextDeps): ContextHandlers {
  return {
    'plimsoll/contextReport': (params, signal) => contextReport(deps, params, signal),
    'plimsoll/addIgnoreLine': (params, signal) => addIgnoreLine(deps, params, signal),
    'plimsoll/whyInBuild': (params, signal) => whyInBuild(deps, params, signal),
    'plimsoll/createDockerignore': (params, signal) => createDockerignore(deps, params, signal),
  };
}

interface AddedLine {
  readonly path: string;
  readonly change?: Change;
  readonly reason?: string;
  readonly snapshot: Snapshot;
}

/** The first source that is found now and would not be with `text` as the ignore file; undefined where all stay. */
function lostSource(
  deps: ContextDeps,
  snapshot: TrackedSnapshot,
  dockerfile: string,
  ignorePath: string,
  text: string,
): string | undefined {
  const options = { chosenBuilds: deps.chosenBuilds() };
  const found = (of: Snapshot): Map<string, string> => {
    const sized = sizesOf(of, dockerfile, options);
    const sources = sized === undefined ? [] : measuredSources(sized).filter(({ measure }) => measure.found);
    return new Map(
      sources.map(({ source, use }) => [
        `${source.span.start}`,
        `"${source.written}", which ${use.instruction.keyword} on line ${(sized?.dockerfile.lines.positionAt(source.span.start).line ?? 0) + 1} needs`,
      ]),
    );
  };
  const after = found(overlaySnapshot(snapshot, new Map([[ignorePath, text]])));
  return [...found(snapshot)].find(([key]) => !after.has(key))?.[1];
}

function addedLine(deps: ContextDeps, snapshot: TrackedSnapshot, path: string, pattern: string): AddedLine {
  const { build } = targetOf(deps, snapshot, path);
  const ignorePath = build && ignorePathOf(build);
  if (build === undefined || ignorePath === undefined) {
    return { path: '', snapshot, reason: 'Its build reads no ignore file of this project.' };
  }
  const shown = relativePath(projectRootOf(snapshot, ignorePath), ignorePath);
  const text = snapshot.text(ignorePath);
  const edit = addLine(text ?? '', pattern);
  if (edit === undefined) {
    const reason = `${shown} has no place for "${pattern}": it is there already, it is no pattern, or an exception would undo it.`;
    return { path: shown, snapshot, reason };
  }
  const after = text === undefined ? `${pattern}\n` : applyEdits(text, [edit]);
  const lost = lostSource(deps, snapshot, build.dockerfile, ignorePath, after);
  if (lost !== undefined) {
    return { path: shown, snapshot, reason: `It would hide ${lost}: the build would fail.` };
  }
  const change: Change =
    text === undefined
      ? { kind: 'create', path: ignorePath, text: after }
      : { kind: 'edit', path: ignorePath, edits: [edit] };
  return { path: shown, snapshot, change };
}

async function addIgnoreLine(
  deps: ContextDeps,
  { uri, pattern }: AddIgnoreLineParams,
  signal: AbortSignal,
): Promise<AddIgnoreLineResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { edit: null, path: '', reason: noFile };
  const added = await deps.resolve((snapshot) => addedLine(deps, snapshot, path, pattern), signal);
  if (added?.change === undefined) {
    const { reason } = added ?? {};
    return { edit: null, path: added?.path ?? '', ...(reason === undefined ? {} : { reason }) };
  }
  const { client, documents, uriOf } = deps;
  const target: EditTarget = { client, documents, uriOf, snapshot: added.snapshot };
  const edit = workspaceEdit([added.change], target);
  return edit === undefined
    ? { edit: null, path: added.path, reason: 'This editor cannot create files for a language server.' }
    : { edit, path: added.path };
}

async function whyInBuild(
  deps: ContextDeps,
  { uri }: WhyInBuildParams,
  signal: AbortSignal,
): Promise<WhyInBuildResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { explanations: [], note: noFile };
  const found = await deps.resolve((snapshot) => {
    const builds = buildsAround(snapshot, path).map((build) => localBuild(snapshot, build));
    const around = builds.filter(({ remote, context }) => !remote && isInside(context, path));
    const explained = around.flatMap((build) => {
      const why = explanationOf(snapshot, build, path);
      return why === undefined ? [] : [{ build, ...why }];
    });
    return { explained, all: builds.length };
  }, signal);
  const explanations = (found?.explained ?? []).map(({ build, explanation, text }) => ({
    build: buildInfo(build),
    dockerfileUri: deps.uriOf(build.dockerfile),
    explanation,
    ignoreFileUri: build.ignoreFile === null ? null : deps.uriOf(build.ignoreFile),
    text,
  }));
  if (explanations.length > 0) return { explanations, note: null };
  const note =
    found === undefined || found.all === 0
      ? 'No build of this project is known.'
      : 'It lies outside the context of every build of this project, so none of them can see it.';
  return { explanations, note };
}

async function createDockerignore(
  deps: ContextDeps,
  { uri }: CreateDockerignoreParams,
  signal: AbortSignal,
): Promise<CreateDockerignoreResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { candidates: [], generated: null, refused: noFile };
  const engine = await deps.engine();
  const found = await deps.resolve((snapshot) => {
    const target = targetOf(deps, snapshot, path);
    const { build } = target;
    const made = build && generated(deps, engine, snapshot, build.dockerfile);
    return { target, made };
  }, signal);
  const candidates = found?.target.candidates ?? [];
  if (candidates.length > 0) return { candidates, generated: null };
  const made = found?.made;
  if (made === undefined) return { candidates, generated: null, refused: noBuild };
  if ('refused' in made) return { candidates, generated: null, refused: made.refused };
  const { path: file, text, title, additions, applicability } = made;
  return {
    candidates,
    generated: { uri: deps.uriOf(file), text, title, exists: additions, additions, applicability },
  };
}

function generated(
  deps: ContextDeps,
  engine: Engine,
  snapshot: TrackedSnapshot,
  dockerfile: string,
): GeneratedIgnore | Refused | undefined {
  const options = { chosenBuilds: deps.chosenBuilds() };
  const prepared = dockerfileContext(engine, snapshot, dockerfile, options);
  if (prepared === undefined) return undefined;
  const { builds, dockerfile: parsed, graph, shell } = prepared.context;
  const build = localBuild(snapshot, prepared.context.build);
  const needs = contextNeeds(graph, parsed);
  return generateIgnore({ snapshot, build, builds, dockerfile: parsed, graph, shell, needs });
}
