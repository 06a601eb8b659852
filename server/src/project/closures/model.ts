import type { Entry } from '../snapshot.js';

/** What a closure asks of a build context; paths are relative to it, with `/`, `.` for the context itself. */
export interface ContextFiles {
  /** Whether the context holds this path, ignored or not. */
  exists(path: string): boolean;
  /** Whether the ignore file keeps this path out. */
  isIgnored(path: string): boolean;
  /** The text of a file, undefined where there is none or it is too large. */
  text(path: string): string | undefined;
  /** The entries of a folder, ignored ones too; undefined where there is no such folder. */
  entries(folder: string): readonly Entry[] | undefined;
  /** What `parser` makes of a file's text, remembered as long as the text stays the same; left out where nothing is remembered. */
  parse?<T>(path: string, parser: (text: string) => T): T | undefined;
}

/** What `parser` makes of a file's text; undefined where there is no such file or it is too large. */
export function parsedFile<T>(files: ContextFiles, path: string, parser: (text: string) => T): T | undefined {
  if (files.parse !== undefined) return files.parse(path, parser);
  const text = files.text(path);
  return text === undefined ? undefined : parser(text);
}

/** A file or folder without which an install surely fails; tried with the real managers. */
export interface Need {
  readonly path: string;
  readonly folder: boolean;
  /** `script`: what the project itself runs during the install, which may read more. */
  readonly kind: 'patch' | 'release' | 'dependency' | 'script';
}

/** The files of a project that an install reads, as far as that can be known. */
export interface Closure {
  /** Files to be copied, relative to the context, in the order a person would write them. All exist and none is ignored. */
  readonly files: readonly string[];
  /** Folders that are read whole (patches, a local dependency, .yarn/releases): all exist and none is ignored. */
  readonly folders: readonly string[];
  /** All paths it reads or would read if they were there (`files` and `folders` included): what a recorded trace is held against. */
  readonly candidates: readonly string[];
  /** The folder below test/ecosystems whose recorded builds prove this kind of install. */
  readonly ecosystem: string;
  /** Why the install may read more than `files`, a full phrase each; empty where the closure is complete. */
  readonly open: readonly string[];
  /** Why the closure is complete but not proven to be all that matters, a full phrase each. */
  readonly doubts: readonly string[];
  /** What it fails without, there or not; left out where that is not known. */
  readonly needs?: readonly Need[];
  /** Folders the install writes inside the project, relative to the context: a later COPY must not bring them again. */
  readonly outputs: readonly string[];
}

/** Whether a file is there and sent with the context. */
export function isSent(files: ContextFiles, path: string): boolean {
  return files.exists(path) && !files.isIgnored(path);
}

/** What `parser` makes of a file that is sent; undefined where there is none. */
export function parsed<T>(files: ContextFiles, path: string, parser: (text: string) => T): T | undefined {
  return isSent(files, path) ? parsedFile(files, path, parser) : undefined;
}

/** The folders above `folder` up to the context itself, nearest first. */
export function foldersAbove(folder: string): string[] {
  const out: string[] = [];
  for (let at = folder; at !== '.' && at !== ''; ) {
    const slash = at.lastIndexOf('/');
    at = slash < 0 ? '.' : at.slice(0, slash);
    out.push(at);
  }
  return out;
}
