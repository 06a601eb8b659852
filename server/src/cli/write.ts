import { access, constants, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { decodeText, fromCorePath } from '../node/fs.js';

async function createFile(native: string, text: string): Promise<string | undefined> {
  await mkdir(path.dirname(native), { recursive: true });
  const file = await open(native, 'wx');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  return undefined;
}

async function replaceFile(native: string, before: string, after: string): Promise<string | undefined> {
  const info = await lstat(native);
  if (!info.isFile()) return 'it is no plain file any more';
  // A new file takes the old one's place, which the rights of the folder alone would allow.
  if ((info.mode & 0o222) === 0) return 'it is read-only';
  await access(native, constants.W_OK);
  const bytes = await readFile(native);
  if (decodeText(bytes) !== before) return 'it was changed meanwhile';
  if (!Buffer.from(before, 'utf8').equals(bytes)) return 'it is not UTF-8, so bytes would be lost';
  const temporary = path.join(path.dirname(native), `.${path.basename(native)}.${process.pid}.plimsoll`);
  try {
    const file = await open(temporary, 'wx', info.mode);
    try {
      await file.writeFile(after);
      await file.chmod(info.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, native);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return undefined;
}

/**
 * Writes a text where `before` was read (undefined: nothing was there), all of it or nothing: a temporary file beside it takes
 * its place and its mode. Returns why it was left alone; undefined where it was written.
 */
export async function writeText(
  corePath: string,
  before: string | undefined,
  after: string,
): Promise<string | undefined> {
  const native = fromCorePath(corePath);
  try {
    return before === undefined ? await createFile(native, after) : await replaceFile(native, before, after);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
