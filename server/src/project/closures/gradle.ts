import { parseGradle } from '../../syntax/manifests/gradle.js';
import { dirName, isInside, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent, parsedFile } from './model.js';

export interface GradleRun {
  /** The folder Gradle starts in. */
  readonly folder: string;
  /** It is started by `gradlew`. */
  readonly wrapper: boolean;
}

interface Reading {
  readonly context: ContextFiles;
  readonly candidates: Set<string>;
  readonly folders: Set<string>;
  readonly open: string[];
}

const SETTINGS = ['settings.gradle', 'settings.gradle.kts'];
const OF_ROOT = [...SETTINGS, 'settings-gradle.lockfile'];
const OF_PROJECT = [
  'build.gradle',
  'build.gradle.kts',
  'gradle.properties',
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
];

/** What the JVM looks for in the folder it starts in. */
const JVM = ['.hotspotrc', '.hotspot_compiler'];

/** Folders of the root that belong to its build: the wrapper and version catalogs, and the build's own code. */
const WHOLE = ['gradle', 'buildSrc'];

/** The nearest folder that holds settings, from `folder` upwards; `folder` itself where there are none. */
function rootOf({ context, candidates }: Reading, folder: string): string {
  for (const at of [folder, ...foldersAbove(folder).filter((above) => above !== '')]) {
    const places = SETTINGS.map((name) => joinPath(at, name));
    for (const place of places) candidates.add(place);
    if (places.some((place) => isSent(context, place))) return at;
  }
  return folder;
}

function noteFolder(reading: Reading, place: string, by: string): void {
  if (reading.context.entries(place) !== undefined) reading.folders.add(place);
  else reading.open.push(`${place}, a build that ${by} includes, is not copied`);
}

function readScript(reading: Reading, path: string, root: string): void {
  const { context, candidates, open } = reading;
  if (!isSent(context, path)) return;
  const script = context.text(path) === '' ? undefined : parsedFile(context, path, parseGradle);
  if (script === undefined) {
    open.push(`${path} could not be read`);
    return;
  }
  if (script.code !== undefined) open.push(`${path} runs code that may read the project (${script.code})`);
  for (const build of script.builds) noteFolder(reading, joinPath(dirName(path), build), path);
  for (const load of script.loads) {
    const place = joinPath(dirName(path), load);
    if (/^[a-z]+:/i.test(load) || candidates.has(place)) continue;
    candidates.add(place);
    if (!/\.toml$/.test(load)) readScript(reading, place, root);
  }
  for (const project of script.projects) readProject(reading, joinPath(root, project), root);
}

function readProject(reading: Reading, folder: string, root: string): void {
  for (const name of OF_PROJECT) {
    const path = joinPath(folder, name);
    if (reading.candidates.has(path)) continue;
    reading.candidates.add(path);
    if (/^build\.gradle/.test(name)) readScript(reading, path, root);
  }
}

/**
 * Whether Gradle 4.4, with which it was built, has not seen the like: another one that the wrapper fetches, Kotlin scripts,
 * lock files, version catalogs.
 */
function isUntried(context: ContextFiles, root: string, run: GradleRun, files: readonly string[]): boolean {
  const inGradle = (context.entries(joinPath(root, 'gradle')) ?? []).map(({ name }) => name);
  return run.wrapper || [...files, ...inGradle].some((name) => /\.(kts|lockfile|toml)$/.test(name));
}

/**
 * What Gradle reads to know a project and its dependencies; undefined where the context holds no build script for it. Seen by strace
 * with Gradle 4.4, but for what is newer: Kotlin scripts, lock files, version catalogs. Its scripts are programs: the closure is
 * open unless they only declare. `gradle` and `buildSrc` are taken whole.
 */
export function gradleClosure(context: ContextFiles, run: GradleRun): Closure | undefined {
  const { folder } = run;
  const reading: Reading = { context, candidates: new Set(), folders: new Set(), open: [] };
  const root = rootOf(reading, folder);
  const manifests = [folder, root].flatMap((at) =>
    ['build.gradle', 'build.gradle.kts', ...SETTINGS].map((n) => joinPath(at, n)),
  );
  if (!manifests.some((path) => isSent(context, path))) return undefined;
  for (const name of JVM) reading.candidates.add(joinPath(folder, name));
  for (const name of OF_ROOT) reading.candidates.add(joinPath(root, name));
  for (const name of WHOLE)
    if (context.entries(joinPath(root, name)) !== undefined) reading.folders.add(joinPath(root, name));
  readProject(reading, root, root);
  if (folder !== root) readProject(reading, folder, root);
  for (const name of SETTINGS) readScript(reading, joinPath(root, name), root);
  if (run.wrapper) {
    const script = joinPath(folder, 'gradlew');
    reading.candidates.add(script);
    if ((context.text(script) ?? '').includes('\r\n')) reading.open.push('gradlew has Windows line ends');
  }
  const folders = [...reading.folders];
  const files = [...reading.candidates].filter(
    (path) => isSent(context, path) && !folders.some((f) => isInside(f, path)),
  );
  return {
    files,
    folders,
    candidates: [
      ...new Set([...reading.candidates, ...WHOLE.map((name) => joinPath(root, name)), ...folders]),
    ],
    ecosystem: isUntried(context, root, run, files) ? 'gradle-newer' : 'gradle',
    open: reading.open,
    doubts: [],
    outputs: ['.gradle', 'build', 'buildSrc/.gradle', 'buildSrc/build'].map((name) => joinPath(root, name)),
  };
}
