import { gradleClosure } from '../../project/closures/gradle.js';
import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, Manager, ProjectBuild } from './model.js';
import { type Options, readOptions } from './options.js';

const GRADLE_VALUES = new Set([
  '-p',
  '--project-dir',
  '-x',
  '--exclude-task',
  '-g',
  '--gradle-user-home',
  '-c',
  '--settings-file',
  '-b',
  '--build-file',
  '-I',
  '--init-script',
  '--configuration',
  '--console',
  '--max-workers',
  '--warning-mode',
  '--include-build',
  '-D',
  '-P',
]);
const GRADLE_KNOWN =
  /^(--(no-daemon|daemon|stacktrace|full-stacktrace|info|debug|quiet|warn|parallel|no-parallel|build-cache|no-build-cache|configuration-cache|no-configuration-cache|refresh-dependencies|continue|rerun-tasks|no-watch-fs|scan|no-scan|offline|write-locks)|--(console|warning-mode|max-workers|exclude-task|configuration)=.*|-[siqwd]|-[DPx].+)$/;

/** Tasks that only resolve: Gradle has none that downloads all that a build needs. */
const RESOLVES = /^(:?([\w-]+:)*)(dependencies|buildEnvironment|help|tasks|projects|properties)$/;
const BUILDS =
  /^(:?([\w-]+:)*)(build|assemble\w*|bootJar|bootWar|bootBuildImage|jar|war|shadowJar|fatJar|installDist|installShadowDist|distZip|distTar|check|test|classes|testClasses|compileJava|compileKotlin|nativeCompile|quarkusBuild|stage|publishToMavenLocal)$/;

interface GradleCommand {
  readonly at: number;
  readonly wrapper: boolean;
  readonly options: Options;
  readonly folder: string;
  readonly unsure: boolean;
}

function readGradle(command: StepCommand, start: string): GradleCommand | undefined {
  const program = programOf(command);
  const byShell = /^(sh|bash)$/.test(program) && /^(\.\/)?gradlew$/.test(argumentsOf(command)[0] ?? '');
  const wrapper = byShell || program === 'gradlew';
  if (!wrapper && program !== 'gradle') return undefined;
  const at = byShell ? 2 : 1;
  const options = readOptions(
    command.words.slice(at).map((w) => w.value),
    GRADLE_VALUES,
    GRADLE_KNOWN,
  );
  const named = ['-c', '--settings-file', '-b', '--build-file', '-I', '--init-script', '--include-build'];
  const directory = options.value('-p', '--project-dir');
  const elsewhere = wrapper && !/^(\.\/)?gradlew$/.test(command.words[at - 1]?.value ?? '');
  return {
    at,
    wrapper,
    options,
    folder: directory === undefined ? start : inFolder(start, directory),
    unsure:
      options.unsure ||
      elsewhere ||
      (wrapper && directory !== undefined) ||
      !isLiteral(command) ||
      named.some((name) => options.value(name) !== undefined),
  };
}

/** Gradle and its wrapper. No command of it downloads all that a build needs without building: nothing could run ahead. */
export const gradle: Manager = {
  name: 'gradle',
  programs: /gradle/,
  installOf(command, folder): Install | undefined {
    const gradle = readGradle(command, folder);
    const verb = command.words.find((w) => RESOLVES.test(w.value));
    if (gradle === undefined || verb === undefined) return undefined;
    if (!gradle.options.positional.every((task) => RESOLVES.test(task) || task === 'clean')) return undefined;
    return {
      manager: 'gradle',
      what: 'gradle-dependencies',
      command,
      verb,
      flags: command.words.slice(gradle.at).flatMap((w) => (w === verb ? [] : [w.value])),
      folder: gradle.folder,
      files: [],
      unsure: gradle.unsure,
    };
  },
  closureOf(install, { files }) {
    const gradle = readGradle(install.command, install.folder);
    return gradle && gradleClosure(files, { folder: install.folder, wrapper: gradle.wrapper });
  },
  buildOf(command, folder): ProjectBuild | undefined {
    const gradle = readGradle(command, folder);
    if (gradle === undefined || !gradle.options.positional.some((task) => BUILDS.test(task)))
      return undefined;
    return { manager: 'gradle', command, folder: gradle.folder, unsure: gradle.unsure };
  },
};
