import type { Closure } from '../../project/closures/model.js';
import { dirName } from '../../text/paths.js';
import { inFolder, programOf, type StepCommand } from '../commands.js';
import type { Step } from '../model.js';
import type { Install, Variables } from './model.js';

/** Variables that name files or settings an install reads beside its manifests. */
const READS_MORE =
  /^(PIP_(CONSTRAINT|REQUIREMENT|FIND_LINKS|CONFIG_FILE|TARGET|PREFIX)|UV_(CONSTRAINT|OVERRIDE|EXCLUDE|FIND_LINKS|CONFIG_FILE|PROJECT|WORKING_DIR(ECTORY)?|BUILD_CONSTRAINT)|PIPENV_(PIPFILE|DOTENV_LOCATION)|NPM_CONFIG_(PREFIX|USERCONFIG|GLOBALCONFIG|GLOBAL|WORKSPACES?|NODE_OPTIONS|SCRIPT_SHELL))$/i;

/** A variable that a command of a RUN sets or exports. */
export interface SetVariable {
  readonly name: string;
  readonly value: string;
  /** Whether the value stands there as it is. */
  readonly literal: boolean;
}

/** What `commands` set for `command`: exports, assignments that stand alone, and its own. */
export function setFor(command: StepCommand, commands: readonly StepCommand[]): readonly SetVariable[] {
  return commands.flatMap((other) => {
    const exported = programOf(other) === 'export' ? other.words.slice(1) : [];
    const assigned = other === command || other.words.length === 0 ? other.assignments : [];
    return [
      ...exported.map(({ value: word, literal }) => {
        const [name = '', ...value] = word.split('=');
        return { name, value: value.join('='), literal };
      }),
      ...assigned.map(({ name, value }) => ({
        name,
        value: value?.value ?? '',
        literal: value?.literal !== false,
      })),
    ];
  });
}

/** Variables as a command of `step` sees them: those of the step, over them what its RUN sets or exports before. */
export function variablesOf(command: StepCommand, step: Step, commands: readonly StepCommand[]): Variables {
  const own = setFor(command, commands);
  // A copy for each command of a long file would be most of the work.
  if (own.length === 0) return step.environment;
  const values = own.map(({ name, value, literal }) => [name, literal ? value : undefined] as const);
  return new Map([...step.environment, ...values]);
}

function readsMore([name, value]: readonly [string, string | undefined]): boolean {
  // Most often it raises the limit of the heap; it is a file where it loads one.
  if (name === 'NODE_OPTIONS')
    return value === undefined || /(^|\s)-(r\b|-(require|import|loader|experimental-loader)\b)/.test(value);
  return READS_MORE.test(name);
}

/** Why an install may read more than its manifests: a variable that names files. */
export function environmentReasons(variables: Variables): string[] {
  const found = [...variables].find(readsMore);
  return found === undefined ? [] : [`${found[0]} is set, which may name more files`];
}

/** Whether a flag is given, or the variable that stands for it is set to a true value. */
export function isOn(install: Install, variables: Variables, flag: string, variable: string): boolean {
  // npm reads its variables in any case.
  const name = [...variables.keys()].find((key) =>
    variable.startsWith('NPM_') ? key.toUpperCase() === variable : key === variable,
  );
  const value = name === undefined ? undefined : variables.get(name);
  return install.flags.includes(flag) || (value !== undefined && /^(1|true|yes|on|t|y)$/i.test(value));
}

/** Folders a Python install writes into that may lie inside the project: the virtual environment it works on. */
function environments(install: Install, variables: Variables): string[] {
  const program = install.command.words[0]?.value ?? '';
  const out: string[] = [];
  if (program.includes('/') && !/^\/(usr|opt|bin|root)\//.test(program)) {
    out.push(dirName(dirName(inFolder(install.command.folder ?? '/', program))));
  }
  for (const name of ['VIRTUAL_ENV', 'UV_PROJECT_ENVIRONMENT']) {
    const value = variables.get(name);
    if (value !== undefined && value !== '') out.push(inFolder(install.folder, value));
  }
  return out;
}

/** A closure of a Python install with the environments it may write into; undefined stays undefined. */
export function withEnvironments(
  closure: Closure | undefined,
  install: Install,
  variables: Variables,
): Closure | undefined {
  return closure && { ...closure, outputs: [...closure.outputs, ...environments(install, variables)] };
}
