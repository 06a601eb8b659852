import { type Coordinates, type Pom, parseExtensions, parsePom } from '../../syntax/manifests/maven.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, foldersAbove, isSent, parsedFile } from './model.js';

export interface MavenRun {
  /** The folder Maven starts in. */
  readonly folder: string;
  /** The pom, or the folder of one, named on the command line. */
  readonly pom: string | undefined;
  /** Settings and toolchains named on the command line. */
  readonly settings: readonly string[];
  /** It is started by `mvnw`. */
  readonly wrapper: boolean;
  /** It would download ahead of a build, which may need less than all that is listed. */
  readonly ahead: boolean;
}

/** What is known while the poms of a project are read. */
interface Reading {
  readonly context: ContextFiles;
  readonly candidates: Set<string>;
  readonly folders: Set<string>;
  readonly poms: Map<string, Pom>;
  /** The poms whose modules are read too: those that Maven builds, not those that are only a parent. */
  readonly built: Set<string>;
  readonly open: string[];
}

/** Extensions that were read: they look at the machine, at addresses or at what was built, never at the source. */
const HARMLESS_EXTENSIONS =
  /^(kr\.motd\.maven:os-maven-plugin|org\.apache\.maven\.wagon:.*|org\.apache\.felix:maven-bundle-plugin|org\.sonatype\.plugins:nexus-staging-maven-plugin|org\.sonatype\.central:central-publishing-maven-plugin)$/;

/** Plugins and parents whose dependencies were seen to be there for a download of all. */
const DOWNLOADABLE =
  /^(org\.apache\.maven\.plugins:|org\.springframework\.boot:spring-boot-(maven-plugin|starter-parent)$)/;

/** What the JVM looks for in the folder it starts in. */
const JVM = ['.hotspotrc', '.hotspot_compiler'];

/** `text` with the variables that name the folder of its pom replaced; undefined where others are left. */
function inPomFolder(text: string, folder: string): string | undefined {
  const rest = text.replace(/^(file:(\/\/)?)?\$\{(project\.)?basedir\}\/?/, '');
  if (rest.includes('${')) return undefined;
  return joinPath(folder, rest === '' ? '.' : rest);
}

/** Reads a pom; undefined where it is not copied, or no pom. */
function readPom(reading: Reading, path: string): Pom | undefined {
  const { context, candidates, poms, open } = reading;
  const known = poms.get(path);
  if (known !== undefined) return known;
  candidates.add(path);
  if (!isSent(context, path)) return undefined;
  const pom = parsedFile(context, path, parsePom);
  if (pom === undefined) {
    open.push(`${path} could not be read`);
    return undefined;
  }
  poms.set(path, pom);
  const folder = dirName(path);
  candidates.add(joinPath(folder, 'profiles.xml'));
  readParent(reading, pom, folder);
  readFiles(reading, pom, folder);
  return pom;
}

/** Reads a pom that Maven builds, and those of its modules. */
function readBuilt(reading: Reading, path: string): void {
  if (reading.built.has(path)) return;
  reading.built.add(path);
  const pom = readPom(reading, path);
  for (const module of pom?.modules ?? []) readModule(reading, path, module);
}

function readParent(reading: Reading, pom: Pom, folder: string): void {
  if (pom.parentPath === undefined) return;
  if (pom.parentPath.includes('${')) reading.open.push(`the place of a parent pom is ${pom.parentPath}`);
  else readPom(reading, pomAt(reading.context, joinPath(folder, pom.parentPath)));
}

function readModule(reading: Reading, path: string, module: string): void {
  if (module.includes('${')) {
    reading.open.push(`${path} lists the module ${module}`);
    return;
  }
  const place = pomAt(reading.context, joinPath(dirName(path), module.replace(/\\/g, '/')));
  readBuilt(reading, place);
  if (!isSent(reading.context, place)) reading.open.push(`${place}, a module of ${path}, is not copied`);
}

/** A pom, or the folder it lies in. */
function pomAt(context: ContextFiles, path: string): string {
  const isFile = /\.(xml|pom)$/.test(baseName(path)) && context.entries(path) === undefined;
  return isFile ? path : joinPath(path, 'pom.xml');
}

function readFiles(reading: Reading, pom: Pom, folder: string): void {
  const { context, candidates, folders, open } = reading;
  for (const path of [...pom.systemPaths, ...pom.activatedBy]) {
    const place = inPomFolder(path, folder);
    if (place === undefined) {
      // Java's own folder is no part of the project.
      if (!/^\$\{(java\.home|env\.JAVA_HOME)\}/.test(path)) open.push(`a pom names the file ${path}`);
    } else if (context.entries(place) !== undefined) open.push(`a pom looks for the folder ${path}`);
    else candidates.add(place);
  }
  for (const url of pom.repositories) {
    if (!/^(file:|\$\{(project\.)?basedir\}|\.)/.test(url)) continue;
    const place = /\$\{(project\.)?basedir\}/.test(url) ? inPomFolder(url, folder) : undefined;
    if (place === undefined || context.entries(place) === undefined)
      open.push(`a pom names the repository ${url}`);
    else folders.add(place);
  }
}

/** Why the project's own code, or an extension, may take part in reading it. */
function codeReasons(poms: ReadonlyMap<string, Pom>): { open: string[]; doubts: string[] } {
  const own = new Set([...poms.values()].map((pom) => pom.coordinates));
  const all = [...poms.values()];
  const built = all.flatMap((pom) => pom.plugins).find((plugin) => own.has(plugin));
  const extension = all.flatMap((pom) => pom.extensions).find((e) => !HARMLESS_EXTENSIONS.test(e));
  return {
    open: built === undefined ? [] : [`the plugin ${built} is built by the project itself`],
    doubts: extension === undefined ? [] : [`the extension ${extension} may read more of the project`],
  };
}

/** Why a download of all that is listed may fail, or miss something, where the build alone does not. */
function aheadDoubts(poms: ReadonlyMap<string, Pom>): string[] {
  const all = [...poms.values()];
  const own = new Set(all.map((pom) => pom.coordinates));
  const used = all.flatMap((pom) => [...pom.plugins, ...(pom.parent === undefined ? [] : [pom.parent])]);
  const unknown = used.find((name) => !own.has(name) && !DOWNLOADABLE.test(name));
  const out = unknown === undefined ? [] : [`not all that ${unknown} lists may be there to download`];
  if (all.some((pom) => pom.profiles)) out.push('its profiles may list what the build does without');
  return out;
}

/** The `.mvn` folder that counts: the nearest one, looked for from the pom's folder upwards. */
function settingsFolder(reading: Reading, folder: string): void {
  const { context, candidates, folders, open } = reading;
  for (const above of [folder, ...foldersAbove(folder).filter((at) => at !== '')]) {
    const at = joinPath(above, '.mvn');
    candidates.add(at);
    if (context.entries(at) === undefined) continue;
    folders.add(at);
    const extensions = joinPath(at, 'extensions.xml');
    if (isSent(context, extensions)) {
      const found = parsedFile(context, extensions, parseExtensions);
      const unknown = found?.find((e: Coordinates) => !HARMLESS_EXTENSIONS.test(e));
      if (found === undefined || unknown !== undefined)
        open.push(`${unknown ?? 'an extension'} of .mvn/extensions.xml may read more of the project`);
    }
    const config = joinPath(at, 'maven.config');
    // Options such as -s and -f name more files.
    if (
      isSent(context, config) &&
      /(^|\s)(-(f|s|gs|t|gt)|--(file|settings|global-settings|toolchains))\b/.test(context.text(config) ?? '')
    )
      open.push('.mvn/maven.config names more files');
    return;
  }
}

/**
 * What Maven reads to know a project and its dependencies; undefined where the context holds no pom.xml for it. Seen by
 * strace with Maven 3.8 and its dependency plugin 3.8.1: the pom, those of all modules and parents, profiles.xml beside each, and
 * `.mvn`; where it is started by the wrapper also that script.
 */
export function mavenClosure(context: ContextFiles, run: MavenRun): Closure | undefined {
  const { folder } = run;
  const start =
    run.pom === undefined ? joinPath(folder, 'pom.xml') : pomAt(context, joinPath(folder, run.pom));
  if (!isSent(context, start)) return undefined;
  const reading: Reading = {
    context,
    candidates: new Set(),
    folders: new Set(),
    poms: new Map(),
    built: new Set(),
    open: [],
  };
  readBuilt(reading, start);
  settingsFolder(reading, dirName(start));
  if (run.wrapper) {
    const script = joinPath(folder, 'mvnw');
    reading.candidates.add(script);
    if ((context.text(script) ?? '').includes('\r\n')) reading.open.push('mvnw has Windows line ends');
  }
  for (const path of run.settings) {
    const place = joinPath(folder, path);
    reading.candidates.add(place);
  }
  for (const name of JVM) reading.candidates.add(joinPath(folder, name));
  const { open, doubts } = codeReasons(reading.poms);
  const folders = [...reading.folders];
  return {
    files: [...reading.candidates].filter((path) => !folders.includes(path) && isSent(context, path)),
    folders,
    candidates: [...new Set([...reading.candidates, ...folders])],
    ecosystem: reading.poms.size > 1 ? 'maven-modules' : 'maven',
    open: [...reading.open, ...open],
    doubts: run.ahead ? [...doubts, ...aheadDoubts(reading.poms)] : doubts,
    outputs: [],
  };
}
