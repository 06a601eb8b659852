import { isAbsolutePath, isInside, joinPath, relativePath } from '../text/paths.js';

/** What a command may use of the process. */
export interface Io {
  /** The working directory as a core path. */
  readonly cwd: string;
  readonly out: (text: string) => void;
  /** One line to standard error, the program's name in front. */
  readonly complain: (line: string) => void;
  /** Standard input to its end. */
  readonly input: () => Promise<string>;
  readonly colour: boolean;
  /** Shows a line that the next one replaces, and `''` removes; undefined where standard error is no terminal. */
  readonly status: ((line: string) => void) | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of the bundle: the WASM files lie in it, docs/ and package.json beside it. Native. */
  readonly dist: string;
}

/** An absolute path as it is shown: relative to the working directory, with `/`. */
export function shownFrom(cwd: string): (path: string) => string {
  return (path) => {
    const drive = (p: string): string => /^[a-z]:/i.exec(p)?.[0] ?? '';
    if (!isAbsolutePath(path) || drive(path) !== drive(cwd)) return path;
    return isInside(cwd, path) || cwd !== '/' ? relativePath(cwd, path) : path;
  };
}

/** An argument as a core path. */
export function resolved(io: Io, toCore: (native: string) => string, argument: string): string {
  return joinPath(io.cwd, toCore(argument));
}

/** Says why a build context could not be measured. */
export function unmeasured(io: Io): (error: unknown) => void {
  return (error) =>
    io.complain(
      `a build context could not be measured: ${error instanceof Error ? error.message : String(error)}`,
    );
}
