import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Store, StoreScene, StoreTool } from './model.js';
import {
  firstMoved,
  homeOf,
  inHome,
  inUsersHome,
  movedBy,
  movedByOption,
  optionOf,
  projectText,
  verbsOf,
} from './words.js';

const REPOSITORY = /-Dmaven\.repo\.local=(\S+)/;

/** The local repository that options or variables name; undefined where they name none, null where it can't be known. */
function namedRepository(command: StepCommand, scene: StoreScene): string | null | undefined {
  const options = argumentsOf(command).join(' ');
  const more = ['MAVEN_OPTS', 'MAVEN_ARGS', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'].map((name) =>
    scene.variables.has(name) ? (scene.variables.get(name) ?? '$') : '',
  );
  const config = projectText(scene, command, '.mvn/maven.config') ?? '';
  const text = [options, ...more, config].join(' ');
  const path = REPOSITORY.exec(text)?.[1];
  if (path !== undefined) return /^\/[^$"']*$/.test(path) ? path : null;
  if (more.includes('$') || /-Duser\.home=/.test(text)) return null;
  const settings = optionOf(command, '-s', '--settings', '-gs', '--global-settings');
  if (settings === undefined) return undefined;
  const written = settings === null ? undefined : projectText(scene, command, settings);
  return written === undefined || /<localRepository>/.test(written) ? null : undefined;
}

/**
 * Maven (docs of settings, `localRepository`): ~/.m2/repository, ~ being Java's `user.home`; the wrapper keeps Maven itself in
 * ~/.m2/wrapper. Two at once may spoil the repository (its locks hold within one process).
 */
export const maven: StoreTool = {
  name: 'maven',
  label: 'Maven',
  programs: /mvn/,
  usual: /\/\.m2(?:\/repository)?$/,
  useOf(command, scene) {
    const program = programOf(command);
    if (!/^mvnw?d?$/.test(program)) return undefined;
    const args = argumentsOf(command);
    if (args.length === 0 || args.every((a) => /^(?:-v|-version|--version|-h|--help|clean|-q|-B)$/.test(a)))
      return undefined;
    const named = namedRepository(command, scene);
    const path = named === null ? undefined : (named ?? firstMoved(inUsersHome(scene, '.m2/repository')));
    const stores: Store[] = [{ path: path ?? '', locked: true, needed: true }];
    const wrapper = firstMoved(
      movedBy(scene, command, 'MAVEN_USER_HOME') === 'default' ? inHome(scene, '.m2/wrapper') : 'unknown',
    );
    if (program === 'mvnw' && wrapper !== undefined)
      stores.push({ path: wrapper, locked: true, needed: true, rootOnly: true });
    const offline = command.words.find((w) => w.value === '-o' || w.value === '--offline');
    return {
      tool: 'maven',
      command,
      downloads: offline === undefined,
      stores: path === undefined ? undefined : stores,
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: (command) =>
    /^mvnw?$/.test(programOf(command)) && argumentsOf(command).some((a) => /purge-local-repository/.test(a)),
};

/**
 * Gradle (user manual, "Gradle-managed directories"): `-g`, GRADLE_USER_HOME, else ~/.gradle; the gradle image links
 * /root/.gradle to /home/gradle/.gradle. Its locks work between processes of one machine that reach each other, which two
 * builds don't.
 */
export const gradle: StoreTool = {
  name: 'gradle',
  label: 'Gradle',
  programs: /gradle/,
  usual: /\/\.gradle(?:\/caches)?$/,
  useOf(command, scene) {
    if (!/^gradlew?$/.test(programOf(command))) return undefined;
    const args = argumentsOf(command);
    if (args.some((a) => /^(?:-v|--version|-h|--help|wrapper|--stop)$/.test(a))) return undefined;
    const path = firstMoved(
      movedByOption(command, '-g', '--gradle-user-home'),
      movedBy(scene, command, 'GRADLE_USER_HOME'),
      scene.image === 'gradle' ? { path: '/home/gradle/.gradle' } : inUsersHome(scene, '.gradle'),
    );
    const offline = command.words.find((w) => w.value === '--offline');
    return {
      tool: 'gradle',
      command,
      downloads: offline === undefined,
      stores: path === undefined ? undefined : [{ path, locked: true, needed: true }],
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: () => false,
};

const DOTNET_RESTORES = /^(?:restore|build|publish|test|run|pack|msbuild)$/;

/**
 * NuGet (docs, "Managing the global packages, cache, and temp folders"): NUGET_PACKAGES, else ~/.nuget/packages. Its locks lie
 * in the temporary folder of each build, so two at once must be kept apart.
 */
export const dotnet: StoreTool = {
  name: 'dotnet',
  label: 'NuGet',
  programs: /dotnet/,
  usual: /\/\.nuget(?:\/packages)?$/,
  useOf(command, scene) {
    if (programOf(command) !== 'dotnet') return undefined;
    const [verb = ''] = verbsOf(command);
    if (!DOTNET_RESTORES.test(verb)) return undefined;
    const config = ['nuget.config', 'NuGet.Config', 'NuGet.config'].map(
      (name) => projectText(scene, command, name) ?? '',
    );
    const moved =
      argumentsOf(command).some((a) => /^--packages|RestorePackagesPath|--configfile/.test(a)) ||
      /globalPackagesFolder/i.test(config.join(''));
    const home = homeOf(scene);
    const path = firstMoved(
      moved ? 'unknown' : 'default',
      movedBy(scene, command, 'NUGET_PACKAGES'),
      home === undefined ? 'unknown' : inHome(scene, '.nuget/packages'),
    );
    const offline = command.words.find((w) => w.value === '--no-restore' || w.value === '--no-build');
    return {
      tool: 'dotnet',
      command,
      downloads: offline === undefined,
      // Beside it NuGet writes its settings.
      stores: path === undefined ? undefined : [{ path, locked: true, needed: true, rootOnly: true }],
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: (command) =>
    programOf(command) === 'dotnet' && /^nuget locals/.test(verbsOf(command).join(' ')),
};
