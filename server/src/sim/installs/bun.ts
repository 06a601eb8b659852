import { bunClosure } from '../../project/closures/bun.js';
import { inFolder, isLiteral, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { nodeTool } from './nodetool.js';
import { readOptions } from './options.js';
import { isOn } from './variables.js';

const VERBS = new Set(['install', 'i', 'ci']);

/** Options that take the next word as their value. */
const VALUES = new Set([
  '-c',
  '--config',
  '--cwd',
  '--ca',
  '--cafile',
  '--registry',
  '--concurrent-scripts',
  '--network-concurrency',
  '--omit',
  '--cache-dir',
  '--linker',
  '--backend',
  '--filter',
  '--cpu',
  '--os',
  '--minimum-release-age',
]);

/** Options that change neither what is read from the project nor where things go. */
const KNOWN =
  /^(--(production|frozen-lockfile|ignore-scripts|no-save|save|force|no-cache|silent|quiet|verbose|no-progress|no-summary|no-verify|omit|backend|concurrent-scripts|network-concurrency|registry|linker|filter|cache-dir|save-text-lockfile|exact|cpu|os|minimum-release-age)(=.*)?|-[pf]+)$/;

/** The install a command of bun is; undefined for any other, and for one that adds packages. */
function bunInstall(command: StepCommand, folder: string): Install | undefined {
  const tool = nodeTool(command);
  if (tool?.name !== 'bun') return undefined;
  const { words } = tool;
  const options = readOptions(
    words.map((w) => w.value),
    VALUES,
    KNOWN,
  );
  const [name = ''] = options.positional;
  if (!VERBS.has(name) || options.positional.length !== 1) return undefined;
  if (options.value('-g', '--global', '--help', '-h', '--dry-run') !== undefined) return undefined;
  const verbAt = words.findIndex((w) => w.value === name);
  const verb = words[verbAt];
  if (verb === undefined) return undefined;
  const cwd = options.value('--cwd');
  return {
    manager: 'bun',
    what: 'bun-install',
    command,
    verb,
    flags: [...words.slice(verbAt + 1), ...words.slice(0, verbAt)].map((w) => w.value),
    folder: cwd === undefined ? folder : inFolder(folder, cwd),
    files: [],
    unsure:
      options.unsure ||
      !isLiteral(command) ||
      options.value('-c', '--config', '--cafile', '--save-text-lockfile') !== undefined,
  };
}

/** bun. */
export const bun: Manager = {
  name: 'bun',
  programs: /bun/,
  installOf: bunInstall,
  closureOf: (install, { files, variables }) =>
    bunClosure(files, {
      folder: install.folder,
      ignoreScripts: isOn(install, variables, '--ignore-scripts', 'NPM_CONFIG_IGNORE_SCRIPTS'),
      frozen:
        install.verb.value === 'ci' ||
        install.flags.some((f) => /^(--frozen-lockfile|--production|-p)$/.test(f)),
    }),
};
