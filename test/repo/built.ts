import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const repo = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Calls `name` of scripts/`script` in a process of its own; throws with its output when it fails. */
function call(script: string, name: string, ...args: readonly string[]): void {
  const url = pathToFileURL(path.join(repo, 'scripts', script)).href;
  const code = `const m = await import(${JSON.stringify(url)}); await m.${name}(...${JSON.stringify(args)});`;
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: repo, stdio: 'pipe' });
}

/** Builds dist/ if a source is newer. */
export function ensureBuilt(): void {
  call('bootstrap.mjs', 'buildIfStale');
}

/** Packs the extension into `file` as `npm run package` does. */
export function pack(file: string): void {
  ensureBuilt();
  call('package.mjs', 'packVsix', file);
}
