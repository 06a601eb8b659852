import { dockerfileContext } from '../engine/contexts.js';
import { type BuildQuestion, fixedBuild } from '../engine/impactfixes.js';
import type { Engine, LintOptions } from '../engine/model.js';
import { configOf, projectRootOf } from '../project/config.js';
import { localBuild } from '../project/local.js';
import type { MeasuredBuild } from '../project/measured.js';
import type { TrackedSnapshot } from '../project/snapshot.js';
import { type ImpactInput, impactFixes, impactPicture } from '../report/impact.js';
import { impactHtml } from '../report/impactHtml.js';
import type { Change } from '../rules/rule.js';
import { isInside, relativePath } from '../text/paths.js';
import { changesTo } from './changes.js';
import type { Handlers } from './commands.js';
import type { ContextDeps } from './contextReport.js';
import { type ContextTarget, targetOf } from './contextTarget.js';
import { workspaceEdit } from './edits.js';
import { createProgress } from './progress.js';
import type {
  ApplyImpactFixParams,
  ApplyImpactFixResult,
  ImpactReportParams,
  ImpactReportResult,
  Settings,
} from './protocol.js';
import { lintOptions, rebuildsIn } from './settings.js';
import { noBuild, noFile } from './words.js';

export interface ImpactDeps extends ContextDeps {
  readonly trusted: () => boolean;
  /** Path of a Dockerfile → builds of it that were measured. */
  readonly measured: () => Readonly<Record<string, readonly MeasuredBuild[]>>;
}

export type ImpactHandlers = Pick<Handlers, 'plimsoll/impactReport' | 'plimsoll/applyImpactFix'>;

/** Milliseconds after which work is worth a word. */
const silence = 1000;

/** The answers to the requests about the impact of changes and fixes. */
export function createImpactHandlers(deps: ImpactDeps): ImpactHandlers {
  return {
    'plimsoll/impactReport': (params, signal) => impactReport(deps, params, signal),
    'plimsoll/applyImpactFix': (params, signal) => applyImpactFix(deps, params, signal),
  };
}

/** A Dockerfile as the report asks about it; undefined where it is gone. */
function inputOf(
  deps: ImpactDeps,
  engine: Engine,
  settings: Settings,
  snapshot: TrackedSnapshot,
  dockerfile: string,
): ImpactInput | undefined {
  const config = configOf(snapshot, dockerfile);
  const { commits } = rebuildsIn(settings, config);
  const options: LintOptions = {
    ...lintOptions(settings, config),
    chosenBuilds: deps.chosenBuilds(),
    rebuilds: { commits, measured: deps.measured() },
  };
  const context = dockerfileContext(engine, snapshot, dockerfile, options)?.context;
  if (context === undefined) return undefined;
  const build = localBuild(snapshot, context.build);
  const root = projectRootOf(snapshot, dockerfile);
  const shown = (path: string): string => (isInside(root, path) ? relativePath(root, path) : path);
  return {
    ...{ engine, snapshot, build, builds: context.builds, shown, fixes: true },
    options: { ...options, build },
  };
}

async function impactReport(
  deps: ImpactDeps,
  { uri, workDoneToken }: ImpactReportParams,
  signal: AbortSignal,
): Promise<ImpactReportResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return withoutPicture(undefined, undefined, [noFile]);
  const [settings, engine] = await Promise.all([deps.settingsOf(uri), deps.engine()]);
  const progress = createProgress(deps.connection, workDoneToken, 'Plimsoll: estimating build impact');
  const timer = setTimeout(() => progress.report('Replaying the history of the project'), silence);
  try {
    const found = await deps.resolve((snapshot) => {
      const target = targetOf(deps, snapshot, path);
      const dockerfile = target.build?.dockerfile;
      const input =
        dockerfile === undefined ? undefined : inputOf(deps, engine, settings, snapshot, dockerfile);
      return { target, picture: input && impactPicture(input) };
    }, signal);
    const dockerfile = found?.target.build?.dockerfile;
    const dockerfileUri = dockerfile === undefined ? undefined : deps.uriOf(dockerfile);
    const picture = found?.picture;
    if (picture === undefined) return withoutPicture(found?.target, dockerfileUri, []);
    const html = impactHtml(picture, { trusted: deps.trusted() });
    const { notes } = picture;
    return { picture, html, dockerfileUri: dockerfileUri ?? null, candidates: [], notes };
  } finally {
    clearTimeout(timer);
    progress.end();
  }
}

function withoutPicture(
  target: ContextTarget | undefined,
  dockerfileUri: string | undefined,
  notes: readonly string[],
): ImpactReportResult {
  const candidates = target?.candidates ?? [];
  const why = dockerfileUri === undefined ? noBuild : noSteps;
  return {
    ...{ picture: null, html: '', dockerfileUri: dockerfileUri ?? null, candidates },
    notes: notes.length > 0 || candidates.length > 0 ? notes : [why],
  };
}

const noSteps = 'This Dockerfile cannot be built: it has no stage, or not the one its build asks for.';
const fixGone = 'This fix does not apply any more: estimate the impact again.';

async function applyImpactFix(
  deps: ImpactDeps,
  { uri, fix }: ApplyImpactFixParams,
  signal: AbortSignal,
): Promise<ApplyImpactFixResult> {
  const path = deps.uris.pathOf(uri);
  if (path === undefined) return { edit: null, applied: 0, reason: noFile };
  const [settings, engine] = await Promise.all([deps.settingsOf(uri), deps.engine()]);
  const found = await deps.resolve((snapshot) => {
    const input = inputOf(deps, engine, settings, snapshot, path);
    return input && { snapshot, ...changesOf(input, snapshot, fix) };
  }, signal);
  if (found === undefined) return { edit: null, applied: 0, reason: noBuild };
  const { snapshot, changes, applied } = found;
  if (changes.length === 0) return { edit: null, applied: 0, reason: fixGone };
  const { client, documents, uriOf } = deps;
  const edit = workspaceEdit(changes, { client, documents, uriOf, snapshot });
  if (edit !== undefined) return { edit, applied };
  return { edit: null, applied: 0, reason: 'This editor cannot create files for a language server.' };
}

interface Wanted {
  readonly changes: readonly Change[];
  readonly applied: number;
}

/** What applies one fix of the report, or all of them; no changes where it is not offered any more. */
function changesOf(input: ImpactInput, snapshot: TrackedSnapshot, wanted: string): Wanted {
  if (wanted !== 'safe' && wanted !== 'all') {
    const listed = impactFixes(input).find(({ fix }) => fix.id === wanted);
    return { changes: listed?.of.fix.changes() ?? [], applied: 1 };
  }
  const question: BuildQuestion = input;
  const { texts, applied } = fixedBuild(question, wanted === 'safe' ? 'safe' : 'unsafe');
  return { changes: changesTo(snapshot, texts), applied };
}
