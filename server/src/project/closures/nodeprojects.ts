import { isLocalSpec } from '../../syntax/manifests/npm.js';
import { joinPath } from '../../text/paths.js';
import { foldersAbove, isSent } from './model.js';
import { foldersOf } from './nodeglobs.js';
import { type NodePackage, type Parts, readPackage } from './nodeparts.js';

/** A dependency that lies in the project: its version as written in one of the manifests. */
export interface LocalDependency {
  readonly name: string;
  /** `file`, `link`, `portal`; `path` where it is a bare path. */
  readonly protocol: 'file' | 'link' | 'portal' | 'path';
  /** Where it is, as paths of the context go. */
  readonly path: string;
}

/** The workspaces of the project in `root`; patterns that are not understood leave the closure open. */
export function workspacesOf(parts: Parts, root: string, patterns: readonly string[]): NodePackage[] {
  const found = foldersOf(parts.context, root, patterns);
  if (found.unknown !== undefined)
    parts.open(`the pattern "${found.unknown}" of its workspaces is not understood`);
  const folders = found.folders.filter((folder) => folder !== '.').map((folder) => joinPath(root, folder));
  // pnpm takes these for manifests too.
  const other = folders
    .flatMap((folder) => ['package.yaml', 'package.json5'].map((name) => joinPath(folder, name)))
    .find((path) => isSent(parts.context, path));
  if (other !== undefined) parts.open(`${parts.show(other)} may be a manifest`);
  return folders.flatMap((folder) => readPackage(parts, folder) ?? []);
}

/** The dependencies of a package that are files or folders of the project, without workspaces. */
export function localDependencies(own: NodePackage, withDev: boolean): LocalDependency[] {
  const { manifest, folder } = own;
  return [
    manifest.dependencies,
    manifest.optionalDependencies,
    withDev ? manifest.devDependencies : {},
    manifest.overrides,
  ].flatMap((list) =>
    Object.entries(list).flatMap(([name, spec]) => {
      if (!isLocalSpec(spec) || /^workspace:/i.test(spec)) return [];
      const [, protocol = 'path', path = ''] = /^(?:(file|link|portal):)?(?:\/\/)?(.*)$/i.exec(spec) ?? [];
      return [
        {
          name,
          protocol: protocol.toLowerCase() as LocalDependency['protocol'],
          path: joinPath(folder, path.replace(/[#?].*$/, '').replace(/::.*$/, '')),
        },
      ];
    }),
  );
}

/** Whether a path names an archive rather than a folder. */
export function isArchive(path: string): boolean {
  return /\.(tgz|tar\.gz|tar)$/i.test(path);
}

/** Whether a path of a manifest leaves what is built. */
export function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || path.startsWith('~');
}

/**
 * Programs of a package of the project, which every manager makes executable: copying the source afterwards brings the
 * modes of the context back.
 */
export function binsRead(parts: Parts, { folder, manifest }: NodePackage): void {
  for (const bin of manifest.bins) {
    const path = joinPath(folder, bin);
    parts.files(path);
    if (isSent(parts.context, path)) parts.doubt(`the install makes ${parts.show(path)} executable`);
  }
}

/**
 * The folder whose package.json makes `folder` one of its workspaces, the nearest above; `folder` itself where none does. All
 * managers but pnpm look for it in every folder above.
 */
export function workspaceRoot(parts: Parts, folder: string): string {
  for (const above of foldersAbove(folder)) {
    const own = readPackage(parts, above);
    if (own === undefined || !own.manifest.workspaces) continue;
    const found = foldersOf(parts.context, above, own.manifest.workspacePatterns);
    const inside = above === '.' ? folder : folder.slice(above.length + 1);
    if (found.folders.includes(inside)) return above === '' ? '/' : above;
    if (found.unknown !== undefined)
      parts.open(`${parts.show(joinPath(above, 'package.json'))} may make this folder a workspace`);
  }
  return folder;
}

/** Files and folders of the project that are copied into node_modules: read whole. What they hold as packages. */
export function copiedDependencies(
  parts: Parts,
  packages: readonly NodePackage[],
  protocols: readonly LocalDependency['protocol'][],
): NodePackage[] {
  const found = new Map<string, NodePackage>();
  const todo = packages.map((own) => ({ own, withDev: true }));
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    for (const { name, protocol, path } of localDependencies(next.own, next.withDev)) {
      if (!protocols.includes(protocol) || found.has(path)) continue;
      const there = !isOutside(path) && isSent(parts.context, path);
      if (!there) parts.open(missing(parts, name, path));
      else if (isArchive(path)) parts.files(path);
      else {
        parts.folder(path);
        const own = readPackage(parts, path);
        if (own === undefined) continue;
        found.set(path, own);
        todo.push({ own, withDev: false });
      }
    }
  }
  return [...found.values()];
}

/** Why a dependency of the project can't be read. */
export function missing(parts: Parts, name: string, path: string): string {
  return `the dependency ${name} lies in ${parts.show(path)}, which is not in the build context`;
}

/** Code in a package's folder that node-gyp compiles when it is installed. */
export function compiles(parts: Parts, folder: string): void {
  const path = joinPath(folder, 'binding.gyp');
  parts.looksFor(path);
  if (isSent(parts.context, path)) parts.open(`${parts.show(path)} makes the install compile the source`);
}
