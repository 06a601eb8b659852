import { parseSbt } from '../../syntax/manifests/scala.js';
import { joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

/** Folders an sbt build makes. */
const MADE = new Set(['target', '.bloop', '.metals']);

function filesIn(context: ContextFiles, folder: string, pattern: RegExp): string[] {
  return (context.entries(folder) ?? [])
    .filter(({ name }) => pattern.test(name))
    .map(({ name }) => joinPath(folder, name))
    .filter((path) => isSent(context, path));
}

/** The sources of the build itself: all below `project` that sbt compiles or loads, `project/project` too. */
function metaBuild(context: ContextFiles, folder: string): string[] {
  const own = filesIn(context, folder, /\.(sbt|scala|java|properties)$/);
  const deeper = (context.entries(folder) ?? []).filter(
    ({ name, kind }) => kind !== 'file' && !MADE.has(name) && !name.startsWith('.'),
  );
  return [...own, ...deeper.flatMap(({ name }) => metaBuild(context, joinPath(folder, name)))];
}

/**
 * What `sbt update` reads of the project in `folder`; undefined where there is no sbt build. From sbt's documentation: the
 * .sbt files of each project's folder, all sources below `project`, .sbtopts, .jvmopts and .sbtrc.
 */
export function sbtClosure(context: ContextFiles, folder: string): Closure | undefined {
  const top = filesIn(context, folder, /\.sbt$/);
  const meta = metaBuild(context, joinPath(folder, 'project'));
  if (top.length === 0 && !meta.includes(joinPath(folder, 'project/build.properties'))) return undefined;
  const files = new Set([...top, ...meta]);
  const open: string[] = [];
  for (const path of files) {
    if (path.endsWith('.properties')) continue;
    const text = context.text(path);
    if (text === undefined) {
      open.push(`${path} could not be read`);
      continue;
    }
    const { folders, unknown } = parseSbt(text);
    if (unknown !== undefined) open.push(`${path} uses ${unknown}, which may read more`);
    // A set takes what is added while it is gone through.
    for (const name of folders)
      for (const more of filesIn(context, joinPath(folder, name), /\.sbt$/)) files.add(more);
  }
  const settings = ['.sbtopts', '.jvmopts', '.sbtrc'].map((name) => joinPath(folder, name));
  for (const path of settings) if (isSent(context, path)) files.add(path);
  return {
    files: [...files],
    folders: [],
    candidates: [...new Set([...files, ...settings])],
    ecosystem: 'sbt',
    open,
    doubts: ['plugins of the build may read more of the project'],
    outputs: ['target', 'project/target', 'project/project/target'].map((name) => joinPath(folder, name)),
  };
}
