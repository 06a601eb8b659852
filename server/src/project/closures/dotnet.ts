import {
  type MsbuildFile,
  type MsbuildName,
  parseMsbuild,
  parseNugetConfig,
  parseSolution,
} from '../../syntax/manifests/dotnet.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent, parsedFile } from './model.js';
import { expandMsbuild, isOutsideProject, type Properties } from './msbuild.js';

export interface DotnetRun {
  /** The folder dotnet starts in. */
  readonly folder: string;
  /** The project, solution or folder named on the command line. */
  readonly target: string | undefined;
  /** The nuget.config named on the command line. */
  readonly config: string | undefined;
}

interface Reading {
  readonly context: ContextFiles;
  readonly candidates: Set<string>;
  readonly folders: Set<string>;
  readonly outputs: Set<string>;
  readonly projects: Set<string>;
  readonly open: string[];
}

const PROJECT = /\.[a-z]*proj$/i;
const SOLUTION = /\.(sln|slnx|slnf)$/i;
const NUGET_CONFIGS = ['nuget.config', 'NuGet.config', 'NuGet.Config'];

/** `folder` and those above it, nearest first, the image's root left out. */
function upwards(folder: string): string[] {
  return [folder, ...foldersAbove(folder).filter((at) => at !== '')];
}

/** Notes all places where `name` is looked for from `folder` upwards; gives the nearest that is there. */
function nearest(reading: Reading, folder: string, name: string): string | undefined {
  for (const at of upwards(folder)) {
    const path = joinPath(at, name);
    reading.candidates.add(path);
    if (isSent(reading.context, path)) return path;
  }
  return undefined;
}

/** Where `place`, named in a file of `folder`, lies: MSBuild's own folders are written as absolute ones. */
function placeFrom(folder: string, place: string): string {
  return place.startsWith('/') && !folder.startsWith('/')
    ? joinPath('.', place.slice(1))
    : joinPath(folder, place);
}

/** The text of a property that names a folder. */
function asFolder(folder: string): string {
  return folder.startsWith('/') ? `${folder}/` : `/${folder}/`;
}

function slashes(path: string): string {
  return path.replace(/\\/g, '/');
}

/** Evaluates an MSBuild file: notes what it imports, collects its project references. */
function evaluate(
  reading: Reading,
  path: string,
  properties: Properties,
  seen: Set<string>,
  references: { readonly by: string; readonly value: MsbuildName; readonly place: string | undefined }[],
): void {
  if (seen.has(path)) return;
  seen.add(path);
  const { context, candidates, open } = reading;
  candidates.add(path);
  if (!isSent(context, path)) return;
  const file = parsedFile(context, path, parseMsbuild);
  if (file === undefined) {
    open.push(`${path} could not be read`);
    return;
  }
  if (file.reads !== undefined) open.push(`${path} ${file.reads}`);
  const folder = dirName(path);
  const here = (): Properties =>
    new Map([
      ...properties,
      ['msbuildthisfiledirectory', asFolder(folder)],
      ['msbuildthisfile', baseName(path)],
      ['msbuildthisfilefullpath', `${asFolder(folder)}${baseName(path)}`],
    ]);
  const above = (name: string, from: string): string | undefined => {
    const found = nearest(reading, placeFrom(folder, from), name);
    return found === undefined ? undefined : placeFrom('/', found);
  };
  const expand = (text: string): string | undefined => expandMsbuild(text, here(), above);
  noteConditions(reading, file, folder, expand);
  for (const item of file.items) {
    if (item.kind === 'property') {
      const value = item.value.conditional ? undefined : expand(item.value.value);
      properties.set(item.name.toLowerCase(), value);
    } else if (item.kind === 'import') {
      const place = expand(slashes(item.value.value));
      if (place === '' || isOutsideProject(item.value.value)) continue;
      if (place === undefined || /[*?]/.test(place))
        open.push(`${path} imports ${item.value.value}, whose place is not known`);
      else evaluate(reading, placeFrom(folder, place), properties, seen, references);
    } else {
      references.push({ by: path, value: item.value, place: expand(slashes(item.value.value)) });
    }
  }
}

function noteConditions(
  reading: Reading,
  file: MsbuildFile,
  folder: string,
  expand: (text: string) => string | undefined,
): void {
  for (const exists of file.exists) {
    const place = expand(slashes(exists));
    if (place !== undefined && !/[*?]/.test(place)) reading.candidates.add(placeFrom(folder, place));
  }
}

function readProject(reading: Reading, path: string, solution: string | undefined): void {
  if (reading.projects.has(path)) return;
  reading.projects.add(path);
  const folder = dirName(path);
  const name = baseName(path).replace(PROJECT, '');
  const properties: Properties = new Map([
    ['msbuildprojectdirectory', asFolder(folder).slice(0, -1)],
    ['projectdir', asFolder(folder)],
    ['msbuildprojectname', name],
    ['msbuildprojectfullpath', `${asFolder(folder)}${baseName(path)}`],
    ['solutiondir', solution === undefined ? undefined : asFolder(dirName(solution))],
  ]);
  const references: { by: string; value: MsbuildName; place: string | undefined }[] = [];
  const seen = new Set<string>();
  const around = (file: string): void => {
    const found = nearest(reading, folder, file);
    if (found !== undefined) evaluate(reading, found, properties, seen, references);
  };
  around('Directory.Build.props');
  around('Directory.Packages.props');
  evaluate(reading, path, properties, seen, references);
  evaluate(reading, `${path}.user`, properties, seen, references);
  around('Directory.Build.targets');
  nearest(reading, folder, 'Directory.Build.rsp');
  for (const lock of [
    'packages.lock.json',
    `packages.${name}.lock.json`,
    properties.get('nugetlockfilepath'),
  ])
    if (lock !== undefined) reading.candidates.add(joinPath(folder, lock));
  readNugetConfigs(reading, folder);
  noteOutputs(reading, folder, properties);
  for (const { by, value, place } of references) {
    if (place === undefined || /[*?]/.test(place))
      reading.open.push(`${by} refers to the project ${value.value}, whose place is not known`);
    else readReferenced(reading, by, placeFrom(folder, place), value.conditional, solution);
  }
}

function readReferenced(
  reading: Reading,
  by: string,
  path: string,
  conditional: boolean,
  solution: string | undefined,
): void {
  reading.candidates.add(path);
  if (isSent(reading.context, path)) readProject(reading, path, solution);
  else if (!conditional) reading.open.push(`${path}, a project of ${by}, is not copied`);
}

function noteOutputs(reading: Reading, folder: string, properties: Properties): void {
  const name = 'baseintermediateoutputpath';
  const moved = properties.has(name) ? properties.get(name) : 'obj';
  if (moved === undefined || properties.has('artifactspath') || properties.has('useartifactsoutput'))
    reading.open.push('the folder that a restore writes to is not known');
  else reading.outputs.add(joinPath(folder, slashes(moved).replace(/\/+$/, '')));
}

function readNugetConfigs(reading: Reading, folder: string): void {
  for (const at of upwards(folder)) {
    for (const name of NUGET_CONFIGS) readNugetConfig(reading, joinPath(at, name));
  }
}

function readNugetConfig(reading: Reading, path: string): void {
  const { context, candidates, folders, outputs, open } = reading;
  if (candidates.has(path)) return;
  candidates.add(path);
  if (!isSent(context, path)) return;
  const config = parsedFile(context, path, parseNugetConfig);
  if (config === undefined) {
    open.push(`${path} could not be read`);
    return;
  }
  for (const source of config.localSources) {
    const place = joinPath(dirName(path), slashes(source));
    if (/%/.test(source)) open.push(`${path} names the source ${source}`);
    else if (context.entries(place) !== undefined) folders.add(place);
    else candidates.add(place);
  }
  if (config.packages !== undefined) outputs.add(joinPath(dirName(path), slashes(config.packages)));
}

/** The project or solution that dotnet takes where only a folder is named; undefined where there is not just one. */
function targetIn(context: ContextFiles, folder: string): string | undefined {
  const names = (context.entries(folder) ?? [])
    .filter((entry) => entry.kind !== 'folder' && isSent(context, joinPath(folder, entry.name)))
    .map((entry) => entry.name);
  const solutions = names.filter((name) => /\.slnx?$/i.test(name));
  const projects = names.filter((name) => PROJECT.test(name));
  const [solution] = solutions;
  const [project] = projects;
  const same = solution?.replace(SOLUTION, '') === project?.replace(PROJECT, '');
  if (solutions.length === 1 && (projects.length === 0 || (projects.length === 1 && same))) return solution;
  return solutions.length === 0 && projects.length === 1 ? project : undefined;
}

function readSolution(reading: Reading, path: string): void {
  const { context, candidates, open } = reading;
  const folder = dirName(path);
  candidates.add(path);
  for (const name of ['Directory.Solution.props', 'Directory.Solution.targets']) {
    const found = nearest(reading, folder, name);
    if (found !== undefined) evaluate(reading, found, new Map(), new Set(), []);
  }
  for (const when of ['before', 'after'])
    candidates.add(joinPath(folder, `${when}.${baseName(path)}.targets`));
  nearest(reading, folder, 'Directory.Build.rsp');
  readNugetConfigs(reading, folder);
  const projects = /\.slnf$/i.test(path) ? undefined : parsedFile(context, path, parseSolution);
  if (projects === undefined) open.push(`${path} could not be read`);
  for (const project of projects ?? []) {
    if (/^[a-z]+:\/\//i.test(project)) continue;
    if (!PROJECT.test(project)) open.push(`${path} lists ${project}, which is no project file`);
    else readReferenced(reading, path, joinPath(folder, slashes(project)), false, path);
  }
}

function closureIn(reading: Reading, ecosystem: string): Closure {
  const folders = [...reading.folders];
  return {
    files: [...reading.candidates].filter(
      (path) => isSent(reading.context, path) && reading.context.entries(path) === undefined,
    ),
    folders,
    candidates: [...new Set([...reading.candidates, ...folders])],
    ecosystem,
    open: reading.open,
    doubts: [],
    outputs: [...reading.outputs],
  };
}

function newReading(context: ContextFiles): Reading {
  return {
    context,
    candidates: new Set(),
    folders: new Set(),
    outputs: new Set(),
    projects: new Set(),
    open: [],
  };
}

/**
 * What `dotnet restore` reads; undefined where the context holds no project or solution for it. Worked out from how MSBuild
 * and NuGet describe it, not seen by strace: the solution, its projects and those they refer to, what these import,
 * Directory.*.props and .targets, nuget.config, global.json, lock files.
 */
export function dotnetClosure(context: ContextFiles, run: DotnetRun): Closure | undefined {
  const named = run.target === undefined ? run.folder : joinPath(run.folder, slashes(run.target));
  const inside = context.entries(named) === undefined ? undefined : targetIn(context, named);
  const target = inside === undefined ? named : joinPath(named, inside);
  if (!isSent(context, target) || context.entries(target) !== undefined) return undefined;
  const reading = newReading(context);
  if (SOLUTION.test(target)) readSolution(reading, target);
  else if (PROJECT.test(target)) readProject(reading, target, undefined);
  else return undefined;
  nearest(reading, run.folder, 'global.json');
  if (run.config !== undefined) readNugetConfig(reading, joinPath(run.folder, slashes(run.config)));
  return closureIn(reading, 'dotnet');
}

/** What `dotnet tool restore` reads: the nearest list of tools, and where packages come from. */
export function dotnetToolsClosure(context: ContextFiles, folder: string): Closure | undefined {
  const reading = newReading(context);
  const lists = upwards(folder).flatMap((at) => [
    joinPath(at, '.config/dotnet-tools.json'),
    joinPath(at, 'dotnet-tools.json'),
  ]);
  if (!lists.some((path) => isSent(context, path))) return undefined;
  for (const path of lists) reading.candidates.add(path);
  readNugetConfigs(reading, folder);
  nearest(reading, folder, 'global.json');
  return closureIn(reading, 'dotnet');
}
