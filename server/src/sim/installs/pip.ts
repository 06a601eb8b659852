import { requirementsClosure } from '../../project/closures/python.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { readOptions } from './options.js';
import { withEnvironments } from './variables.js';

const PIP_VALUES = new Set([
  '-r',
  '--requirement',
  '--requirements',
  '-c',
  '--constraint',
  '--constraints',
  '-i',
  '--index-url',
  '--extra-index-url',
  '--trusted-host',
  '--timeout',
  '--retries',
  '--root-user-action',
  '--progress-bar',
  '--default-timeout',
  '--no-binary',
  '--only-binary',
  '--index',
  '--default-index',
  '--index-strategy',
  '--python',
  '-p',
  '--cache-dir',
  '--resume-retries',
  '--use-feature',
  '--upgrade-strategy',
]);
const PIP_KNOWN =
  /^(--(no-cache-dir|no-cache|upgrade|quiet|verbose|no-deps|require-hashes|pre|disable-pip-version-check|no-compile|compile|user|break-system-packages|ignore-installed|force-reinstall|no-input|prefer-binary|no-warn-script-location|system|no-build-isolation|no-python-version-warning|compile-bytecode|no-color|no-progress|exact|strict)(=.*)?|-[UqvnI]+|--(index-url|extra-index-url|trusted-host|timeout|retries|root-user-action|default-timeout|progress-bar|no-binary|only-binary)=.*)$/;

const SHORT_FILE = /^(-[rc])(.+)$/;

/** `-rfile` as two words. */
function splitShort(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const match = SHORT_FILE.exec(word);
    return match === null || word.startsWith('--') ? [word] : [match[1] ?? '', match[2] ?? ''];
  });
}

function filesAfter(words: readonly string[], names: RegExp, folder: string): string[] {
  const out: string[] = [];
  words.forEach((word, i) => {
    const inline = /^(--[a-z]+)=(.*)$/.exec(word);
    if (inline !== null && names.test(inline[1] ?? '')) out.push(inFolder(folder, inline[2] ?? ''));
    else if (names.test(word) && words[i + 1] !== undefined) out.push(inFolder(folder, words[i + 1] ?? ''));
  });
  return out;
}

/** A `pip install -r …`, `uv pip install -r …` or `uv pip sync …`, whose verb is the word at `verbAt`. */
export function requirementsInstall(
  command: StepCommand,
  folder: string,
  verbAt: number,
  uv: boolean,
): Install | undefined {
  const verb = command.words[verbAt];
  if (verb === undefined) return undefined;
  const rest = splitShort(command.words.slice(verbAt + 1).map((w) => w.value));
  const sync = uv && verb.value === 'sync';
  const options = readOptions(rest, PIP_VALUES, PIP_KNOWN);
  const files = filesAfter(rest, /^(-r|--requirements?|-c|--constraints?)$/, folder);
  if (sync) files.push(...options.positional.map((p) => inFolder(folder, p)));
  const hasRequirements = sync || filesAfter(rest, /^(-r|--requirements?)$/, folder).length > 0;
  if (!hasRequirements) return undefined;
  const local = rest.some((w) => w === '-e' || w === '--editable' || w.startsWith('--editable='));
  const paths = !sync && options.positional.some((p) => /[\\/]|^\.|\.(whl|gz|zip)$/.test(p));
  if (local || paths) return undefined;
  return {
    manager: uv ? 'uv' : 'pip',
    what: uv ? 'uv-requirements' : 'requirements',
    command,
    verb,
    flags: rest,
    folder,
    files,
    unsure: options.unsure || !isLiteral(command),
  };
}

/** pip. */
export const pip: Manager = {
  name: 'pip',
  programs: /pip|python/,
  installOf(command, folder) {
    const program = programOf(command);
    const args = argumentsOf(command);
    if (/^pip[0-9.]*$/.test(program) && args[0] === 'install')
      return requirementsInstall(command, folder, 1, false);
    if (/^python[0-9.]*$/.test(program) && args[0] === '-m' && args[1] === 'pip' && args[2] === 'install')
      return requirementsInstall(command, folder, 3, false);
    return undefined;
  },
  closureOf: (install, { files, variables }) =>
    withEnvironments(requirementsClosure(files, install.folder, install.files, false), install, variables),
};
