/** What lies on a disk below one folder, as a measurement walks it. Implementations read lazily and may remember. */
export interface Tree {
  /**
   * The entries of a folder (relative to the root, `''` for it) in byte order of their names; undefined where there is no
   * such folder or it can't be read. Links are not followed.
   */
  entries(folder: string): readonly TreeEntry[] | undefined;
  /**
   * `unreadable` where files may have extended attributes that can't be read here: they count on the wire, so a number
   * of bytes on it is then not exact. None when left out.
   */
  readonly xattrs?: 'none' | 'unreadable';
}

export interface TreeEntry {
  /** A name that is no valid UTF-8 has U+DC80…U+DCFF in place of the bytes that are not. */
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'fifo' | 'socket' | 'device';
  /** Asked for only where it counts; undefined where the entry has vanished or can't be read. */
  stat(): TreeStat | undefined;
}

export interface TreeStat {
  /** Bytes of a file; of a link the bytes of its target. */
  readonly size: number;
  /** As `st_mode` has it, type bits included. */
  readonly mode: number;
  /** Nanoseconds since 1970, roughly: only the number of bytes it takes on the wire counts. */
  readonly mtime: number;
  /** Target of a link. */
  readonly target?: string;
  /** The same for all names of one file that has several. */
  readonly inode?: string;
  /** Of a device: its numbers. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** Of a file: its bytes may not be read. BuildKit's client announces its size, and sends no content. */
  readonly unreadable?: true;
}
