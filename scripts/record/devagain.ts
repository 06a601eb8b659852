import { docker, marked } from './devdocker.js';

/** Two installs of one project into one folder: with development dependencies, then without. */
export interface DevAgain {
  readonly name: string;
  readonly project: string;
  /** Lines after those that bring the project's manager: another version of it. */
  readonly setup?: readonly string[];
  readonly first: string;
  readonly second: string;
  /** Prints the packages that are there, one a line. */
  readonly list: string;
  /** Found: what the first brings and the second would not. */
  readonly brought?: readonly string[];
  /** Found: what of that is there after both. */
  readonly left?: readonly string[];
}

/** Builds an entry: the first install, the second behind it, and the second alone. */
export async function lookAgain(
  folder: string,
  setup: readonly string[],
  entry: DevAgain,
): Promise<DevAgain> {
  const { first, second, list } = entry;
  const [from = '', ...rest] = [...setup, ...(entry.setup ?? [])];
  const seen = (mark: string): string => `RUN (${list}) | sort -u | sed 's/^/@${mark} /'`;
  const text = [
    `${from} AS base`,
    ...rest,
    'WORKDIR /app',
    'COPY . .',
    'FROM base AS alone',
    `RUN ${second}`,
    seen('ALONE'),
    'RUN touch /done',
    'FROM base',
    // So that it is built.
    'COPY --from=alone /done /done',
    `RUN ${first}`,
    seen('FIRST'),
    `RUN ${second}`,
    seen('BOTH'),
    '',
  ];
  const log = await docker(folder, text.join('\n'), ['--no-cache']);
  const alone = new Set(marked(log, 'ALONE'));
  const brought = marked(log, 'FIRST').filter((one) => !alone.has(one));
  const both = new Set(marked(log, 'BOTH'));
  return { ...entry, brought, left: brought.filter((one) => both.has(one)) };
}
