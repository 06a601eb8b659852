import { yarnClosure } from '../../project/closures/yarn.js';
import { inFolder, isLiteral, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager } from './model.js';
import { nodeTool } from './nodetool.js';
import { readOptions } from './options.js';
import { isOn } from './variables.js';

/** Options of both yarns that take the next word as their value. */
const VALUES = new Set([
  '--cwd',
  '--cache-folder',
  '--global-folder',
  '--link-folder',
  '--modules-folder',
  '--mutex',
  '--network-concurrency',
  '--network-timeout',
  '--otp',
  '--preferred-cache-folder',
  '--registry',
  '--use-yarnrc',
  '--mode',
]);

/** Options that change neither what is read from the project nor where things go. */
const KNOWN =
  /^(--(check-cache|check-files|check-resolutions|disable-pnp|emoji|force|frozen-lockfile|har|ignore-engines|ignore-optional|ignore-platform|ignore-scripts|immutable|immutable-cache|inline-builds|json|link-duplicates|mutex|network-concurrency|network-timeout|no-bin-links|no-color|no-emoji|no-immutable|no-lockfile|no-node-version-check|no-progress|non-interactive|offline|prefer-offline|prod|production|pure-lockfile|refresh-lockfile|registry|scripts-prepend-node-path|silent|skip-integrity-check|strict-semver|update-checksums|verbose|all)(=.*)?|--mode(=skip-build)?|-s|-A)$/;

/** The install a command of yarn is; undefined for any other, and for one that adds packages. */
function yarnInstall(command: StepCommand, folder: string): Install | undefined {
  const tool = nodeTool(command);
  if (tool?.name !== 'yarn') return undefined;
  const { words } = tool;
  const options = readOptions(
    words.map((w) => w.value),
    VALUES,
    KNOWN,
  );
  const [first, second] = options.positional;
  const focus = first === 'workspaces' && second === 'focus';
  if (!focus && options.positional.length > (first === 'install' ? 1 : 0)) return undefined;
  if (options.value('--help', '-h', '--version', '-v', '-V') !== undefined) return undefined;
  const verbAt = words.findIndex((w) => w.value === (focus ? 'focus' : 'install'));
  const verb = words[verbAt] ?? tool.word;
  const cwd = options.value('--cwd');
  return {
    manager: 'yarn',
    what: focus ? 'yarn-focus' : 'yarn-install',
    command,
    verb,
    flags: words
      .slice(verbAt + 1)
      .concat(words.slice(0, Math.max(verbAt, 0)))
      .map((w) => w.value)
      .filter((word) => word.startsWith('-')),
    folder: cwd === undefined ? folder : inFolder(folder, cwd),
    files: [],
    unsure:
      options.unsure ||
      !isLiteral(command) ||
      // Moves what is installed, or reads other settings.
      options.value('--modules-folder', '--use-yarnrc', '--global-folder', '--link-folder') !== undefined ||
      (options.value('--mode') ?? 'skip-build') !== 'skip-build',
  };
}

function isProduction(install: Install, { variables }: InstallScene): boolean {
  const flag = install.flags.find((f) => /^--prod(uction)?(=|$)/.test(f));
  if (flag !== undefined) return !flag.endsWith('=false');
  return variables.get('NODE_ENV') === 'production';
}

/** yarn 1 and later ones. */
export const yarn: Manager = {
  name: 'yarn',
  programs: /yarn/,
  installOf: yarnInstall,
  closureOf: (install, scene) =>
    yarnClosure(scene.files, {
      folder: install.folder,
      focus: install.what === 'yarn-focus',
      ignoreScripts:
        isOn(install, scene.variables, '--ignore-scripts', 'NPM_CONFIG_IGNORE_SCRIPTS') ||
        install.flags.includes('--mode=skip-build') ||
        (install.flags.includes('--mode') && install.command.words.some((w) => w.value === 'skip-build')),
      omitsDev: isProduction(install, scene),
      frozen: install.flags.some((f) =>
        /^--(frozen-lockfile|immutable|immutable-cache|pure-lockfile)$/.test(f),
      ),
      version: nodeTool(install.command)?.version,
      ignoresRelease: scene.variables.has('YARN_IGNORE_PATH'),
    }),
};
