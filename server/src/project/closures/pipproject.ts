import { parsePyproject, parseRequirements } from '../../syntax/manifests/python.js';
import { parseTables, table, texts } from '../../syntax/manifests/toml.js';
import { joinPath } from '../../text/paths.js';
import { lookFor, noParts } from './localpackage.js';
import { seenFrom } from './members.js';
import { type Closure, type ContextFiles, isSent } from './model.js';

/** A command that installs the project in a folder itself: `pip install .`. */
export interface ProjectInstall {
  readonly folder: string;
  readonly tool: 'pip' | 'uv';
}

/** Requirements files that often list what the project requires. */
const LISTS = ['requirements.txt', 'requirements.lock', 'requirements/base.txt', 'requirements/prod.txt'];

/** The file in which the project's own dependencies stand too; undefined where there is none. */
function listOf(context: ContextFiles, folder: string, dependencies: readonly string[]): string | undefined {
  return LISTS.map((name) => joinPath(folder, name)).find((path) => {
    const text = isSent(context, path) ? context.text(path) : undefined;
    if (text === undefined || text.trim() === '') return false;
    const { names, locals } = parseRequirements(text);
    return locals.length === 0 && names.length > 0 && dependencies.every((one) => names.includes(one));
  });
}

/** The one file setuptools takes the dependencies from. */
function dynamicList(context: ContextFiles, folder: string, text: string): string | undefined {
  const setuptools = table(table(parseTables(text)?.tool).setuptools);
  const { file } = table(table(setuptools.dynamic).dependencies);
  const [name, ...more] = typeof file === 'string' ? [file] : texts(file);
  const path = name === undefined || more.length > 0 ? undefined : joinPath(folder, name);
  return path !== undefined && isSent(context, path) ? path : undefined;
}

/**
 * What an install of the project itself reads: all of it. Never complete; undefined where no command is known that would
 * install its dependencies without it, so that nothing can be advised. Seen by strace with setuptools 83: pyproject.toml,
 * setup.py, setup.cfg, the readme, MANIFEST.in and the packages.
 */
export function projectClosure(context: ContextFiles, { folder, tool }: ProjectInstall): Closure | undefined {
  const manifest = joinPath(folder, 'pyproject.toml');
  const text = isSent(context, manifest) ? context.text(manifest) : undefined;
  const project = text === undefined ? undefined : parsePyproject(text);
  if (text === undefined || project === undefined || project.localAddress) return undefined;
  const list = project.dynamic.includes('dependencies')
    ? dynamicList(context, folder, text)
    : project.dependencies.length === 0
      ? undefined
      : tool === 'uv'
        ? manifest
        : listOf(context, folder, project.dependencies);
  if (list === undefined) return undefined;
  const parts = noParts();
  lookFor(
    context,
    parts,
    manifest,
    ...['setup.py', 'setup.cfg', 'MANIFEST.in'].map((name) => joinPath(folder, name)),
  );
  parts.candidates.push(folder);
  const first = `${tool === 'uv' ? 'uv pip' : 'pip'} install -r ${seenFrom(folder, list)}`;
  parts.open.push(`it installs the project itself; "${first}" before it would install what it requires`);
  return { ...parts, ecosystem: 'pip-project' };
}
