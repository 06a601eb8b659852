import { type DotnetRun, dotnetClosure, dotnetToolsClosure } from '../../project/closures/dotnet.js';
import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager, Prefetch, ProjectBuild } from './model.js';
import { type Options, readOptions } from './options.js';
import { hasCacheMount, settingsOf, unsureWord } from './settings.js';

const DOTNET_VALUES = new Set([
  '-r',
  '--runtime',
  '-a',
  '--arch',
  '--os',
  '-s',
  '--source',
  '--configfile',
  '--packages',
  '--lock-file-path',
  '-v',
  '--verbosity',
  '-c',
  '--configuration',
  '-o',
  '--output',
  '-f',
  '--framework',
  '--version-suffix',
  '--artifacts-path',
  '--tool-manifest',
  '--add-source',
]);
const DOTNET_KNOWN =
  /^(--(runtime|arch|os|source|configfile|verbosity|configuration|output|framework|version-suffix)[=:].*|--(disable-parallel|no-cache|ignore-failed-sources|force|force-evaluate|no-dependencies|no-restore|no-build|no-incremental|nologo|self-contained|no-self-contained|sc|interactive|use-lock-file|locked-mode|use-current-runtime|ucr|tl|no-logo)(=.*)?|-(nologo|nodereuse|tl|m|warnaserror|clp|consoleloggerparameters)([:=].*)?|[-/](p|property):.*|-[vcrofa]:.*|--property[:=].*|\/(nologo|m|clp)(:.*)?)$/i;

const BUILDS = new Set(['build', 'publish', 'test', 'pack', 'run']);

interface DotnetCommand {
  readonly verb: string;
  readonly options: Options;
  readonly run: DotnetRun;
  readonly unsure: boolean;
}

/** Options whose value chooses a platform or a place outside of the project: it may be a variable. */
const MAY_VARY = /^(-[racov]|--(runtime|arch|os|configuration|output|verbosity|version-suffix))$/;

/** The words after the verb, told apart where they are written in two ways. */
function wordsOf(command: StepCommand): string[] {
  const out: string[] = [];
  for (const value of command.words.slice(2).map(unsureWord)) {
    // `/p:Name=Value` starts like a path.
    const word = value.replace(/^\/(p|property|nologo|m|clp|v|t)(?=[:]|$)/i, '-$1');
    const last = out.at(-1) ?? '';
    if (/^(--self-contained|--sc)$/.test(last) && /^(true|false)$/i.test(word))
      out[out.length - 1] = `${last}=${word}`;
    else out.push(word);
  }
  return out;
}

/** Whether a word that is not plain text may matter for what is read. */
function varies(command: StepCommand): boolean {
  return command.words.some((word, i) => !word.literal && !MAY_VARY.test(command.words[i - 1]?.value ?? ''));
}

function readDotnet(command: StepCommand, folder: string): DotnetCommand | undefined {
  if (programOf(command) !== 'dotnet') return undefined;
  const [verb = ''] = argumentsOf(command);
  const options = readOptions(wordsOf(command), DOTNET_VALUES, DOTNET_KNOWN);
  const [target, ...more] = verb === 'tool' ? options.positional.slice(1) : options.positional;
  const unknown = ['--packages', '--lock-file-path', '--artifacts-path', '--tool-manifest', '--add-source'];
  const sources = [options.value('-s'), options.value('--source')];
  return {
    verb,
    options,
    run: { folder, target, config: options.value('--configfile') },
    unsure:
      options.unsure ||
      more.length > 0 ||
      varies(command) ||
      unknown.some((name) => options.value(name) !== undefined) ||
      sources.some((source) => source !== undefined && !/^https?:/.test(source)),
  };
}

/** Options of a build that its restore depends on, as `dotnet restore` knows them. */
function keptOptions(command: StepCommand): string[] {
  const words = wordsOf(command);
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const next = words[i + 1] ?? '';
    if (/^(-r|--runtime|-a|--arch|--os|-s|--source|--configfile)$/.test(word)) out.push(word, next);
    else if (/^(--(runtime|arch|os|source|configfile)[=:]|[-/]p:|[-/]property:|--property[:=])/i.test(word))
      out.push(word);
    else if (/^(-c|--configuration)$/.test(word)) out.push(`-p:Configuration=${next}`);
    else if (/^(--self-contained|--sc)(=|$)/.test(word))
      out.push(`-p:SelfContained=${word.split('=')[1] ?? 'true'}`);
    if (DOTNET_VALUES.has(word)) i++;
  }
  return out;
}

/** Variables that the SDK and NuGet read. */
const SETTINGS = /^(DOTNET_|NUGET_|MSBUILD|https?_proxy$|no_proxy$)/i;

function prefetch(build: ProjectBuild, { files, step, commands }: InstallScene): Prefetch | undefined {
  const dotnet = readDotnet(build.command, build.folder);
  const without = ['--no-restore', '--no-build'].some((flag) => dotnet?.options.value(flag) !== undefined);
  if (dotnet === undefined || without || hasCacheMount(step, /\.nuget|\$/)) return undefined;
  const closure = dotnetClosure(files, dotnet.run);
  if (closure === undefined) return undefined;
  const { target } = dotnet.run;
  const { prefix, open: unknown } = settingsOf(build.command, commands, SETTINGS);
  const words = [
    'dotnet',
    'restore',
    ...(target === undefined ? [] : [target]),
    ...keptOptions(build.command),
  ];
  // A variable may be declared too late for a step ahead.
  const plain = words.every((word) => /^[\w@%+=:,./-]+$/.test(word));
  const open = [
    ...closure.open,
    ...unknown,
    ...(plain ? [] : ['an option of the build is a variable, or would have to be quoted']),
  ];
  return {
    script: `${prefix}${words.join(' ')}`,
    folder: build.folder,
    makes: [],
    closure: { ...closure, open },
    fills: ['/root/.nuget'],
  };
}

/** The .NET SDK. */
export const dotnet: Manager = {
  name: 'dotnet',
  programs: /dotnet/,
  installOf(command, folder): Install | undefined {
    const dotnet = readDotnet(command, folder);
    const tools = dotnet?.verb === 'tool' && dotnet.options.positional[0] === 'restore';
    const verb = command.words[tools ? 2 : 1];
    if (dotnet === undefined || verb === undefined || !(tools || dotnet.verb === 'restore')) return undefined;
    return {
      manager: 'dotnet',
      what: tools ? 'dotnet-tool-restore' : 'dotnet-restore',
      command,
      verb,
      flags: command.words.slice(1).flatMap((w) => (w === verb ? [] : [w.value])),
      folder,
      files: [],
      unsure: dotnet.unsure,
    };
  },
  closureOf(install, { files }) {
    const dotnet = readDotnet(install.command, install.folder);
    if (dotnet === undefined) return undefined;
    return install.what === 'dotnet-tool-restore'
      ? dotnetToolsClosure(files, install.folder)
      : dotnetClosure(files, dotnet.run);
  },
  buildOf(command, folder): ProjectBuild | undefined {
    const dotnet = readDotnet(command, folder);
    if (dotnet === undefined || !BUILDS.has(dotnet.verb)) return undefined;
    return { manager: 'dotnet', command, folder, unsure: dotnet.unsure };
  },
  prefetchOf: prefetch,
};
