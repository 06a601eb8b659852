import type { ShellRedirect } from '../../syntax/shell/model.js';
import { isAbsolutePath, joinPath } from '../../text/paths.js';
import { commandsOf, programOf, type StepCommand } from '../commands.js';
import type { ShellOf } from '../model.js';
import type { Vertex } from './vertices.js';

/** What a RUN surely does, for those few of which that can be said. */
export interface Effect {
  /** Nothing but what lies at, above or below these paths is written. */
  readonly writes: readonly string[];
  /** Two RUNs with equal keys make the same of the same files there. */
  readonly key: string;
}

/** Programs that neither read files nor clocks nor the network; all their words have to be plain text. */
const constant = new Set(['echo', 'printf', 'true', ':']);

/** A path as seen from a folder that may be unknown. */
function absolute(path: string, folder: string | undefined): string | undefined {
  if (isAbsolutePath(path)) return joinPath('/', path);
  return folder === undefined || folder.startsWith('/?') ? undefined : joinPath(folder, path);
}

/** What a redirection writes to; null for nothing that stays, undefined where that is not clear. */
function redirected(
  { operator, target }: ShellRedirect,
  folder: string | undefined,
): string | null | undefined {
  if (target === undefined || !target.literal) return undefined;
  const { value } = target;
  if (/^\d*[<>]&$/.test(operator) && /^(?:\d+|-)$/.test(value)) return null;
  if (!/^(?:\d*|&)>[>|]?$/.test(operator)) return undefined;
  if (value === '/dev/null') return null;
  return absolute(value, folder);
}

/** What one command writes; undefined where it may do more. */
function writtenBy(command: StepCommand): readonly string[] | undefined {
  const { folder, words, redirects, inside, joined } = command;
  const isPlain = inside.every((one) => one === 'group' || one === 'subshell');
  if (!isPlain || joined === '&' || words.some(({ literal }) => !literal) || command.assignments.length > 0)
    return undefined;
  const [, ...args] = words.map(({ value }) => value);
  const isFolder = programOf(command) === 'mkdir' && args[0] === '-p' && args.length > 1;
  if (!isFolder && !constant.has(programOf(command))) return undefined;
  const targets = [
    ...redirects.map((one) => redirected(one, folder)),
    ...(isFolder ? args.slice(1).map((path) => absolute(path, folder)) : []),
  ];
  return targets.includes(undefined) ? undefined : targets.filter((path) => typeof path === 'string');
}

/** What a RUN surely does; undefined where it may do anything. */
export function effectOf(vertex: Vertex, shell: ShellOf): Effect | undefined {
  const { step, node, tokens, operation } = vertex;
  const { instruction } = step;
  if (instruction.kind !== 'RUN' || tokens.shell !== undefined) return undefined;
  const commands = instruction.form === 'exec' ? undefined : commandsOf(node, step, shell);
  if (commands === undefined) return undefined;
  const writes: string[] = [];
  for (const command of commands) {
    const own = writtenBy(command);
    if (own === undefined) return undefined;
    writes.push(...own);
  }
  // A folder is made for each mount.
  for (const { target } of instruction.mounts) {
    const path = target === undefined ? undefined : tokens.expand(target);
    if (path === undefined) return undefined;
    writes.push(joinPath(tokens.workdir ?? '/', path));
  }
  const key = JSON.stringify([operation.parts[0]?.value, tokens.user, tokens.workdir]);
  return { writes, key };
}

/** `effectOf`, remembered for each step. */
export function effects(shell: ShellOf | undefined): (vertex: Vertex) => Effect | undefined {
  const known = new Map<Vertex, Effect | undefined>();
  return (vertex) => {
    if (shell === undefined) return undefined;
    if (!known.has(vertex)) known.set(vertex, effectOf(vertex, shell));
    return known.get(vertex);
  };
}
