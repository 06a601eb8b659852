import { npmClosure } from '../../project/closures/npm.js';
import { inFolder, isLiteral, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { nodeTool } from './nodetool.js';
import { readOptions } from './options.js';
import { isOn } from './variables.js';

const NPM_CI = new Set(['ci', 'clean-install', 'ic', 'install-clean', 'isntall-clean']);
const NPM_INSTALL = new Set([
  'install',
  'i',
  'in',
  'ins',
  'inst',
  'insta',
  'instal',
  'isnt',
  'isnta',
  'isntal',
  'isntall',
  'add',
]);

/** Options of npm that take the next word as their value. */
const NPM_VALUES = new Set([
  '--prefix',
  '-C',
  '--omit',
  '--include',
  '--only',
  '--loglevel',
  '--cache',
  '--registry',
  '--maxsockets',
  '--fetch-retries',
  '--fetch-timeout',
  '--network-timeout',
  '--fetch-retry-mintimeout',
  '--fetch-retry-maxtimeout',
  '--workspace',
  '-w',
  '--install-strategy',
  '--before',
  '--cpu',
  '--os',
  '--libc',
  '--allow-git',
]);
/** Options of npm that change neither what is read from the project nor where things go. */
const NPM_KNOWN =
  /^(--(omit|include|only|also|production|ignore-scripts|no-audit|audit|no-fund|fund|silent|quiet|loglevel|legacy-peer-deps|force|no-progress|progress|prefer-offline|prefer-online|offline|no-optional|optional|no-save|unsafe-perm|verbose|maxsockets|fetch-[a-z-]+|strict-ssl|registry|no-update-notifier|no-package-lock|engine-strict|foreground-scripts|dev|prod|strict-peer-deps|no-shrinkwrap|no-color|network-timeout|cpu|os|libc|workspace|workspaces|include-workspace-root|install-strategy|ignore-engines)(=.*)?|-ws|-iwr|-s|-q|-d|-dd|-ddd|-f)$/;

function npmInstall(command: StepCommand, folder: string): Install | undefined {
  const tool = nodeTool(command);
  if (tool?.name !== 'npm') return undefined;
  const { words } = tool;
  const verbAt = words.findIndex((w) => NPM_CI.has(w.value) || NPM_INSTALL.has(w.value));
  const verb = words[verbAt];
  if (verb === undefined) return undefined;
  const options = readOptions(
    words.map((w) => w.value),
    NPM_VALUES,
    NPM_KNOWN,
  );
  // The verb is the first word that is no option, and nothing but options may follow: names install something else.
  if (options.positional.length !== 1 || options.positional[0] !== verb.value) return undefined;
  if (options.value('-g', '--global', '--location') !== undefined) return undefined;
  const prefix = options.value('--prefix', '-C');
  const ci = NPM_CI.has(verb.value);
  return {
    manager: 'npm',
    what: ci ? 'npm-ci' : 'npm-install',
    command,
    verb,
    flags: words
      .slice(verbAt + 1)
      .map((w) => w.value)
      .concat(words.slice(0, verbAt).map((w) => w.value)),
    folder: prefix === undefined ? folder : inFolder(folder, prefix),
    files: [],
    unsure: options.unsure || !isLiteral(command),
  };
}

/** npm. */
export const npm: Manager = {
  name: 'npm',
  programs: /npm/,
  installOf: npmInstall,
  closureOf: (install, { files, variables }) =>
    npmClosure(files, {
      folder: install.folder,
      command: install.what === 'npm-ci' ? 'ci' : 'install',
      ignoreScripts: isOn(install, variables, '--ignore-scripts', 'NPM_CONFIG_IGNORE_SCRIPTS'),
      alone: install.flags.some((f) => /^(--prefix|-C)(=|$)/.test(f)),
      omitsDev: install.flags.some((f) => /^(--omit=dev|--production|--only=prod(uction)?)$/.test(f)),
    }),
};
