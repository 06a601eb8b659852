import { bundlerClosure } from '../../project/closures/bundler.js';
import { argumentsOf, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, Manager } from './model.js';
import { readOptions } from './options.js';

const BUNDLE_VALUES = new Set([
  '--path',
  '--without',
  '--with',
  '--jobs',
  '-j',
  '--retry',
  '--gemfile',
  '--shebang',
  '--trust-policy',
  '-P',
]);
const BUNDLE_KNOWN =
  /^(--(path|without|with|jobs|retry|gemfile|deployment|frozen|local|prefer-local|quiet|full-index|no-cache|clean|no-clean|no-prune|redownload|force|verbose|system|no-color)(=.*)?|-j\d*|-V)$/;

/** A `bundle config` that sets something: its name and value. */
export function bundleSetting(
  command: StepCommand,
): { readonly name: string; readonly value: string; readonly local: boolean } | undefined {
  const args = argumentsOf(command);
  if (programOf(command) !== 'bundle' || args[0] !== 'config') return undefined;
  const words = args.slice(1).filter((w) => !w.startsWith('--') && w !== 'set');
  const [name, ...value] = words;
  if (name === undefined || value.length === 0) return undefined;
  const global = args.includes('--global');
  const local = args.includes('--local') || (args.includes('set') && !global);
  return { name, value: value.join(' '), local };
}

/** Ruby's Bundler. */
export const bundler: Manager = {
  name: 'bundler',
  programs: /bundle/,
  installOf(command, folder): Install | undefined {
    if (!/^bundler?$/.test(programOf(command))) return undefined;
    const words = command.words.slice(1).filter((w) => !/^_[\d.]+_$/.test(w.value));
    const options = readOptions(
      words.map((w) => w.value),
      BUNDLE_VALUES,
      BUNDLE_KNOWN,
    );
    // Without a verb it installs.
    const verb = words.find((w) => w.value === 'install') ?? command.words[0];
    if (
      verb === undefined ||
      options.positional.some((word) => word !== 'install') ||
      options.positional.length > 1
    )
      return undefined;
    if (options.value('--version', '--help', '-v', '-h') !== undefined) return undefined;
    return {
      manager: 'bundler',
      what: 'bundle-install',
      command,
      verb,
      flags: words.filter((w) => w !== verb).map((w) => w.value),
      folder,
      files: [],
      unsure: options.unsure || !isLiteral(command),
    };
  },
  closureOf(install, { files, variables, commands, earlier }) {
    const options = readOptions(install.flags, BUNDLE_VALUES, BUNDLE_KNOWN);
    const before = commands.filter((c) => c.span.start < install.command.span.start);
    const settings = [...earlier(), ...before].flatMap((c) => bundleSetting(c) ?? []);
    const set = (name: string): string | undefined => settings.filter((s) => s.name === name).at(-1)?.value;
    const value = (name: string): string | undefined =>
      set(name) ?? variables.get(`BUNDLE_${name.toUpperCase()}`);
    const on = (name: string): boolean =>
      options.value(`--${name}`) !== undefined || /^(1|true)$/.test(value(name) ?? '');
    const deployment = on('deployment');
    const closure = bundlerClosure(files, {
      folder: install.folder,
      gemfile: options.value('--gemfile') ?? variables.get('BUNDLE_GEMFILE'),
      frozen: deployment || on('frozen'),
      path: options.value('--path') ?? value('path') ?? (deployment ? 'vendor/bundle' : undefined),
      writesConfig:
        settings.some((s) => s.local) ||
        ['--path', '--deployment', '--without', '--with', '--frozen', '--clean', '--jobs'].some(
          (flag) => options.value(flag) !== undefined,
        ),
    });
    const unknown = ['BUNDLE_GEMFILE', 'BUNDLE_PATH', 'BUNDLE_APP_CONFIG'].find(
      (name) => variables.has(name) && variables.get(name) === undefined,
    );
    return closure === undefined || unknown === undefined
      ? closure
      : { ...closure, open: [...closure.open, `${unknown} is set to what is not known`] };
  },
};
