import { argumentsOf, commandsOf, programOf, type StepCommand } from '../commands.js';
import { readOptions } from '../installs/options.js';
import { lineOf, stepsInLine } from '../lineage.js';
import type { ShellOf, StageGraph, StageNode, Step } from '../model.js';
import { type ImageName, imageName, runsAsRoot, userOfImage } from './images.js';
import type { StepUser } from './model.js';

/** The image of a registry that a stage starts from, through the stages it is FROM; undefined where there is none, or a variable hides it. */
export function imageOf(graph: StageGraph, node: StageNode): ImageName | undefined {
  const base = lineOf(graph, node).at(-1)?.base;
  return base?.kind === 'image' && base.name !== undefined ? imageName(base.name) : undefined;
}

const ROOT: StepUser = { root: true, name: 'root', uid: 0, gid: 0, home: '/root' };

/** Programs that only root can use to some effect. */
const FOR_ROOT = new Set([
  'apt-get',
  'apt',
  'apk',
  'yum',
  'dnf',
  'microdnf',
  'useradd',
  'groupadd',
  'adduser',
  'addgroup',
]);

const USER_VALUES = new Set(
  '-u --uid -g --gid -G --groups --ingroup -d --home --home-dir -h -s --shell -c --comment --gecos -p --password -k --skel -K -b --base-dir -e -f'.split(
    ' ',
  ),
);

/** The commands of a stage and those it is FROM that stand before `step`. */
function commandsBefore(graph: StageGraph, node: StageNode, step: Step, shell: ShellOf): StepCommand[] {
  const line = stepsInLine(graph, node);
  const end = line.indexOf(step);
  return line.slice(0, end < 0 ? line.length : end).flatMap((one) => {
    const owner = graph.stages[one.stage];
    return one.instruction.kind === 'RUN' && owner !== undefined ? (commandsOf(owner, one, shell) ?? []) : [];
  });
}

/** What `useradd` and `adduser` before make of a user called `name` (or of that number). */
function userMade(commands: readonly StepCommand[], name: string): StepUser | undefined {
  for (const command of commands) {
    const program = programOf(command);
    if (program !== 'useradd' && program !== 'adduser') continue;
    const options = readOptions(argumentsOf(command), USER_VALUES, /^-/);
    const [made = '', group] = options.positional;
    const uid = number(options.value('-u', '--uid'));
    if (made !== name && String(uid) !== name) continue;
    if (made.includes('$')) return undefined;
    // `adduser user group` adds to a group.
    if (program === 'adduser' && group !== undefined) continue;
    return {
      root: false,
      name: made,
      uid,
      gid: groupOf(commands, options.value, uid),
      home: homeOf(program, options.value, made),
    };
  }
  return undefined;
}

type Value = (...names: string[]) => string | undefined;

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A system user of Debian's adduser has no home; all else says where it is, or has it in /home. */
function homeOf(program: string, value: Value, name: string): string | undefined {
  // `-h` is a folder for busybox only.
  const given = value('-d', '--home', '--home-dir', ...(program === 'adduser' ? ['-h'] : []));
  if (given !== undefined) return given.startsWith('/') && !given.includes('$') ? given : undefined;
  const base = value('-b', '--base-dir');
  if (base !== undefined || (program === 'adduser' && value('--system') !== undefined)) return undefined;
  return `/home/${name}`;
}

/** Without a group of its own name or number a user gets one with the user's number, where that is free. */
function groupOf(
  commands: readonly StepCommand[],
  value: Value,
  uid: number | undefined,
): number | undefined {
  const given = value('-g', '--gid', '--ingroup', '-G');
  if (given === undefined) return uid;
  if (/^\d+$/.test(given)) return Number(given);
  for (const command of commands) {
    const program = programOf(command);
    if (program !== 'groupadd' && program !== 'addgroup') continue;
    const options = readOptions(argumentsOf(command), new Set(['-g', '--gid', '-K', '-p']), /^-/);
    if (options.positional[0] === given) return number(options.value('-g', '--gid'));
  }
  return undefined;
}

/** The user `step` runs as; undefined where only an unknown base image can tell. */
export function userOf(graph: StageGraph, node: StageNode, step: Step, shell: ShellOf): StepUser | undefined {
  if (changesUser(step)) return undefined;
  const written = step.user?.split(':')[0];
  const image = imageOf(graph, node);
  if (written === 'root' || written === '0') return ROOT;
  if (hasUserLine(graph, node, step)) {
    // A variable that nobody knows.
    if (written === undefined || written === '') return undefined;
    const known = image && userOfImage(image, written);
    if (known !== undefined) return { root: false, ...known };
    const made = userMade(commandsBefore(graph, node, step, shell), written);
    return made ?? { root: false, name: written, uid: number(written), gid: undefined, home: undefined };
  }
  if (image !== undefined && runsAsRoot(image)) return ROOT;
  const own = commandsOf(node, step, shell) ?? [];
  const before = [...commandsBefore(graph, node, step, shell), ...own];
  return before.some((c) => FOR_ROOT.has(programOf(c)) && !startsWithSudo(step, c)) ? ROOT : undefined;
}

/** Whether a RUN does some of its work as somebody else: which home folder a command then has is not followed. */
function changesUser({ instruction }: Step): boolean {
  return /\bsudo\s+(?:-\S+\s+)*(?:-u|--user)|\b(?:gosu|su-exec|runuser|setpriv|chpst)\s|(?:^|[;&|\s])su\s+(?:-|\w)/.test(
    instruction.kind === 'RUN' ? (instruction.script?.text ?? '') : '',
  );
}

function startsWithSudo({ instruction }: Step, command: StepCommand): boolean {
  const before = instruction.text.slice(0, instruction.text.indexOf(command.words[0]?.value ?? ''));
  return /sudo\s+(?:-\S+\s+)*$/.test(before);
}

function hasUserLine(graph: StageGraph, node: StageNode, step: Step): boolean {
  const line = stepsInLine(graph, node);
  const end = line.indexOf(step);
  return line.slice(0, end < 0 ? line.length : end).some(({ instruction }) => instruction.keyword === 'USER');
}
