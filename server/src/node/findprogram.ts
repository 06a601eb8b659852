import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

function isProgram(file: string, platform: NodeJS.Platform): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    if (platform !== 'win32') accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A program of PATH as an absolute path; undefined where there is none. Only absolute folders count: neither the
 * system nor a relative entry may look for it in the repository.
 */
export function findProgram(
  wanted: string,
  env: Readonly<NodeJS.ProcessEnv>,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  // Windows does not tell names of variables by case.
  const name = platform === 'win32' ? Object.keys(env).find((key) => key.toUpperCase() === 'PATH') : 'PATH';
  const folders = ((name === undefined ? undefined : env[name]) ?? '').split(paths.delimiter);
  return folders
    .filter((folder) => paths.isAbsolute(folder))
    .map((folder) =>
      paths.join(folder, platform === 'win32' && !/\.exe$/i.test(wanted) ? `${wanted}.exe` : wanted),
    )
    .find((file) => isProgram(file, platform));
}
