/** An entry of a tar file; numbers as they are written. */
export interface TarEntry {
  /** Without `./` in front and `/` behind. */
  readonly name: string;
  /** `0` a file, `1` another name of one, `2` a link, `5` a folder. */
  readonly type: string;
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  readonly link: string;
  readonly body: Buffer;
}

interface Long {
  readonly path?: string;
  readonly linkpath?: string;
}

/** Names that are too long for a header stand in a block of their own before it. */
function longNames(body: Buffer): Long {
  const pairs = body.toString('utf8').matchAll(/\d+ (path|linkpath)=([^\n]*)\n/g);
  return Object.fromEntries([...pairs].map(([, key = '', value = '']) => [key, value]));
}

/** The entries of a tar file's bytes (ustar, with long names as pax has them). */
export function readTar(bytes: Buffer): readonly TarEntry[] {
  const out: TarEntry[] = [];
  let long: Long = {};
  for (let at = 0; at + 512 <= bytes.length; ) {
    const start = at;
    const text = (from: number, length: number): string =>
      bytes.toString('utf8', start + from, start + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12).trim() || '0', 8);
    const type = text(156, 1) || '0';
    const body = bytes.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === 'x') {
      long = longNames(body);
      continue;
    }
    const folder = text(345, 155);
    const name = long.path ?? (folder === '' ? text(0, 100) : `${folder}/${text(0, 100)}`);
    if (name === '') break;
    const [mode, uid, gid] = [text(100, 8), text(108, 8), text(116, 8)];
    const link = long.linkpath ?? text(157, 100);
    out.push({ name: name.replace(/^\.?\//, '').replace(/\/$/, ''), type, mode, uid, gid, link, body });
    long = {};
  }
  return out;
}
