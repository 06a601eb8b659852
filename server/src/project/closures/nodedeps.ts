import type { Parts } from './nodeparts.js';

/**
 * Packages whose install script was read: it looks at the package itself, the machine and addresses, at most at package.json
 * of the project, never at the source (esbuild 0.28, core-js 3.51, @swc/core 1.16, fsevents 2.3).
 */
const HARMLESS = new Set(['@swc/core', 'core-js', 'core-js-pure', 'esbuild', 'fsevents']);

/**
 * Notes that the install scripts of these packages run: a doubt, unless they are known to leave the source alone.
 * Undefined: which packages run scripts is not known.
 */
export function scriptsDoubted(parts: Parts, names: readonly string[] | undefined): void {
  const name = names?.find((one) => !HARMLESS.has(one));
  if (names === undefined)
    parts.doubt('the lock file does not say which packages run scripts when they are installed');
  else if (name !== undefined) parts.doubt(`the package ${name} runs a script when it is installed`);
}
