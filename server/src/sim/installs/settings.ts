import type { ShellWord } from '../../syntax/shell/model.js';
import { isInside, relativePath } from '../../text/paths.js';
import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Step } from '../model.js';

/** What the RUN of a build sets up for its downloads. */
export interface Settings {
  /** Assignments to write before the command that downloads, with a blank behind; may be empty. */
  readonly prefix: string;
  /** Why such a command could lack something, a full phrase each. */
  readonly open: readonly string[];
}

/** Programs that may bring what a download needs: tools, certificates, keys, settings. */
const PREPARES =
  /^(apk|apt|apt-get|yum|dnf|microdnf|zypper|git|ssh.*|curl|wget|update-ca-certificates|source|\.|eval|rustup|pip3?|npm)$/;

/** A word as it is written, with a `$` in it where its value is not known. */
export function unsureWord({ literal, value }: ShellWord): string {
  return literal || value.includes('$') ? value : `${value}$`;
}

/** Programs that put a file somewhere, and places where a download looks for keys and settings. */
const PUTS = /^(cp|mv|ln|install|tee)$/;
const SETTINGS = /^(~|\/(root|home|etc)(\/|$))|HOME|netrc|gitconfig|\.(ssh|cargo|config|hex|npmrc|sbt|ivy2)/;

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/** `path` as a command that starts in `folder` reaches it: where nobody knows which folder that is, by its absolute path. */
export function pathFrom(folder: string, path: string): string {
  const isKnown = !folder.startsWith('/?') || isInside(folder, path);
  return isKnown ? relativePath(folder, path) : path;
}

/** What the commands of a RUN before `command`, and its own assignments, set up for its downloads. `names`: its variables. */
export function settingsOf(command: StepCommand, commands: readonly StepCommand[], names: RegExp): Settings {
  const open: string[] = [];
  const found = new Map<string, string>();
  const note = (name: string, value: string | undefined): void => {
    if (!names.test(name)) return;
    if (value === undefined) open.push(`${name} is set in the same RUN to what is not known`);
    else found.set(name, value);
  };
  const before = commands.slice(0, Math.max(0, commands.indexOf(command)));
  for (const other of before) {
    const program = programOf(other);
    if (program === 'export') {
      for (const word of other.words.slice(1)) {
        const [name = '', ...value] = word.value.split('=');
        note(name, word.literal ? value.join('=') : undefined);
      }
    } else if (other.words.length === 0) {
      for (const { name, value } of other.assignments)
        note(name, value?.literal === false ? undefined : (value?.value ?? ''));
    } else if (PREPARES.test(program) || (program === 'go' && argumentsOf(other)[0] === 'env'))
      open.push(`"${program}" in the same RUN may prepare the download`);
    const puts = PUTS.test(program) && other.words.some(({ value }) => SETTINGS.test(value));
    if (puts || other.redirects.some((r) => SETTINGS.test(r.target?.value ?? '')))
      open.push('the same RUN writes settings before it');
  }
  for (const { name, value } of command.assignments)
    note(name, value?.literal === false ? undefined : (value?.value ?? ''));
  const prefix = [...found].map(([name, value]) => `${name}=${shellWord(value)} `).join('');
  return { prefix, open };
}

/** Whether a RUN keeps a folder like `store` in a cache mount: then a build downloads nothing again. */
export function hasCacheMount(step: Step, store: RegExp): boolean {
  return (
    step.instruction.kind === 'RUN' &&
    step.instruction.mounts.some((m) => m.type === 'cache' && store.test(m.target ?? ''))
  );
}
