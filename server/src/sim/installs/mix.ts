import { mixClosure } from '../../project/closures/mix.js';
import { programOf, type StepCommand } from '../commands.js';
import type { Install, Manager, Variables } from './model.js';

/** Tasks that install, and those that may stand beside them in a `mix do`. */
const TASK = /^(deps\.(get|compile)|local\.(hex|rebar))$/;

/** The tasks of a command, each with its own words: `mix do a, b` and `mix do a + b` have several. */
function tasksOf(command: StepCommand): string[][] {
  const words = command.words.slice(1).map((w) => w.value);
  if (words[0] !== 'do') return [words];
  const tasks: string[][] = [[]];
  for (const word of words.slice(1)) {
    const ends = word === '+' || word.endsWith(',');
    const bare = word === '+' ? '' : word.replace(/,$/, '');
    if (bare !== '') tasks.at(-1)?.push(bare);
    if (ends) tasks.push([]);
  }
  return tasks.filter((task) => task.length > 0);
}

function mixInstall(command: StepCommand, folder: string): Install | undefined {
  const tasks = tasksOf(command);
  const names = tasks.map(([name = '']) => name);
  const compiles = names.includes('deps.compile');
  if (!names.every((name) => TASK.test(name)) || !(compiles || names.includes('deps.get'))) return undefined;
  const verb = command.words.find((w) => /^deps\.(get|compile),?$/.test(w.value));
  if (verb === undefined) return undefined;
  return {
    manager: 'mix',
    what: compiles ? 'mix-deps-compile' : 'mix-deps-get',
    command,
    verb,
    flags: tasks.flatMap(([, ...flags]) => flags),
    folder,
    files: [],
    unsure: command.words.some((w) => !w.literal && w.value.includes('$(')),
  };
}

function environmentOf(command: StepCommand, variables: Variables): string | undefined {
  const own = command.assignments.find(({ name }) => name === 'MIX_ENV')?.value;
  if (own !== undefined) return own.literal ? own.value : undefined;
  return variables.has('MIX_ENV') ? variables.get('MIX_ENV') : 'dev';
}

/** Mix. A build of its project downloads nothing: without `deps.get` it fails. */
export const mix: Manager = {
  name: 'mix',
  programs: /\bmix\b/,
  installOf: (command, folder) => (programOf(command) === 'mix' ? mixInstall(command, folder) : undefined),
  closureOf(install, { files, variables }) {
    const closure = mixClosure(files, {
      folder: install.folder,
      compiles: install.what === 'mix-deps-compile',
      environment: environmentOf(install.command, variables),
    });
    const moved = ['MIX_EXS', 'MIX_DEPS_PATH', 'MIX_BUILD_PATH', 'MIX_BUILD_ROOT'].find((name) =>
      variables.has(name),
    );
    if (closure === undefined || moved === undefined) return closure;
    return { ...closure, open: [...closure.open, `${moved} is set, which moves what is read or made`] };
  },
};
