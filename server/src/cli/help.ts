import { type CommandSpec, commands, type OptionSpec } from './args.js';

function optionText(option: OptionSpec): string {
  const value =
    option.value === undefined ? (option.optionalValue === true ? '[=unsafe]' : '') : ` ${option.value}`;
  return `    ${`--${option.name}${value}`.padEnd(24)} ${option.help}`;
}

function commandText({ usage, help, options }: CommandSpec): string {
  return [`  plimsoll ${usage}`, `    ${help}`, ...options.map(optionText)].join('\n');
}

/** What `plimsoll --help` prints (docs/guide/cli.md holds the same), and `plimsoll lint --help` of that command alone. */
export function helpText(command?: string): string {
  const one = commands.find(({ name }) => name === command);
  if (one !== undefined) return `${commandText(one)}\n`;
  return `${[
    'Plimsoll finds what makes Docker builds slow and fixes it.',
    ...commands.map(commandText),
    '  plimsoll --help, plimsoll COMMAND --help, plimsoll --version',
    [
      'Exit codes: 0 nothing at or above --fail-on; 1 findings (after --fix: what remains), or a build',
      'that would fail (context); 2 wrong use, nothing to read, several builds to choose from, or input',
      'that cannot be read; 3 an internal error.',
    ].join('\n'),
  ].join('\n\n')}\n`;
}
