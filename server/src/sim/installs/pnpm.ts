import { pnpmClosure } from '../../project/closures/pnpm.js';
import { inFolder, isLiteral, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { nodeTool } from './nodetool.js';
import { readOptions } from './options.js';
import { isOn } from './variables.js';

const VERBS = new Set(['install', 'i', 'fetch', 'ci', 'clean-install']);

/** Options that take the next word as their value. */
const VALUES = new Set([
  '-C',
  '--dir',
  '--filter',
  '-F',
  '--filter-prod',
  '--store-dir',
  '--virtual-store-dir',
  '--modules-dir',
  '--lockfile-dir',
  '--reporter',
  '--loglevel',
  '--node-linker',
  '--package-import-method',
  '--network-concurrency',
  '--child-concurrency',
  '--workspace-concurrency',
  '--fetch-retries',
  '--fetch-timeout',
  '--registry',
  '--cpu',
  '--os',
  '--libc',
]);

/** Options that change neither what is read from the project nor where things go. */
const KNOWN =
  /^(--(prod|production|dev|no-optional|optional|offline|prefer-offline|force|frozen-lockfile|no-frozen-lockfile|prefer-frozen-lockfile|ignore-scripts|ignore-workspace|recursive|shamefully-hoist|strict-peer-dependencies|no-strict-peer-dependencies|fail-if-no-match|silent|color|no-color|stream|aggregate-output|use-stderr|no-verify-store-integrity|verify-store-integrity|side-effects-cache|no-side-effects-cache|merge-git-branch-lockfiles|unsafe-perm|workspace-root|include-workspace-root|no-hoist|hoist|config\.[a-z-]+|filter|filter-prod|reporter|loglevel|node-linker|package-import-method|network-concurrency|child-concurrency|workspace-concurrency|fetch-retries|fetch-timeout|registry|cpu|os|libc|store-dir)(=.*)?|-[rPDswf]+)$/;

/** `--config.x` with a setting that moves things or names files. */
const RISKY_CONFIG =
  /^--config\.(?!(confirm|dedupe|strict|shamefully|node-linker|package-import|network|side-effects|verify|auto-install|ignore-scripts|frozen|prefer|lockfile=))/;

/** The install a command of pnpm is; undefined for any other, and for one that adds packages. */
function pnpmInstall(command: StepCommand, folder: string): Install | undefined {
  const tool = nodeTool(command);
  if (tool?.name !== 'pnpm') return undefined;
  const { words } = tool;
  const options = readOptions(
    words.map((w) => w.value),
    VALUES,
    KNOWN,
  );
  const [name = ''] = options.positional;
  if (!VERBS.has(name) || options.positional.length !== 1) return undefined;
  if (options.value('-g', '--global', '--help', '-h') !== undefined) return undefined;
  const verbAt = words.findIndex((w) => w.value === name);
  const verb = words[verbAt];
  if (verb === undefined) return undefined;
  const dir = options.value('-C', '--dir');
  return {
    manager: 'pnpm',
    what: name === 'fetch' ? 'pnpm-fetch' : 'pnpm-install',
    command,
    verb,
    flags: [...words.slice(verbAt + 1), ...words.slice(0, verbAt)].map((w) => w.value),
    folder: dir === undefined ? folder : inFolder(folder, dir),
    files: [],
    unsure:
      options.unsure ||
      !isLiteral(command) ||
      options.value('--virtual-store-dir', '--modules-dir', '--lockfile-dir') !== undefined ||
      words.some((w) => RISKY_CONFIG.test(w.value)),
  };
}

/** The version in the last `pnpm@9.1.0` of the commands: of npm, or of corepack. */
function broughtBy(commands: readonly StepCommand[]): string | undefined {
  return commands
    .flatMap(
      ({ words }) =>
        /^pnpm@(?:latest-)?[v^~]?(\d[\d.]*)/.exec(
          words.map((w) => w.value).find((w) => w.startsWith('pnpm@')) ?? '',
        )?.[1] ?? [],
    )
    .at(-1);
}

/** pnpm. */
export const pnpm: Manager = {
  name: 'pnpm',
  programs: /pnpm/,
  installOf: pnpmInstall,
  closureOf: (install, { files, variables, commands, earlier }) =>
    pnpmClosure(files, {
      folder: install.folder,
      command: install.what === 'pnpm-fetch' ? 'fetch' : 'install',
      ignoreScripts: isOn(install, variables, '--ignore-scripts', 'NPM_CONFIG_IGNORE_SCRIPTS'),
      ignoreWorkspace: install.flags.includes('--ignore-workspace'),
      frozen:
        install.what === 'pnpm-fetch' ||
        /^(ci|clean-install)$/.test(install.verb.value) ||
        install.flags.some((f) => /^--(frozen-lockfile(=true)?|offline)$/.test(f)),
      version: nodeTool(install.command)?.version,
      brought: broughtBy([...earlier(), ...commands]),
    }),
};
