import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import { families, lightPrograms } from './families.js';
import type { Family } from './family.js';

/** What a command is to the cost model. */
export type Recognised =
  | { readonly kind: 'family'; readonly family: Family; readonly words: readonly string[] }
  /** Over at once. */
  | { readonly kind: 'light' }
  | { readonly kind: 'unknown'; readonly program: string };

/** Options that take the next word as their value, in the commands whose words are looked at. */
const withValue =
  /^(-[ocirtfpCjX]|--(requirements?|constraints?|index-url|extra-index-url|index|default-index|find-links|target|prefix|python|repository|virtual|cache-dir|root|registry|working-dir|trusted-host|root-user-action|omit|filter|cwd|dir|loglevel))$/;

/** Words in front of the program that is meant. */
const wrappers: readonly (readonly [program: RegExp, verb?: RegExp])[] = [
  [/^(npx|pnpx|bunx|dumb-init|tini|time|nice|ionice|unbuffer)$/],
  [/^(npm|pnpm|yarn|bun)$/, /^(exec|dlx|x)$/],
  [/^(poetry|uv|pipenv|pdm|hatch)$/, /^run$/],
  [/^(bundle|bundler)$/, /^exec$/],
];

interface Compiled {
  readonly family: Family;
  readonly program: RegExp;
  readonly words: RegExp | undefined;
  readonly options: RegExp | undefined;
}

const compiled: readonly Compiled[] = families.flatMap((family) =>
  family.is.map(([program, words, options]) => ({
    family,
    program: new RegExp(`^(?:${program})$`),
    words: words === undefined ? undefined : new RegExp(words),
    options: options === undefined ? undefined : new RegExp(options),
  })),
);

/** What is known of a command. */
export function recognise(command: StepCommand): Recognised {
  const words = unwrapped([programOf(command), ...argumentsOf(command)]);
  const [program = '', ...rest] = words;
  if (program === '') return { kind: 'unknown', program: command.words[0]?.value ?? '' };
  // `x --version` says so and ends.
  if (rest.length === 1 && /^(--version|-v|-V|--help|version)$/.test(rest[0] ?? '')) return { kind: 'light' };
  const positional = positionalOf(rest);
  const text = positional.join(' ');
  const options = rest.filter((word) => word.startsWith('-')).join(' ');
  const found = compiled.find(
    (form) =>
      form.program.test(program) &&
      form.words?.test(text) !== false &&
      form.options?.test(options) !== false &&
      (form.family.title !== 'sh of a download' || command.joined === '|'),
  );
  if (found !== undefined) return { kind: 'family', family: found.family, words: positional };
  return lightPrograms.has(program) ? { kind: 'light' } : { kind: 'unknown', program };
}

/** The words that are neither options nor their values. */
function positionalOf(words: readonly string[]): readonly string[] {
  return words.filter((word, i) => {
    if (word.startsWith('-') && word !== '-') return false;
    return !withValue.test(words[i - 1] ?? '');
  });
}

/** The words from the program that is meant: of `npx tsc`, `poetry run x`, `env A=b x`, `xargs x` what comes behind. */
function unwrapped(words: readonly string[]): readonly string[] {
  let rest = words;
  for (let depth = 0; depth < 4; depth++) {
    const [program = '', verb = ''] = rest;
    const wrapper = wrappers.find(([name, second]) => name.test(program) && second?.test(verb) !== false);
    let next: readonly string[] | undefined;
    if (wrapper !== undefined) next = rest.slice(wrapper[1] === undefined ? 1 : 2);
    else if (program === 'env' || program === 'xargs') next = rest.slice(1);
    if (next === undefined) return rest;
    while (/^-|^\w+=/.test(next[0] ?? '')) next = next.slice(1);
    if (next.length === 0) return [program === 'env' ? 'true' : program];
    rest = [(next[0] ?? '').replace(/^.*\//, ''), ...next.slice(1)];
  }
  return rest;
}
