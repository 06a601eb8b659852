import type { TreeEntry, TreeStat } from './tree.js';

/** Bytes of content that travel in one packet. */
const chunk = 32 * 1024;

/** Go's file mode bits, as far as they stand above the permissions. */
const goBits = {
  folder: 2 ** 31,
  link: 2 ** 27,
  device: 2 ** 26,
  fifo: 2 ** 25,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  character: 2 ** 21,
  sticky: 2 ** 20,
};

/** Bytes a number takes as a varint; a negative one takes ten. */
function varint(value: number): number {
  if (value < 0) return 10;
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Bytes of a text in UTF-8. A stand-in for a byte that is no UTF-8 (U+DC80…U+DCFF) counts as the one it is. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes++;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      i++;
    } else if (unit >= 0xdc80 && unit < 0xdd00) bytes++;
    else bytes += 3;
  }
  return bytes;
}

/** The mode that is sent: Go's bits, in which a socket is a regular file. */
function goMode(kind: TreeEntry['kind'], mode: number): number {
  let bits = mode & 0o777;
  if ((mode & 0o4000) !== 0) bits += goBits.setuid;
  if ((mode & 0o2000) !== 0) bits += goBits.setgid;
  if ((mode & 0o1000) !== 0) bits += goBits.sticky;
  if (kind === 'folder') bits += goBits.folder;
  else if (kind === 'link') bits += goBits.link;
  else if (kind === 'fifo') bits += goBits.fifo;
  else if (kind === 'device') bits += goBits.device + ((mode & 0o170000) === 0o020000 ? goBits.character : 0);
  return bits;
}

function field(value: number): number {
  return value === 0 ? 0 : 1 + varint(value);
}

function text(bytes: number): number {
  return bytes === 0 ? 0 : 1 + varint(bytes) + bytes;
}

/**
 * Bytes of the packet that announces an entry (SPEC B3). `pathBytes`: of its path in UTF-8; `linkBytes`: of the target of a
 * link, or of the first name of a file that has several; `size`: 0 for a folder. Owner and group are not sent.
 */
export function statBytes(
  kind: TreeEntry['kind'],
  stat: TreeStat,
  pathBytes: number,
  linkBytes: number,
): number {
  const { device } = stat;
  const body =
    text(pathBytes) +
    field(goMode(kind, stat.mode)) +
    (kind === 'folder' ? 0 : field(stat.size)) +
    field(stat.mtime) +
    text(linkBytes) +
    (device === undefined ? 0 : field(device.major) + field(device.minor));
  return 1 + varint(body) + body;
}

/** Bytes of the packets with the content of a file of `size` bytes that is entry number `index`, the last packet included. */
export function contentBytes(size: number, index: number): number {
  const head = 2 + field(index);
  const whole = Math.floor(size / chunk);
  const rest = size % chunk;
  const full = head + 1 + varint(chunk) + chunk;
  return whole * full + (rest === 0 ? 0 : head + 1 + varint(rest) + rest) + head;
}

/** The packet that ends a transfer. */
export const endBytes = 2;
