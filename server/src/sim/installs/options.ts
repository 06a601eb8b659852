/** The words of a command line, told apart. */
export interface Options {
  /** Words that are no option and no value of one. */
  readonly positional: readonly string[];
  /** Holds an option that is not known. */
  readonly unsure: boolean;
  /** The value of the first of these options that is given; `true` for one without. */
  value(...names: string[]): string | undefined;
}

/** Reads `words`: options in `withValue` take the next word, `known` are those whose effect is known. */
export function readOptions(
  words: readonly string[],
  withValue: ReadonlySet<string>,
  known: RegExp,
): Options {
  const positional: string[] = [];
  const values = new Map<string, string>();
  let unsure = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      positional.push(word);
      continue;
    }
    if (!known.test(word) && !withValue.has(word.split('=')[0] ?? '')) unsure = true;
    const equal = word.indexOf('=');
    if (equal > 0) values.set(word.slice(0, equal), word.slice(equal + 1));
    else if (withValue.has(word)) values.set(word, words[++i] ?? '');
    else values.set(word, 'true');
  }
  return {
    positional,
    unsure,
    value: (...names) => names.map((n) => values.get(n)).find((v) => v !== undefined),
  };
}
