import type { Engine, LintOptions } from '../engine/model.js';
import { ownRules } from '../engine/own.js';
import { severityRank } from '../engine/rulefilter.js';
import { nodeFs, toCorePath } from '../node/fs.js';
import { problemsOf } from '../project/config.js';
import { unifiedDiff } from '../report/diff.js';
import { lintJson } from '../report/json.js';
import type { ReportedFile } from '../report/model.js';
import { coloured, lintText, plain, summaryLine } from '../report/text.js';
import type { Profile, Severity } from '../rules/rule.js';
import { dirName, isInside } from '../text/paths.js';
import { type Arguments, noRule, UsageError } from './args.js';
import { type Collected, collect, isOurs, notOurs } from './collect.js';
import { brokenConfigs, readConfig } from './configfile.js';
import { type Io, resolved, shownFrom } from './io.js';
import { diskPorts } from './ports.js';
import {
  createWorkspace,
  fixFile,
  lintFiles,
  reportContext,
  useConfig,
  type Workspace,
} from './workspace.js';
import { writeText } from './write.js';

function single(args: Arguments, name: string): string | undefined {
  return args.options.get(name)?.[0];
}

/** The ids of all rules, the engine's own included. */
export function knownRules(engine: Engine): ReadonlySet<string> {
  return new Set([...engine.rules.map((r) => r.meta.id), ...ownRules.map((r) => r.meta.id)]);
}

function lintOptions(args: Arguments, engine: Engine): LintOptions {
  const only = args.options.get('rule');
  const unknown = only?.find((id) => !knownRules(engine).has(id));
  if (unknown !== undefined) throw noRule(unknown, knownRules(engine));
  const profile = single(args, 'profile') as Profile | undefined;
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(only === undefined ? {} : { only }),
    ...(args.options.has('no-git') ? {} : { rebuilds: { measured: {} } }),
  };
}

function checkTogether(args: Arguments): void {
  const fix = args.options.has('fix');
  if (args.options.has('diff') && single(args, 'format') === 'json') {
    throw new UsageError('--diff prints a diff, so it does not go with --format json');
  }
  if (!args.options.has('stdin-filename')) return;
  if (args.paths.length > 0) throw new UsageError('--stdin-filename takes no paths');
  if (fix && !args.options.has('diff')) {
    throw new UsageError('--fix cannot write the standard input; --fix --diff prints the change');
  }
}

/** The files asked for, and texts that count instead of those on the disk. */
async function subjects(
  io: Io,
  args: Arguments,
): Promise<{ readonly collected: Collected; readonly overlay: ReadonlyMap<string, string> }> {
  const name = single(args, 'stdin-filename');
  if (name === undefined) {
    const paths = args.paths.length > 0 ? args.paths : ['.'];
    return { collected: await collect(io, nodeFs(), paths), overlay: new Map() };
  }
  const path = resolved(io, toCorePath, name);
  if (!isOurs(path)) throw new UsageError(notOurs(name));
  const folders = [isInside(io.cwd, path) ? io.cwd : dirName(path)];
  return {
    collected: { files: [path], folders, failed: false },
    overlay: new Map([[path, await io.input()]]),
  };
}

/** Writes what was changed; what cannot be written is named and counts as it stands on the disk. Whether there was any. */
async function writeChanges(io: Io, workspace: Workspace): Promise<boolean> {
  const shown = shownFrom(io.cwd);
  let failed = false;
  for (const { path, before, after } of workspace.changes()) {
    const why = await writeText(path, before, after);
    if (why === undefined) continue;
    io.complain(`${shown(path)}: not written: ${why}`);
    workspace.revert(path);
    failed = true;
  }
  return failed;
}

/** One line that names the files that fixes changed; empty where they changed none. */
function changedText(io: Io, workspace: Workspace): string {
  const shown = shownFrom(io.cwd);
  const names = workspace
    .changes()
    .map(({ path, before }) => `${shown(path)}${before === undefined ? ' (new)' : ''}`);
  return names.length === 0 ? '' : `Changed: ${names.join(', ')}\n\n`;
}

/** A Dockerfile that does not parse is a build that would fail. */
function exitCode(files: readonly ReportedFile[], failOn: string, failed: boolean): number {
  if (failed) return 2;
  if (failOn === 'never') return 0;
  if (files.some(({ report }) => report.kind === 'dockerfile' && report.problems.length > 0)) return 1;
  const rank = severityRank(failOn as Severity);
  const found = files.flatMap((f) => f.report.findings).some((f) => severityRank(f.severity) >= rank);
  return found ? 1 : 0;
}

function unreadableFiles(io: Io, files: readonly ReportedFile[]): boolean {
  const shown = shownFrom(io.cwd);
  const gone = files.filter((f) => f.report.skipped === 'unreadable');
  for (const { report } of gone) io.complain(`${shown(report.path)}: this file cannot be read as text`);
  return gone.length > 0;
}

function printDiff(io: Io, workspace: Workspace, files: readonly ReportedFile[]): void {
  const shown = shownFrom(io.cwd);
  io.out(
    workspace
      .changes()
      .map(({ path, before, after }) => unifiedDiff(shown(path), before, after))
      .join(''),
  );
  io.complain(summaryLine(files));
}

/** `plimsoll lint`: the exit code. Throws `UsageError` for what does not go together or does not exist. */
export async function lint(io: Io, args: Arguments, loadEngine: () => Promise<Engine>): Promise<number> {
  checkTogether(args);
  const engine = await loadEngine();
  const options = lintOptions(args, engine);
  const config = await readConfig(io, args);
  const { collected, overlay } = await subjects(io, args);
  if (collected.files.length === 0) return 2;
  const workspace = createWorkspace(nodeFs(), collected.folders, overlay, diskPorts(io, args));
  if (config !== undefined) await useConfig(workspace, collected.files, config);
  const context = reportContext(workspace, shownFrom(io.cwd));
  const broken = await brokenConfigs(io, workspace, args, collected.files, (found) =>
    problemsOf(found, knownRules(engine)),
  );

  const diff = args.options.has('diff');
  let files = diff ? await lintFiles(workspace, engine, collected.files, options) : [];
  if (diff || args.options.has('fix')) {
    const fixes = single(args, 'fix') === 'unsafe' ? 'unsafe' : 'safe';
    for (const path of collected.files) await fixFile(workspace, engine, path, { ...options, fixes });
  }
  const unwritten = !diff && (await writeChanges(io, workspace));
  if (!diff) files = await lintFiles(workspace, engine, collected.files, options);
  const unreadable = unreadableFiles(io, files);
  if (diff) printDiff(io, workspace, files);
  else if (single(args, 'format') === 'json') io.out(lintJson(context, files));
  else io.out(changedText(io, workspace) + lintText(context, files, io.colour ? coloured : plain));
  for (const e of files.flatMap((f) => f.report.errors)) {
    io.complain(`${context.shown(e.path)}: rule ${e.rule} failed (file ${e.fileHash}): ${e.message}`);
  }
  const failed = collected.failed || broken || unwritten || unreadable;
  return exitCode(files, single(args, 'fail-on') ?? 'warning', failed);
}
