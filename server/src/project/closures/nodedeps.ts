import type { Parts } from './nodeparts.js';

/**
 * Packages whose install script was traced (npm 11, in versions of 2025) or read: it looks at the package itself, the machine
 * and addresses, at most at package.json of the project, never at the source. Left out on purpose: nx (nx.json, the
 * workspace), msw (copies a file where package.json says), better-sqlite3 (.prebuild-installrc), prisma (the schema).
 */
const HARMLESS = new Set([
  '@apollo/protobufjs',
  '@nestjs/core',
  '@parcel/watcher',
  '@swc/core',
  'argon2',
  'bcrypt',
  'bufferutil',
  'core-js',
  'core-js-pure',
  'cpu-features',
  'es5-ext',
  'esbuild',
  'fsevents',
  'msgpackr-extract',
  'protobufjs',
  'sharp',
  'ssh2',
  'unrs-resolver',
  'utf-8-validate',
  'vue-demi',
]);

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
