import {
  argumentsOf,
  commandsOf,
  inFolder,
  isLiteral,
  programOf,
  type StepCommand,
} from '../../sim/commands.js';
import type { ShellOf, StageNode, Step } from '../../sim/model.js';
import { isNeutral } from '../../sim/neutral.js';
import { isInside, joinPath } from '../../text/paths.js';
import type { Stack } from './model.js';

/** System packages that only building needs. */
const BUILD_PACKAGES =
  /^(build-essential|build-base|gcc|g\+\+|gcc-\d+|clang(-\d+)?|make|cmake|ninja-build|automake|autoconf|libtool|pkg-config|pkgconf|pkgconfig|musl-dev|libc6?-dev|linux-headers(-generic)?|python3-dev|patch|binutils|nasm|yasm|bison|flex|git|cargo|rustc|golang(-go)?|maven|gradle|protobuf-compiler|upx|.*-headers)$/;

/** What becomes of a step when its stage is split. */
export type Part =
  /** Stays in the build stage. */
  | 'build'
  /** Is needed in both. */
  | 'both'
  /** Goes to the runtime stage. */
  | 'runtime';

const ABOUT_RUNNING = new Set([
  'CMD',
  'ENTRYPOINT',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'STOPSIGNAL',
  'USER',
  'MAINTAINER',
]);

const USERS = /^(adduser|addgroup|useradd|groupadd|usermod|groupmod)$/;

/** The packages a command installs; undefined for any other command. */
export function packagesOf(command: StepCommand): readonly string[] | undefined {
  const program = programOf(command);
  const args = argumentsOf(command);
  const at = args.findIndex((arg) => arg === 'install' || arg === 'add');
  if (!/^(apt-get|apt|apk)$/.test(program) || at < 0) return undefined;
  return args
    .slice(at + 1)
    .filter((arg, i, all) => !arg.startsWith('-') && !/^(-t|--virtual)$/.test(all[i - 1] ?? ''))
    .map((arg) => arg.replace(/[=<>~].*$/, ''));
}

/** Whether a package is one that only building needs. */
export function isBuildPackage(name: string): boolean {
  return BUILD_PACKAGES.test(name);
}

function partOfRun(
  commands: readonly StepCommand[],
  stack: Stack,
  folders: readonly string[],
): Part | undefined {
  if (commands.some((command) => command.inside.includes('substitution'))) return undefined;
  let part: Part | undefined;
  for (const command of commands) {
    const own = partOfCommand(command, stack, folders);
    if (own === undefined) return undefined;
    if (own === 'any') continue;
    if (part !== undefined && part !== own) return undefined;
    part = own;
  }
  return part ?? 'build';
}

function partOfCommand(
  command: StepCommand,
  stack: Stack,
  folders: readonly string[],
): Part | 'any' | undefined {
  const program = programOf(command);
  if (['set', 'cd', 'echo', 'true', ':', ''].includes(program)) return 'any';
  if (stack.builds(command)) return 'build';
  if (USERS.test(program)) return isLiteral(command) ? 'both' : undefined;
  const packages = packagesOf(command);
  if (packages !== undefined) return packages.every(isBuildPackage) ? 'build' : 'both';
  if (/^(apt-get|apt|apk)$/.test(program)) return 'any';
  const cleansUp = program === 'rm' && isNeutral(command);
  if (cleansUp) return 'any';
  // Owners and modes come along with what is copied.
  if (/^(chown|chmod)$/.test(program))
    return isLiteral(command) && staysInside(command, folders) ? 'build' : undefined;
  return program === 'mkdir' ? 'both' : undefined;
}

/** Whether the paths that chown or chmod is given lie in `folders`. */
function staysInside(command: StepCommand, folders: readonly string[]): boolean {
  const [, ...paths] = argumentsOf(command).filter((arg) => !arg.startsWith('-'));
  const { folder } = command;
  return (
    folder !== undefined &&
    paths.length > 0 &&
    paths.every((path) => folders.some((one) => isInside(one, inFolder(folder, path))))
  );
}

/** What becomes of each step of `node`; undefined where one of them can't be told. */
export function partsOf(
  node: StageNode,
  stack: Stack,
  shell: ShellOf,
  workdir: string,
): ReadonlyMap<Step, Part> | undefined {
  const out = new Map<Step, Part>();
  const built = node.steps
    .flatMap((step) => commandsOf(node, step, shell) ?? [])
    .flatMap((command) => (stack.builds(command) && command.folder !== undefined ? [command.folder] : []))
    .filter((folder) => folder !== '/');
  for (const step of node.steps) {
    const part = partOf(node, step, stack, shell, [workdir, ...built]);
    if (part === undefined) return undefined;
    out.set(step, part);
  }
  return out;
}

function partOf(
  node: StageNode,
  step: Step,
  stack: Stack,
  shell: ShellOf,
  folders: readonly string[],
): Part | undefined {
  const { instruction } = step;
  switch (instruction.kind) {
    case 'ENV':
    case 'WORKDIR':
      return 'both';
    case 'ARG':
      return 'build';
    case 'RUN': {
      const commands = commandsOf(node, step, shell);
      return commands && partOfRun(commands, stack, folders);
    }
    case 'COPY':
    case 'ADD': {
      const place = step.expand(instruction.destination?.raw ?? '');
      if (place === undefined) return undefined;
      const at = joinPath(step.workdir ?? '/', place);
      // What lies in the project's folder comes along as the plan says; a program or setting for the system is needed in both.
      if (folders.some((folder) => isInside(folder, at))) return 'build';
      return instruction.from === undefined || !/\/(composer|uv|uvx|pnpm|bun)$/.test(at) ? 'both' : 'build';
    }
    default:
      return ABOUT_RUNNING.has(instruction.keyword) ? 'runtime' : undefined;
  }
}
