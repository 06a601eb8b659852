import { baseName, joinPath } from '../../text/paths.js';
import { isSent } from './model.js';
import type { NodePackage, Parts } from './nodeparts.js';
import { isArchive, isOutside, localDependencies } from './nodeprojects.js';
import { commandsIn, optionIn, ownScript, unwrapped } from './nodescripts.js';

/**
 * Notes the folders behind `file:` that an install copies, and fails without: tried with pnpm 9, yarn 1 and yarn 4. npm
 * links them, whether they are there or not.
 */
export function copiesNeeded(parts: Parts, { folder, manifest }: NodePackage): void {
  const dependencies = { ...manifest, optionalDependencies: {}, devDependencies: {}, overrides: {} };
  for (const { protocol, path } of localDependencies({ folder, manifest: dependencies }, false))
    if (protocol === 'file' && !isOutside(path) && !isArchive(path)) parts.needs('dependency', path, true);
}

/** The first command of a script, which runs whatever else the script does and whose failure is one of the script. */
function firstCommand(script: string): readonly string[] | undefined {
  return /\|\||;/.test(script) ? undefined : commandsIn(script)?.[0];
}

/** The file of the project that a command runs and fails without; undefined where it runs none. */
function fileRun(parts: Parts, own: NodePackage, written: readonly string[]): string | undefined {
  const words = unwrapped(written);
  const [program = '', first = ''] = words;
  if (/^(node|sh|bash)$/.test(program)) {
    const plain = /^[\w@./-]+\.(js|cjs|mjs|sh)$/.test(first) && !/^[-/]|node_modules/.test(first);
    return plain && !isOutside(joinPath(own.folder, first)) ? joinPath(own.folder, first) : undefined;
  }
  return baseName(program) === 'prisma' && words[1] === 'generate' ? schemaOf(parts, own, words) : undefined;
}

/** The schema that `prisma generate` fails without (tried with prisma 6.16), where it can be only one file. */
function schemaOf(parts: Parts, own: NodePackage, words: readonly string[]): string | undefined {
  const at = (name: string): string => joinPath(own.folder, name);
  const named = optionIn(words, '--schema');
  if (named !== undefined) return /^[\w@./-]+\.prisma$/.test(named) ? at(named) : undefined;
  const elsewhere = ['schema.prisma', '.config', ...CONFIGS.map((ending) => `prisma.config.${ending}`)];
  const moved = /"prisma"\s*:\s*\{/.test(parts.context.text(at('package.json')) ?? '');
  return moved || elsewhere.some((name) => isSent(parts.context, at(name)))
    ? undefined
    : at('prisma/schema.prisma');
}

const CONFIGS = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

/**
 * Notes the files that scripts run during an install and whose absence makes them fail, and with them the install: tried with
 * npm 11, yarn 1 and 4, pnpm 9, 10 and 12 and bun 1.4.
 */
export function scriptNeeds(parts: Parts, own: NodePackage, names: readonly string[]): void {
  for (const name of names) {
    let script = own.manifest.scripts[name];
    for (let depth = 0; script !== undefined && depth < 4; depth++) {
      const words = firstCommand(script);
      const file = words && fileRun(parts, own, words);
      if (file !== undefined) parts.needs('script', file);
      const next = words && ownScript(words, own);
      script =
        next === undefined || own.manifest.scripts[`pre${next}`] ? undefined : own.manifest.scripts[next];
    }
  }
}
