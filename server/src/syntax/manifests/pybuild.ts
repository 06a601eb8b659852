import { normalizeName } from './python.js';
import { parseTables, type Table, table, texts } from './toml.js';

/** How a package is built from its folder, as its pyproject.toml says. */
export interface PythonBuild {
  readonly name: string | undefined;
  /** `build-system.build-backend`; setuptools where there is none. */
  readonly backend: string;
  /** What the build is known to need beside the folder's own files, or to run; a full phrase each. */
  readonly open: readonly string[];
}

/** Backends that read the package's folder and nothing else, as long as no hook is configured. */
const BACKENDS =
  /^(hatchling\.build|setuptools\.build_meta|flit_core\.buildapi|poetry\.core\.masonry\.api|uv_build)$/;

/** Build requirements that look at the repository, or run code of their own. */
const READS_MORE =
  /^(setuptools-scm|setuptools-git.*|versioningit|hatch-(vcs|.*-hook)|poetry-dynamic-versioning|pbr|cython|mypy|pybind11|cffi|numpy|versioneer)$/;

const UP = /^\.\.([\\/]|$)/;

/** Whether any text in a value leads out of the folder. */
function leadsOut(value: unknown): boolean {
  if (typeof value === 'string') return UP.test(value);
  if (Array.isArray(value)) return value.some(leadsOut);
  return Object.entries(table(value)).some(([key, inner]) => UP.test(key) || leadsOut(inner));
}

/** The tables of tools that build, without those that only name dependencies. */
function buildTables(root: Table): Table {
  const tool = table(root.tool);
  const { dependencies: _dependencies, group: _group, ...poetry } = table(tool.poetry);
  const { hatch, setuptools, flit, pdm } = tool;
  return { project: root.project, hatch, setuptools, flit, pdm, poetry, uv: table(tool.uv)['build-backend'] };
}

function hooksOf(root: Table): string | undefined {
  const tool = table(root.tool);
  const build = table(table(tool.hatch).build);
  const targets = Object.values(table(build.targets)).map(table);
  if (build.hooks !== undefined || targets.some((target) => target.hooks !== undefined))
    return 'tool.hatch.build.hooks';
  if (table(table(table(tool.hatch).metadata)).hooks !== undefined) return 'tool.hatch.metadata.hooks';
  if (table(tool.hatch).version !== undefined && table(table(tool.hatch).version).source === 'vcs')
    return 'tool.hatch.version';
  if (table(tool.poetry).build !== undefined) return 'tool.poetry.build';
  if (table(tool.setuptools).cmdclass !== undefined || table(tool.setuptools)['ext-modules'] !== undefined)
    return 'tool.setuptools';
  return undefined;
}

/** How the package of a pyproject.toml is built; undefined where it is empty or no TOML. */
export function parsePythonBuild(text: string): PythonBuild | undefined {
  const root = parseTables(text);
  if (root === undefined) return undefined;
  const system = table(root['build-system']);
  const named = system['build-backend'];
  const backend = typeof named === 'string' ? named : 'setuptools.build_meta';
  const needs = texts(system.requires).map((one) => normalizeName(/^[\w.-]+/.exec(one.trim())?.[0] ?? ''));
  const { name } = table(root.project);
  const open: string[] = [];
  if (!BACKENDS.test(backend)) open.push(`is built by ${backend}, which may read more`);
  if (system['backend-path'] !== undefined) open.push('brings its own build backend');
  const more = needs.find((one) => READS_MORE.test(one));
  if (more !== undefined) open.push(`is built with ${more}, which may read more`);
  const hook = hooksOf(root);
  if (hook !== undefined) open.push(`runs ${hook} when it is built`);
  if (leadsOut(buildTables(root))) open.push('names files outside of its folder');
  return { name: typeof name === 'string' ? name : undefined, backend, open };
}
