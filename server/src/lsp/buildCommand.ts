import type { Build } from '../project/build.js';
import { isInside, relativePath } from '../text/paths.js';

/** How a build is run with docker. */
export interface BuildCommand {
  /** Core path of the folder to run it in. */
  readonly folder: string;
  /** What follows `docker build` and the options of whoever runs it. */
  readonly args: readonly string[];
}

/**
 * The command that does `build`, from the project's folder; a text says why there is none. Arguments without a value are
 * passed on as they are, so docker takes them from the environment as the definition would.
 */
export function buildCommand(build: Build, root: string, noCache: boolean): BuildCommand | string {
  const { context, dockerfile, target, args, namedContexts, remote } = build;
  if (remote) return `Its build context is ${context}, which is not on this disk.`;
  if (namedContexts.length > 0) {
    return `It takes the named contexts ${namedContexts.join(', ')}, and Plimsoll does not know what they stand for.`;
  }
  const folder = isInside(root, context) && isInside(root, dockerfile) ? root : context;
  const shown = (path: string): string => (isInside(folder, path) ? relativePath(folder, path) : path);
  const given = Object.entries(args).flatMap(([name, value]) => [
    '--build-arg',
    value === null ? name : `${name}=${value}`,
  ]);
  const place = shown(context);
  return {
    folder,
    args: [
      ...(noCache ? ['--no-cache'] : []),
      ...['-f', shown(dockerfile)],
      ...(target === null ? [] : ['--target', target]),
      ...given,
      // A folder may be called like an option.
      place.startsWith('-') ? `./${place}` : place,
    ],
  };
}

/** A command as one would type it in a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
