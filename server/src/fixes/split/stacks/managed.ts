import { argumentsOf, inFolder, programOf } from '../../../sim/commands.js';
import { isInside, joinPath } from '../../../text/paths.js';
import { distributionOf, type Stack } from '../model.js';

/** The version of Java in the tag of an image with a JDK of Temurin; undefined for others. */
function temurinVersion(repository: string, tag: string): string | undefined {
  if (repository === 'eclipse-temurin') return /^(\d+)/.exec(tag)?.[1];
  if (repository === 'maven') return /eclipse-temurin-(\d+)/.exec(tag)?.[1];
  return repository === 'gradle' ? /jdk-?(\d+)/.exec(tag)?.[1] : undefined;
}

/** Java: the JRE runs what the JDK has built; the project's folder comes along, the repository of the build tool does not. */
export const java: Stack = {
  name: 'Java',
  builds: (command) =>
    /^(mvnw?|gradlew?)$/.test(programOf(command)) ||
    /^(\.\/)?(mvnw|gradlew)$/.test(command.words[0]?.value ?? ''),
  planOf(scene) {
    const { image, runs, start, workdir } = scene;
    const version = temurinVersion(image.repository, image.tag);
    const builds = runs.some(({ commands }) => commands.some((c) => java.builds(c)));
    const [only] = start;
    const args = only === undefined ? [] : argumentsOf(only);
    const jar = args[args.indexOf('-jar') + 1];
    if (
      version === undefined ||
      !builds ||
      start.length !== 1 ||
      only === undefined ||
      programOf(only) !== 'java'
    )
      return undefined;
    if (!args.includes('-jar') || jar === undefined || !isInside(workdir, inFolder(workdir, jar)))
      return undefined;
    const alpine = distributionOf(image) === 'alpine';
    return {
      runtime: `eclipse-temurin:${version}-jre${alpine ? '-alpine' : ''}`,
      distribution: alpine ? 'alpine' : 'debian',
      finish: [],
      setup: [],
      copies: [{ from: workdir, to: workdir }],
      repeatsCopies: false,
      start: undefined,
    };
  },
};

/** .NET: what `dotnet publish -o` puts out and what lies where it is started, on the runtime of ASP.NET, which holds that of all others. */
export const dotnet: Stack = {
  name: '.NET',
  builds: (command) =>
    programOf(command) === 'dotnet' &&
    /^(restore|build|publish|test|tool)$/.test(argumentsOf(command)[0] ?? ''),
  planOf({ image, runs, start, workdir }) {
    // A patch version of the SDK is none of the runtime; on Alpine the runtime knows no cultures, which the SDK does.
    if (!/(^|\/)dotnet\/sdk$/.test(image.repository) || !/^\d+\.\d+(-|$)/.test(image.tag)) return undefined;
    if (distributionOf(image) === 'alpine') return undefined;
    const publish = runs
      .flatMap(({ commands }) => commands)
      .find((c) => programOf(c) === 'dotnet' && argumentsOf(c)[0] === 'publish');
    const args = publish === undefined ? [] : argumentsOf(publish);
    const at = args.findIndex((arg) => arg === '-o' || arg === '--output');
    const named = at < 0 ? undefined : args[at + 1];
    const [only] = start;
    const dll = only === undefined ? undefined : argumentsOf(only)[0];
    if (publish?.folder === undefined || named === undefined || start.length !== 1 || only === undefined)
      return undefined;
    const folder = inFolder(publish.folder, named);
    const started =
      programOf(only) === 'dotnet' && dll?.endsWith('.dll') === true ? inFolder(workdir, dll) : undefined;
    if (started === undefined || !isInside(folder, started)) return undefined;
    return {
      runtime: `${image.repository.replace(/sdk$/, 'aspnet')}:${image.tag}`,
      distribution: distributionOf(image),
      finish: [],
      setup: [],
      // Settings are looked for where the program is started.
      copies: [workdir, ...(isInside(workdir, folder) ? [] : [folder])].map((at) => ({ from: at, to: at })),
      repeatsCopies: false,
      start: undefined,
    };
  },
};

/** PHP: the packages that Composer has installed; Composer, git and what unpacked them stay behind. */
export const php: Stack = {
  name: 'PHP',
  builds: (command) => programOf(command) === 'composer',
  planOf({ image, files, runs, start, workdir }) {
    const installs = runs.some(({ commands }) => commands.some((c) => php.builds(c)));
    const known = start.every((c) => /^(php|php-fpm|apache2-foreground|frankenphp)$/.test(programOf(c)));
    // Without a start of its own it is that of the image: a server for some, a prompt for others.
    const serves = start.length > 0 || /fpm|apache/.test(image.tag);
    if (image.repository !== 'php' || !installs || !known || !serves) return undefined;
    if (!files.exists(joinPath(workdir, 'composer.json'))) return undefined;
    return {
      runtime: `${image.repository}${image.tag === '' ? '' : `:${image.tag}`}`,
      distribution: distributionOf(image),
      finish: [],
      setup: [],
      copies: [{ from: workdir, to: workdir }],
      repeatsCopies: false,
      start: undefined,
    };
  },
};
