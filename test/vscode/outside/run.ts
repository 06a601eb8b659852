import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fill } from '../junk.js';
import type { Plan, StepResult } from '../plan.js';
import { twice } from './twice.js';
import { layOut, type Workspace } from './workspace.js';

/** One start of VS Code with the suite in it. */
export interface Launch {
  readonly plan: Plan;
  /** A folder, or a .code-workspace file. */
  readonly open: string;
  /** The folder whose extension is loaded from its sources: the repository, or the companion that only brings the suite. */
  readonly development: string;
  /** CommonJS module that exports `run`. */
  readonly suite: string;
  readonly vsix?: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where pictures go. */
  readonly pictures: string;
  /** Path, without its ending, of a picture of the window when a step through it failed. */
  readonly failurePicture: string;
}

export interface Host {
  readonly name: string;
  /** Whether the window can be driven from outside. */
  readonly ui: boolean;
  /** Resolves when the window has ended. */
  launch(launch: Launch): Promise<void>;
  /** Opens both reports, one after the other, reloads the window each time and rejects unless the report is there again. */
  reload?(launch: Launch): Promise<void>;
}

export interface Options {
  readonly root: string;
  readonly companion: string;
  readonly suite: string;
  readonly vsix: string;
  /** Where results and failure pictures go. */
  readonly out: string;
  readonly pictures: string;
  readonly only?: string;
  /** Only steps whose name contains this. */
  readonly filter?: string;
}

const settings = {
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'window.restoreWindows': 'none',
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
};

/** Runs the three plans; resolves to what became of every step. */
export async function runAll(host: Host, options: Options): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const mode of ['dev', 'packed', 'restricted'] as const) {
    if (options.only !== undefined && options.only !== mode) continue;
    results.push(
      ...(await twice((filter) => planned(mode, host, { ...options, filter }), options.filter ?? '')),
    );
  }
  const { reload } = host;
  if (reload !== undefined && (options.only ?? 'reload') === 'reload') {
    results.push(...(await twice(async () => [await reloaded({ ...host, reload }, options)], '')));
  }
  return results;
}

async function planned(mode: Plan['mode'], host: Host, options: Options): Promise<readonly StepResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-test-'));
  try {
    const workspace = layOut(options.root, folder);
    const launch = launchOf(mode, host, options, workspace, path.join(folder, 'channel'));
    await host.launch(launch);
    return resultsOf(launch.plan);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The packed extension's reports over a reload of the window: no suite could go on after that. */
async function reloaded(host: Required<Host>, options: Options): Promise<StepResult> {
  const name = 'reload: the reports survive a reload of the window';
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-test-'));
  try {
    const workspace = layOut(options.root, folder);
    fill(path.join(workspace.examples, 'context'));
    const launch = launchOf('packed', host, options, workspace, path.join(folder, 'channel'));
    const failurePicture = path.join(options.out, 'failure-reload');
    await host.reload({ ...launch, open: workspace.examples, failurePicture });
    return { name, state: 'passed' };
  } catch (error) {
    return { name, state: 'failed', note: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function launchOf(
  mode: Plan['mode'],
  host: Host,
  options: Options,
  { examples, pages, cases, shop, file }: Workspace,
  channel: string,
): Launch {
  mkdirSync(channel);
  const filter = options.filter ?? '';
  const plan: Plan = { channel, mode, examples, pages, cases, shop, ui: host.ui, filter };
  const trust = { 'security.workspace.trust.enabled': mode === 'restricted' };
  return {
    plan,
    open: mode === 'packed' ? file : examples,
    development: mode === 'dev' ? options.root : options.companion,
    suite: options.suite,
    ...(mode === 'dev' ? {} : { vsix: options.vsix }),
    settings: { ...settings, ...trust },
    pictures: options.pictures,
    failurePicture: path.join(options.out, `failure-${mode}`),
  };
}

function resultsOf({ channel, mode }: Plan): StepResult[] {
  const file = path.join(channel, 'results.json');
  if (!existsSync(file)) return [{ name: `${mode}: VS Code ended before the suite did`, state: 'failed' }];
  const results: StepResult[] = JSON.parse(readFileSync(file, 'utf8'));
  return results.map((result) => ({ ...result, name: `${mode}: ${result.name}` }));
}
