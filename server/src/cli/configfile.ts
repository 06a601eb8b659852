import { readFile } from 'node:fs/promises';
import { fromCorePath, toCorePath } from '../node/fs.js';
import { type Config, configOf, parseConfig } from '../project/config.js';
import type { Problem } from '../syntax/problem.js';
import { lineIndex } from '../text/lines.js';
import { type Arguments, UsageError } from './args.js';
import { type Io, resolved, shownFrom } from './io.js';
import type { Workspace } from './workspace.js';

/** The text of `--config FILE`; undefined without the option. Throws `UsageError` where it cannot be read or used. */
export async function readConfig(io: Io, args: Arguments): Promise<string | undefined> {
  const file = args.options.get('config')?.[0];
  if (file === undefined) return undefined;
  const native = fromCorePath(resolved(io, toCorePath, file));
  const text = await readFile(native, 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`${file}: this configuration cannot be read`);
  const { problems } = parseConfig(text)('/');
  const [first, ...others] = placed(file, text, problems);
  if (first !== undefined) throw new UsageError(first, others);
  return text;
}

/** `.plimsoll.yaml:2:3: There is …`, one line each. */
function placed(shown: string, text: string, problems: readonly Problem[]): readonly string[] {
  const lines = lineIndex(text);
  return problems.map(({ message, span }) => {
    const { line, character } = lines.positionAt(span.start);
    return `${shown}:${line + 1}:${character + 1}: ${message}`;
  });
}

/**
 * Says in one line each what is wrong with the configurations that hold for the files; `problems` are all of one. Whether
 * there is any.
 */
export async function brokenConfigs(
  io: Io,
  workspace: Workspace,
  args: Arguments,
  files: readonly string[],
  problems: (config: Config) => readonly Problem[] = (config) => config.problems,
): Promise<boolean> {
  const given = args.options.get('config')?.[0];
  const shown = shownFrom(io.cwd);
  const configs = await workspace.resolve(files, configOf);
  const seen = new Set<string>();
  let broken = false;
  for (const config of configs) {
    // What `--config` names holds for each root.
    const name = given ?? (config.path === undefined ? undefined : shown(config.path));
    if (config.path === undefined || name === undefined || seen.has(name)) continue;
    seen.add(name);
    const lines = placed(name, workspace.text(config.path) ?? '', problems(config));
    lines.forEach(io.complain);
    broken ||= lines.length > 0;
  }
  return broken;
}
