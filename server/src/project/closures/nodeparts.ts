import { type PackageManifest, parsePackageJson } from '../../syntax/manifests/npm.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent, type Need, parsed } from './model.js';

/** A closure while it is put together. */
export interface Parts {
  readonly context: ContextFiles;
  /** Notes paths that are read, or would be if they were there. */
  files(...paths: readonly string[]): void;
  /** Notes paths that make a difference if they are there, and are not to be copied for it. */
  looksFor(...paths: readonly string[]): void;
  /** Notes a folder that is read whole; false where it is not sent. */
  folder(path: string): boolean;
  open(reason: string): void;
  doubt(reason: string): void;
  output(...paths: readonly string[]): void;
  /** Notes what the install surely fails without; told apart from what it reads. */
  needs(kind: Need['kind'], path: string, folder?: boolean): void;
  /** A path as it is shown to people: as seen from the project's folder. */
  show(path: string): string;
  /** What was put together. Files inside a folder that is read whole are not listed again. */
  closure(ecosystem: string): Closure;
}

/** An empty closure of a project in `root`. */
export function newParts(context: ContextFiles, root: string): Parts {
  const files = new Set<string>();
  const folders = new Set<string>();
  const candidates = new Set<string>();
  const open = new Set<string>();
  const doubts = new Set<string>();
  const outputs = new Set<string>();
  const needs = new Map<string, Need>();
  return {
    context,
    files(...paths) {
      for (const path of paths) {
        candidates.add(path);
        if (isSent(context, path) && context.entries(path) === undefined) files.add(path);
      }
    },
    looksFor(...paths) {
      for (const path of paths) candidates.add(path);
    },
    folder(path) {
      candidates.add(path);
      if (!isSent(context, path) || context.entries(path) === undefined) return false;
      folders.add(path);
      return true;
    },
    open: (reason) => void open.add(reason),
    doubt: (reason) => void doubts.add(reason),
    output(...paths) {
      for (const path of paths) outputs.add(path);
    },
    needs: (kind, path, folder = false) => void needs.set(path, { kind, path, folder }),
    show: (path) => (root !== '.' && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path),
    closure: (ecosystem) => {
      const whole = [...folders].filter((one) => ![...folders].some((f) => one.startsWith(`${f}/`)));
      return {
        files: [...files].filter((file) => !whole.some((folder) => file.startsWith(`${folder}/`))),
        folders: whole,
        candidates: [...candidates],
        ecosystem,
        open: [...open],
        doubts: [...doubts],
        needs: [...needs.values()],
        outputs: [...outputs],
      };
    },
  };
}

/** A package.json and the folder it lies in. */
export interface NodePackage {
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** The package.json of `folder`, noted as read; undefined where there is none or it can't be read (which is noted). */
export function readPackage(parts: Parts, folder: string): NodePackage | undefined {
  const path = joinPath(folder, 'package.json');
  parts.files(path);
  if (!isSent(parts.context, path)) return undefined;
  const manifest = parsed(parts.context, path, parsePackageJson);
  if (manifest === undefined) {
    parts.open(`${parts.show(path)} could not be read`);
    return undefined;
  }
  return { folder, manifest };
}

/** The text of a file that is sent, noted as read. */
export function readText(parts: Parts, path: string): string | undefined {
  parts.files(path);
  return isSent(parts.context, path) ? parts.context.text(path) : undefined;
}

/** What `parser` makes of a file that is sent, noted as read; undefined where there is none or the parser can't tell. */
export function readParsed<T>(parts: Parts, path: string, parser: (text: string) => T): T | undefined {
  parts.files(path);
  return parsed(parts.context, path, parser);
}
