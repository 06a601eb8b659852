import { argumentsOf, isLiteral, programOf, type StepCommand } from './commands.js';
import { isNeutral } from './neutral.js';

interface Installer {
  readonly address: RegExp;
  /** What reads the script from its input, with each argument it may be given. */
  readonly program: RegExp;
  readonly argument: RegExp;
  /** An argument it has to be given: without it something is left where it runs. */
  readonly needed?: RegExp;
}

const SHELL = { program: /^(ba|da)?sh$/, argument: /^-s?$/ };
const OUTSIDE = /^--install-dir=\/(usr|opt)\/|^--install-dir=\/bin$/;

/** Scripts by which tools install themselves into a home or system folder; they look at nothing of a project. */
const INSTALLERS: readonly Installer[] = [
  {
    address: /^https:\/\/install\.python-poetry\.org\/?$/,
    program: /^python[0-9.]*$/,
    argument: /^(-|-y|--yes|--version|v?\d[\w.]*)$/,
  },
  { address: /^https:\/\/astral\.sh\/uv\/([\d.]+\/)?install\.sh$/, ...SHELL },
  { address: /^https:\/\/get\.pnpm\.io\/install\.sh$/, ...SHELL },
  { address: /^https:\/\/bun\.(sh|com)\/install$/, ...SHELL },
  {
    address: /^https:\/\/getcomposer\.org\/installer$/,
    program: /^php[0-9.]*$/,
    argument: /^(--|--quiet|--[12]|--install-dir=\/.*|--(filename|version)=[\w.-]+)$/,
    needed: OUTSIDE,
  },
];

/** Options of curl and wget by which what they load goes on to the pipe. */
const PLAIN: Readonly<Record<string, RegExp>> = {
  curl: /^(-[sSLfk#]+|--(silent|show-error|location|fail|proto|tlsv1\.\d|retry)|=https|\d+)$/,
  wget: /^(-q?O-?|-q|-|--quiet|--output-document=-)$/,
};

function loads(command: StepCommand, { address }: Installer): boolean {
  const args = argumentsOf(command);
  const plain = PLAIN[programOf(command)];
  return (
    plain !== undefined &&
    args.some((word) => address.test(word)) &&
    args.every((word) => address.test(word) || plain.test(word))
  );
}

function runs(command: StepCommand, { program, argument, needed }: Installer): boolean {
  const args = argumentsOf(command);
  return (
    program.test(programOf(command)) &&
    args.every((word) => argument.test(word)) &&
    (needed === undefined || args.some((word) => needed.test(word)))
  );
}

function isPlain(command: StepCommand | undefined): command is StepCommand {
  return (
    command !== undefined &&
    command.inside.length === 0 &&
    command.redirects.length === 0 &&
    isLiteral(command) &&
    command.assignments.every(({ value }) => value?.literal !== false)
  );
}

/** Whether a command is one end of the pipe by which a known tool installs itself. */
function isInstaller(commands: readonly StepCommand[], command: StepCommand): boolean {
  const at = commands.indexOf(command);
  const [first, second, third] = commands.slice(command.joined === '|' ? at - 1 : at);
  if (!isPlain(first) || !isPlain(second) || second.joined !== '|') return false;
  if (first.joined === '|' || third?.joined === '|') return false;
  return INSTALLERS.some((one) => loads(first, one) && runs(second, one));
}

/** Whether a command of a RUN surely reads nothing of the project and writes nothing into it; `commands`: all of the RUN. */
export function isNeutralIn(commands: readonly StepCommand[], command: StepCommand): boolean {
  return isNeutral(command) || isInstaller(commands, command);
}
