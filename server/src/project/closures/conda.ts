import { parseCondaEnvironment } from '../../syntax/manifests/conda.js';
import { parseRequirements } from '../../syntax/manifests/python.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import { lookFor, noParts } from './localpackage.js';
import { type Closure, type ContextFiles, isSent } from './model.js';
import { requirementsClosure } from './pip.js';

/**
 * The closure of `conda env create -f`, `mamba env update -f`, `micromamba install -f` and `conda install --file`: the
 * files named, and what a `pip:` section names relative to them; undefined where none is there. That the section becomes a
 * file beside the one named, in whose folder pip runs, is what the source code of conda (conda/env/installers/pip.py) and of
 * libmamba (`install_for_other_pkgmgr`) does; their manuals say nothing of it. Not seen by strace, and proven by no build.
 */
export function condaClosure(context: ContextFiles, named: readonly string[]): Closure | undefined {
  const parts = noParts();
  for (const path of named) {
    lookFor(context, parts, path);
    if (!isSent(context, path)) {
      parts.open.push(`${path}, named by the command, is not in the build context`);
      continue;
    }
    const text = context.text(path);
    if (!/\.ya?ml$/.test(path)) continue;
    const environment = text === undefined ? undefined : parseCondaEnvironment(text);
    // A lock file of conda-lock lists packages of channels and of PyPI only.
    if (environment === undefined) {
      if (!/conda-lock\.ya?ml$/.test(baseName(path))) parts.open.push(`${path} could not be read`);
      continue;
    }
    if (environment.localChannels.length > 0)
      parts.open.push(`${path} takes packages from ${environment.localChannels[0]}`);
    const pip = pipOf(context, path, environment.pip);
    if (pip === undefined) continue;
    parts.files.push(...pip.files.filter((one) => !parts.files.includes(one)));
    parts.folders.push(...pip.folders);
    parts.candidates.push(...pip.candidates.filter((one) => !parts.candidates.includes(one)));
    parts.open.push(...pip.open);
    parts.doubts.push(...pip.doubts);
    parts.outputs.push(...pip.outputs);
  }
  if (parts.files.length === 0) return undefined;
  return { ...parts, ecosystem: 'conda' };
}

/** What the `pip:` section of an environment.yml reads: conda gives it to pip as a file beside it. */
function pipOf(context: ContextFiles, path: string, lines: readonly string[]): Closure | undefined {
  const text = lines.join('\n');
  const { includes, constraints, locals } = parseRequirements(text);
  if (includes.length + constraints.length + locals.length === 0) return undefined;
  const section = `${path}#pip`;
  const view: ContextFiles = {
    exists: (at) => at === section || context.exists(at),
    isIgnored: (at) => at !== section && context.isIgnored(at),
    text: (at) => (at === section ? text : context.text(at)),
    entries: (at) => context.entries(at),
  };
  const closure = requirementsClosure(view, {
    folder: dirName(path),
    named: [baseName(section)],
    tool: 'pip',
  });
  const without = (paths: readonly string[]): string[] => paths.filter((one) => one !== section);
  return closure && { ...closure, files: without(closure.files), candidates: without(closure.candidates) };
}

/** The file conda reads where the command names none. */
export function defaultEnvironment(folder: string): string {
  return joinPath(folder, 'environment.yml');
}
