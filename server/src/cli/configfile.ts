import { readFile } from 'node:fs/promises';
import { fromCorePath, toCorePath } from '../node/fs.js';
import { type Config, configOf } from '../project/config.js';
import type { Problem } from '../syntax/problem.js';
import { lineIndex } from '../text/lines.js';
import { type Arguments, UsageError } from './args.js';
import { type Io, resolved, shownFrom } from './io.js';
import { configProblem, type Workspace } from './workspace.js';

/** The text of `--config FILE`; undefined without the option. Throws `UsageError` where it cannot be read or used. */
export async function readConfig(io: Io, args: Arguments): Promise<string | undefined> {
  const file = args.options.get('config')?.[0];
  if (file === undefined) return undefined;
  const native = fromCorePath(resolved(io, toCorePath, file));
  const text = await readFile(native, 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`${file}: this configuration cannot be read`);
  const problem = configProblem(text);
  if (problem !== undefined) throw new UsageError(`${file}: ${problem}`);
  return text;
}

/**
 * Says in one line each what is wrong with the configurations that hold for the files; `more` finds problems that the file
 * alone does not show. Whether there is any.
 */
export async function brokenConfigs(
  io: Io,
  workspace: Workspace,
  files: readonly string[],
  more: (config: Config) => readonly Problem[] = () => [],
): Promise<boolean> {
  const shown = shownFrom(io.cwd);
  const configs = await workspace.resolve(files, configOf);
  const seen = new Set<string>();
  let broken = false;
  for (const config of configs) {
    if (config.path === undefined || seen.has(config.path)) continue;
    seen.add(config.path);
    const [first] = [...config.problems, ...more(config)];
    if (first === undefined) continue;
    const { line, character } = lineIndex(workspace.text(config.path) ?? '').positionAt(first.span.start);
    io.complain(`${shown(config.path)}:${line + 1}:${character + 1}: ${first.message}`);
    broken = true;
  }
  return broken;
}
