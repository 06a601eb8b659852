/**
 * Paths inside the core: absolute or relative, always with `/`. On Windows the adapters hand in `c:/folder/file`
 * (lower-case drive letter), so nothing here knows the platform.
 */

/** `path` with `.`, `..` and doubled slashes resolved; `..` above the root is dropped; `.` for an empty result. */
export function normalizePath(path: string): string {
  // Most paths are clean already, and this is asked for every entry that is looked at.
  if (isPlain(path)) return path;
  const drive = /^[a-z]:(?=\/|$)/i.exec(path)?.[0] ?? '';
  const rest = path.slice(drive.length);
  const absolute = rest.startsWith('/');
  const out: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (!absolute) out.push('..');
  }
  const body = out.join('/');
  if (absolute) return `${drive}/${body}`;
  return drive + body || '.';
}

/** Whether a path starts at `/` and has nothing to resolve: no `.` right behind a slash, no doubled slash, none at its end. */
function isPlain(path: string): boolean {
  return (
    path.charCodeAt(0) === 47 &&
    !path.includes('/.') &&
    !path.includes('//') &&
    (path.length === 1 || !path.endsWith('/'))
  );
}

/** Whether `path` starts at a root (`/` or a drive). */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:\//i.test(path);
}

/** `base` and `path` joined and normalized; an absolute `path` stands alone. */
export function joinPath(base: string, path: string): string {
  return normalizePath(isAbsolutePath(path) ? path : `${base}/${path}`);
}

/** The folder that holds `path`; a root is its own folder. */
export function dirName(path: string): string {
  const at = path.lastIndexOf('/');
  if (at < 0) return '.';
  if (at === 0) return '/';
  return /^[a-z]:$/i.test(path.slice(0, at)) ? path.slice(0, at + 1) : path.slice(0, at);
}

/** The last part of `path`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is `folder` or lies below it (both normalized). */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** `path` as seen from `folder` (both normalized and absolute), with `..` where needed; `.` when they are equal. */
export function relativePath(folder: string, path: string): string {
  const from = folder.split('/').filter((p) => p !== '');
  const to = path.split('/').filter((p) => p !== '');
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.';
}
