import { type MavenRun, mavenClosure } from '../../project/closures/maven.js';
import { argumentsOf, isLiteral, programOf, type StepCommand } from '../commands.js';
import type { Install, InstallScene, Manager, Prefetch, ProjectBuild } from './model.js';
import { readOptions } from './options.js';
import { hasCacheMount, settingsOf, shellWord } from './settings.js';

const MAVEN_VALUES = new Set([
  '-f',
  '--file',
  '-s',
  '--settings',
  '-gs',
  '--global-settings',
  '-t',
  '--toolchains',
  '-gt',
  '--global-toolchains',
  '-P',
  '--activate-profiles',
  '-D',
  '--define',
  '-pl',
  '--projects',
  '-T',
  '--threads',
  '-b',
  '--builder',
  '-rf',
  '--resume-from',
  '-l',
  '--log-file',
  '-ep',
  '--color',
]);
const MAVEN_KNOWN =
  /^(-[BqeXUuNCcVo]|-(ntp|am|amd|ff|fae|fn|nsu|npu|npr)|-[DPT].+|-pl=?.*|--(batch-mode|quiet|errors|debug|verbose|update-snapshots|no-transfer-progress|also-make|also-make-dependents|fail-fast|fail-at-end|fail-never|show-version|offline|non-recursive|strict-checksums|lax-checksums|no-snapshot-updates)|--(file|settings|global-settings|toolchains|activate-profiles|define|projects|threads|color|log-file)=.*)$/;

/** Goals that only download. */
const DOWNLOADS =
  /^((org\.apache\.maven\.plugins:maven-)?dependency(-plugin)?(:[0-9][\w.-]*)?:(go-offline|resolve|resolve-plugins|sources)|de\.qaware\.maven:go-offline-maven-plugin(:[\w.-]+)?:resolve-dependencies)$/;
/** Phases and goals that build; each goal of a plugin may. */
const BUILDS =
  /^(generate-sources|process-sources|generate-resources|process-resources|compile|process-classes|generate-test-sources|test-compile|test|prepare-package|package|pre-integration-test|integration-test|verify|install|deploy|spring-boot:(build-image|repackage|run)|jib:build|quarkus:build)$/;

/** The words after the program: `mvn …`, `./mvnw …`, `sh mvnw …`; undefined for any other. */
function mavenWords(command: StepCommand): { readonly at: number; readonly wrapper: boolean } | undefined {
  const program = programOf(command);
  if (program === 'mvn' || program === 'mvnw') return { at: 1, wrapper: program === 'mvnw' };
  const script = argumentsOf(command)[0] ?? '';
  return /^(sh|bash)$/.test(program) && /^(\.\/)?mvnw$/.test(script) ? { at: 2, wrapper: true } : undefined;
}

interface MavenCommand {
  readonly at: number;
  readonly goals: readonly string[];
  readonly run: MavenRun;
  readonly offline: boolean;
  readonly unsure: boolean;
}

function readMaven(command: StepCommand, folder: string): MavenCommand | undefined {
  const found = mavenWords(command);
  if (found === undefined) return undefined;
  const words = command.words.slice(found.at).map((w) => w.value);
  const options = readOptions(words, MAVEN_VALUES, MAVEN_KNOWN);
  const named = ['-s', '--settings', '-gs', '--global-settings', '-t', '--toolchains'];
  const settings = named.flatMap((name) => options.value(name) ?? []);
  const program = command.words[found.at - 1]?.value ?? '';
  return {
    at: found.at,
    goals: options.positional,
    run: {
      folder,
      pom: options.value('-f', '--file'),
      settings,
      wrapper: found.wrapper,
      ahead: false,
    },
    offline: options.value('-o', '--offline') !== undefined,
    // A wrapper elsewhere has its settings there.
    unsure: options.unsure || !isLiteral(command) || (found.wrapper && !/^(\.\/)?mvnw$/.test(program)),
  };
}

/** Options of a build that a download ahead of it needs too: they choose poms, profiles, settings. */
function keptOptions(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) continue;
    const takesNext = MAVEN_VALUES.has(word) && !word.includes('=');
    const value = takesNext ? words[++i] : undefined;
    const drops =
      /^(-B|--batch-mode|-q|--quiet|-T.*|--threads.*|-l|--log-file.*|-rf|--resume-from.*|-D(skip(Tests|ITs)|maven\.test\.skip)\b.*)$/;
    if (drops.test(word) || (word === '-D' && /^(skipTests|maven\.test\.skip)/.test(value ?? ''))) continue;
    out.push(word, ...(value === undefined ? [] : [value]));
  }
  return out;
}

/** Where Maven may keep what it downloaded: below the home of whoever runs it, or where the command says. */
function storesOf(words: readonly string[], { step, variables }: InstallScene): string[] {
  const [user = 'root'] = (step.user ?? 'root').split(':');
  const homes = ['/root', variables.get('HOME'), user === 'root' ? undefined : `/home/${user}`];
  const named = words.flatMap((word) => /^-Dmaven\.repo\.local=(.+)$/.exec(word)?.[1] ?? []);
  return [
    ...named,
    ...homes.flatMap((home) => (home === undefined ? [] : `${home.replace(/\/+$/, '')}/.m2`)),
  ];
}

/** The plugin by its full name: the version that Maven 3.8 takes otherwise fails where modules depend on each other. */
const GO_OFFLINE = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:go-offline';

/** Variables that Maven and its wrapper read. */
const SETTINGS = /^(MAVEN_|MVNW_|JAVA_|JDK_JAVA_OPTIONS$|_JAVA_OPTIONS$|https?_proxy$|no_proxy$)/i;

function prefetch(build: ProjectBuild, scene: InstallScene): Prefetch | undefined {
  const { command, folder } = build;
  const maven = readMaven(command, folder);
  if (maven === undefined || maven.offline || hasCacheMount(scene.step, /\.m2|\$/)) return undefined;
  const closure = mavenClosure(scene.files, { ...maven.run, ahead: true });
  if (closure === undefined) return undefined;
  const words = command.words.map((w) => w.value);
  const { prefix, open: unknown } = settingsOf(command, scene.commands, SETTINGS);
  // By `sh`: the script need not be executable before the RUN that makes it so.
  const program = maven.run.wrapper ? ['sh', './mvnw'] : words.slice(0, maven.at);
  const script = [...program, '-B', ...keptOptions(words.slice(maven.at)), GO_OFFLINE].map(shellWord);
  const open = [...closure.open, ...unknown];
  if (words.some((word) => /^-Dmaven\.repo\.local=(?!\/)/.test(word)))
    open.push('the repository of downloads lies in the project');
  return {
    script: `${prefix}${script.join(' ')}`,
    folder,
    makes: [],
    closure: { ...closure, open },
    fills: storesOf(words, scene),
  };
}

/** Maven and its wrapper. */
export const maven: Manager = {
  name: 'maven',
  programs: /mvn/,
  installOf(command, folder): Install | undefined {
    const maven = readMaven(command, folder);
    const verb = command.words.find((w) => DOWNLOADS.test(w.value));
    if (maven === undefined || verb === undefined) return undefined;
    if (!maven.goals.every((goal) => DOWNLOADS.test(goal) || goal === 'clean')) return undefined;
    return {
      manager: 'maven',
      what: 'maven-download',
      command,
      verb,
      flags: command.words.slice(maven.at).flatMap((w) => (w === verb ? [] : [w.value])),
      folder,
      files: [],
      unsure: maven.unsure,
    };
  },
  closureOf(install, { files }) {
    const maven = readMaven(install.command, install.folder);
    return maven && mavenClosure(files, maven.run);
  },
  buildOf(command, folder) {
    const maven = readMaven(command, folder);
    if (maven === undefined || !maven.goals.some((goal) => BUILDS.test(goal))) return undefined;
    return { manager: 'maven', command, folder, unsure: maven.unsure };
  },
  prefetchOf: prefetch,
};
