import { Uri, workspace } from 'vscode';

/** A path as people are shown it: relative to its workspace folder, which itself goes by its name. */
export function labelOf(file: string): string {
  const uri = Uri.file(file);
  const folder = workspace.getWorkspaceFolder(uri);
  if (folder !== undefined && folder.uri.path === uri.path) return folder.name;
  return workspace.asRelativePath(uri);
}

/** A path of the server's report, which is relative to the project where it lies in it. */
export function shownPath(path: string): string {
  if (/^(?:\/|[a-z]:\/)/i.test(path)) return labelOf(path);
  return path === '' ? '.' : path;
}
