import { baseName, joinPath } from '../../text/paths.js';
import { isSent } from './model.js';
import type { NodePackage, Parts } from './nodeparts.js';

/** Programs that look at nothing of the project but package.json, or at git where there is some. */
const HARMLESS = new Set([
  ':',
  'check-node-version',
  'echo',
  'exit',
  'false',
  'husky',
  'is-ci',
  'only-allow',
  'opencollective',
  'opencollective-postinstall',
  'please-upgrade-node',
  'simple-git-hooks',
  'true',
]);

/** Those that install hooks where the project lies in git, and do nothing elsewhere. */
const HOOKS = new Set(['husky', 'simple-git-hooks']);

function withoutLeading(words: readonly string[], skipped: RegExp): string[] {
  const at = words.findIndex((word) => !skipped.test(word));
  return at < 0 ? [] : words.slice(at);
}

/** Words of a script's commands; undefined where the shell would do more than run one after the other. */
export function commandsIn(script: string): string[][] | undefined {
  // Quoted text may hold anything; only plain words are told apart.
  const parts = script.split(/&&|\|\||;/);
  if (parts.some((part) => /[`$(){}<>|&*?\\"'#~]/.test(part))) return undefined;
  return parts
    .map((part) => withoutLeading(part.trim().split(/\s+/), /^([A-Za-z_]\w*=.*)?$/))
    .filter((words) => words.length > 0);
}

/** The words after what runs a program of node_modules: `npx`, `pnpm exec`, `yarn`. */
export function unwrapped(words: readonly string[]): readonly string[] {
  const [first = '', second = ''] = words;
  if (first === 'cross-env') return withoutLeading(words.slice(1), /^\w+=/);
  const skip =
    first === 'npx' || first === 'bunx' || first === 'pnpx'
      ? 1
      : /^(npm|pnpm|yarn|bun)$/.test(first) && /^(exec|x|dlx)$/.test(second)
        ? 2
        : 0;
  if (skip === 0) return words;
  return withoutLeading(words.slice(skip), /^(-y|--yes|--no|--no-install|--)$/);
}

/** The script of the same package that a command runs; undefined for any other command. */
export function ownScript(words: readonly string[], { manifest }: NodePackage): string | undefined {
  const [program = '', verb = '', name = ''] = words;
  if (/^(npm|pnpm|yarn|bun)$/.test(program) && /^run(-script)?$/.test(verb)) return name;
  if (/^(pnpm|yarn)$/.test(program) && manifest.scripts[verb] !== undefined) return verb;
  return /^run-[sp]$/.test(program) && words.length === 2 ? verb : undefined;
}

export function optionIn(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Notes what one command of a script reads; false where that is not known. */
function commandReads(parts: Parts, own: NodePackage, written: readonly string[], depth: number): boolean {
  const { folder } = own;
  const script = ownScript(written, own);
  if (script !== undefined) {
    const names = [`pre${script}`, script, `post${script}`].filter(
      (n) => own.manifest.scripts[n] !== undefined,
    );
    return (
      names.includes(script) &&
      names.every((n) => textReads(parts, own, own.manifest.scripts[n] ?? '', depth + 1))
    );
  }
  const words = unwrapped(written);
  const program = (words[0] ?? '').replace(/^\.?\/?node_modules\/\.bin\//, '').replace(/@[^/@]+$/, '');
  if (HARMLESS.has(program)) {
    if (HOOKS.has(program)) readsHooks(parts, own, program);
    return true;
  }
  if (program === 'patch-package') {
    const patches = joinPath(folder, optionIn(words, '--patch-dir') ?? 'patches');
    parts.folder(patches);
    parts.doubt('"patch-package" runs during the install');
    parts.files(
      ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock'].map((name) => joinPath(folder, name)),
    );
    return true;
  }
  if (program === 'prisma' && words[1] === 'generate') return readsPrisma(parts, own, words);
  if (program === 'node' && words.length > 1) namesFile(parts, folder, words);
  return false;
}

function readsHooks(parts: Parts, { folder }: NodePackage, program: string): void {
  const git = joinPath(folder, '.git');
  parts.looksFor(git);
  if (program === 'simple-git-hooks') {
    const names = ['.simple-git-hooks', 'simple-git-hooks'].flatMap((name) =>
      ['cjs', 'js', 'mjs', 'json'].map((ending) => joinPath(folder, `${name}.${ending}`)),
    );
    parts.looksFor(...names);
  }
  if (isSent(parts.context, git)) parts.doubt(`${program} sets up hooks in .git, which is not copied first`);
}

/** Seen with prisma 5 and 6: the schema, and settings in package.json, prisma.config.* and .env. */
function readsPrisma(parts: Parts, { folder }: NodePackage, words: readonly string[]): boolean {
  const named = optionIn(words, '--schema');
  const schema = joinPath(folder, named ?? 'prisma/schema.prisma');
  const settings = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'].flatMap((ending) =>
    [`prisma.config.${ending}`, `.config/prisma.${ending}`].map((name) => joinPath(folder, name)),
  );
  const environment = ['.env', 'prisma/.env'].map((name) => joinPath(folder, name));
  if (settings.some((path) => isSent(parts.context, path)) || !/\.prisma$/.test(schema)) return false;
  parts.files(schema, ...settings, ...environment);
  if (named === undefined) parts.files(joinPath(folder, 'schema.prisma'));
  if (!isSent(parts.context, schema)) return false;
  // A generator may write into the source, and another schema may be read from there.
  if (/^\s*output\s*=/m.test(parts.context.text(schema) ?? 'output =')) return false;
  parts.doubt('"prisma generate" runs during the install');
  return true;
}

/** The file that `node` runs is one that is read, whatever else it reads. */
function namesFile(parts: Parts, folder: string, words: readonly string[]): void {
  const file = words.slice(1).find((word) => !word.startsWith('-'));
  if (file !== undefined && !file.startsWith('/') && !baseName(file).startsWith('-'))
    parts.looksFor(joinPath(folder, file));
}

/** The one-liner of husky's own guide: it asks for husky and does nothing without it. */
const HUSKY_ONE_LINER =
  /^node -e ["']\s*(try\s*\{\s*)?(\(?await import\(|require\()\\?['"`]husky\\?['"`]\)[^;]*;?\s*(\}\s*catch\s*(\(\w*\)\s*)?\{[^{}]*\})?\s*["']$/;

function textReads(parts: Parts, own: NodePackage, script: string, depth: number): boolean {
  if (depth > 5) return false;
  if (HUSKY_ONE_LINER.test(script.trim())) {
    readsHooks(parts, own, 'husky');
    return true;
  }
  const quoted = /^\s*(echo|exit)\s+(["'])[^"'`$\\|<>;&]*\2\s*$/.test(script);
  const commands = quoted ? [] : commandsIn(script);
  return commands?.every((words) => commandReads(parts, own, words, depth)) ?? false;
}

/** Notes what the scripts `names` of a package read when an install runs them; what is not known leaves the closure open. */
export function scriptsRead(parts: Parts, own: NodePackage, names: readonly string[]): void {
  for (const name of names) {
    const script = own.manifest.scripts[name];
    if (script === undefined || script.trim() === '') continue;
    if (!textReads(parts, own, script, 0)) {
      const place = parts.show(joinPath(own.folder, 'package.json'));
      parts.open(`the script "${name}" of ${place} runs during the install and may read the source`);
    }
  }
}
