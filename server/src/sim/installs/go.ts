import { goProject } from '../../project/closures/go.js';
import { argumentsOf, inFolder, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager, Prefetch, ProjectBuild, Variables } from './model.js';
import { type Options, readOptions } from './options.js';
import { hasCacheMount, settingsOf, unsureWord } from './settings.js';

const names = [
  'C',
  'o',
  'p',
  'asmflags',
  'buildmode',
  'compiler',
  'gccgoflags',
  'gcflags',
  'installsuffix',
  'ldflags',
  'mod',
  'modfile',
  'overlay',
  'pgo',
  'pkgdir',
  'tags',
  'toolexec',
  'coverpkg',
  'covermode',
  'coverprofile',
  'exec',
  'run',
  'skip',
  'bench',
  'benchtime',
  'count',
  'cpu',
  'timeout',
  'parallel',
  'vettool',
  'reuse',
  'compat',
  'go',
  'fuzz',
  'fuzztime',
];
const GO_VALUES = new Set(names.flatMap((name) => [`-${name}`, `--${name}`]));

/** Variables that say what is downloaded, from where and to where. */
const GO_NAMES =
  /^(GO(PROXY|PRIVATE|NOPROXY|NOSUMDB|NOSUMCHECK|SUMDB|INSECURE|VCS|AUTH|FLAGS|WORK|TOOLCHAIN|MODCACHE|PATH|111MODULE)|GO111MODULE|GIT_.*|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)$/;

const PROJECT_VERBS = new Set(['build', 'install', 'test', 'run', 'vet', 'get']);

/** The words behind the verb; every option but a few changes only what is built. */
function goOptions(command: StepCommand, from: number): Options {
  const words = command.words.slice(from).map(unsureWord);
  return readOptions(words, GO_VALUES, /^-/);
}

function option(options: Options, name: string): string | undefined {
  return options.value(`-${name}`, `--${name}`);
}

/** Whether `go VERB` works on the project, rather than on packages named with a version. */
function isOnProject(verb: string, options: Options): boolean {
  const [first] = options.positional;
  if (verb === 'get')
    return option(options, 'u') === undefined && options.positional.every((p) => /^\.{1,2}(\/|$)/.test(p));
  if (verb === 'run') return first !== undefined && !/[@$]/.test(first);
  return verb !== 'install' || !options.positional.some((p) => /[@$]/.test(p));
}

function goBuild(command: StepCommand, folder: string): ProjectBuild | undefined {
  const [verb = '', second] = argumentsOf(command);
  const module = verb === 'mod' && (second === 'tidy' || second === 'vendor');
  if (!PROJECT_VERBS.has(verb) && !module) return undefined;
  const options = goOptions(command, module ? 3 : 2);
  if (!module && !isOnProject(verb, options)) return undefined;
  const directory = option(options, 'C');
  const known = directory === undefined || !directory.includes('$');
  return {
    manager: 'go',
    command,
    folder: directory === undefined || !known ? folder : inFolder(folder, directory),
    unsure: !known || option(options, 'modfile') !== undefined,
  };
}

function goInstall(command: StepCommand, folder: string): Install | undefined {
  const [, verb] = command.words.slice(1);
  if (argumentsOf(command)[0] !== 'mod' || (verb?.value !== 'download' && verb?.value !== 'verify'))
    return undefined;
  const options = goOptions(command, 3);
  if (options.positional.some((p) => p !== 'all')) return undefined;
  const directory = option(options, 'C');
  return {
    manager: 'go',
    what: `go-mod-${verb.value}`,
    command,
    verb,
    flags: command.words.slice(3).map((w) => w.value),
    folder: directory === undefined ? folder : inFolder(folder, directory),
    files: [],
    unsure: option(options, 'modfile') !== undefined || directory?.includes('$') === true,
  };
}

/** The value of a flag of a build, given or in GOFLAGS; `$` where it is not known. */
function flagOf(build: ProjectBuild, variables: Variables, name: string): string | undefined {
  const given = option(goOptions(build.command, 2), name);
  if (given !== undefined) return given;
  if (variables.has('GOFLAGS') && variables.get('GOFLAGS') === undefined) return '$';
  const inherited = new RegExp(`(?:^|\\s)--?${name}=(\\S*)`).exec(variables.get('GOFLAGS') ?? '');
  return inherited?.[1];
}

/** The folders that modules go to, as far as variables say; else those of the usual images and of root. */
function moduleFolders(variables: Variables): string[] {
  const cache = variables.get('GOMODCACHE');
  const path = variables.get('GOPATH')?.split(':')[0];
  const home = variables.get('HOME');
  const paths = path ? [path] : ['/go', '/root/go', ...(home === undefined ? [] : [`${home}/go`])];
  return [...(cache ? [cache] : []), ...paths.map((p) => `${p}/pkg`)];
}

function goPrefetch(build: ProjectBuild, scene: InstallScene): Prefetch | undefined {
  const { variables, files, step, commands } = scene;
  if (hasCacheMount(step, /\/pkg(\/mod)?\/?$|\$|^\/go\/?$|mod/)) return undefined;
  if (variables.get('GO111MODULE') === 'off' || variables.get('GOPROXY') === 'off') return undefined;
  const mod = flagOf(build, variables, 'mod');
  if (mod !== undefined && !['mod', 'readonly'].includes(mod)) return undefined;
  const project = goProject(files, { folder: build.folder, work: variables.get('GOWORK') });
  if (project === undefined || !project.downloads || (project.vendored && mod === undefined))
    return undefined;
  const { closure, root } = project;
  const settings = settingsOf(build.command, commands, GO_NAMES);
  const open = [...closure.open, ...settings.open];
  const doubts = [...closure.doubts];
  if (flagOf(build, variables, 'modfile') !== undefined) open.push('another file takes the place of go.mod');
  if (variables.has('GOWORK') && variables.get('GOWORK') === undefined) open.push('GOWORK is not known');
  const toolchain = variables.has('GOTOOLCHAIN') ? (variables.get('GOTOOLCHAIN') ?? '') : 'local';
  if (toolchain !== 'local') doubts.push('GOTOOLCHAIN may have another toolchain downloaded');
  return {
    script: `${settings.prefix}go mod download`,
    folder: root,
    makes: [],
    closure: { ...closure, open, doubts },
    fills: moduleFolders(variables),
  };
}

/** Go modules. */
export const go: Manager = {
  name: 'go',
  programs: /\bgo\b/,
  installOf: (command, folder) => (programOf(command) === 'go' ? goInstall(command, folder) : undefined),
  closureOf: (install, { files, variables }) =>
    goProject(files, { folder: install.folder, work: variables.get('GOWORK') })?.closure,
  buildOf: (command, folder) => (programOf(command) === 'go' ? goBuild(command, folder) : undefined),
  prefetchOf: goPrefetch,
};
