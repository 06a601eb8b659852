import type { Closure } from '../../project/closures/model.js';
import type { ShellWord } from '../../syntax/shell/model.js';
import type { ImageFiles } from '../closures.js';
import type { StepCommand } from '../commands.js';
import type { Step } from '../model.js';

/** The package managers and build tools whose commands are known. */
export type ManagerName =
  | 'bun'
  | 'bundler'
  | 'cargo'
  | 'composer'
  | 'conda'
  | 'dotnet'
  | 'go'
  | 'gradle'
  | 'maven'
  | 'mix'
  | 'npm'
  | 'pip'
  | 'pipenv'
  | 'pnpm'
  | 'poetry'
  | 'sbt'
  | 'uv'
  | 'yarn';

/** A command that installs (or downloads) what a project's manifests list, and builds nothing of the project. */
export interface Install {
  readonly manager: ManagerName;
  /** Which of the manager's installs it is, for its own file: `npm-ci`, `uv-sync`. */
  readonly what: string;
  readonly command: StepCommand;
  /** The word after which a flag goes: `ci`, `sync`, `install`. */
  readonly verb: ShellWord;
  /** Words after the verb. */
  readonly flags: readonly string[];
  /** The folder of the project, absolute in the image. */
  readonly folder: string;
  /** Requirement and constraint files named on the command line, absolute in the image. */
  readonly files: readonly string[];
  /** Words it does not know, a variable, or something that makes its reading unsure. */
  readonly unsure: boolean;
  /** Installs the project in `folder` from its source (`pip install .`): after another install it only adds that. */
  readonly project?: boolean;
}

/** A command that builds the project and downloads what that needs on the way: `go build`, `cargo build`, `mvn package`. */
export interface ProjectBuild {
  readonly manager: ManagerName;
  readonly command: StepCommand;
  /** The folder of the project, absolute in the image. */
  readonly folder: string;
  readonly unsure: boolean;
}

/** What could run before a project build, so that a source edit downloads nothing. */
export interface Prefetch {
  /**
   * The shell text of a RUN, e.g. `go mod download`. It needs the build's own secret and ssh mounts and network. Variables
   * that the build's RUN sets for its downloads are in it.
   */
  readonly script: string;
  /** Commands for the same, to be run one after another, that also compile what is downloaded as the build would. */
  readonly compile?: readonly string[];
  /** Where `script` runs, absolute in the image: a folder that holds one of the closure's files, or the build's own. */
  readonly folder: string;
  /** Files that `script` makes and removes again, absolute in the image: none of them may be there before. */
  readonly makes: readonly string[];
  /** What `script` reads. Its `open` says why no such step is offered, its `doubts` why it is not safe. */
  readonly closure: Closure;
  /**
   * Folders and files of the image outside of the project that `script` writes more into than the build does (it downloads all
   * that is listed, the build only what it uses), absolute, each place that they may be at: `/go/pkg`. The build's own stage
   * differs there, so an image that takes any of them from it does too.
   */
  readonly fills: readonly string[];
  /** Cache mounts of the build keep all that is downloaded, and nothing of what is made of it. */
  readonly downloadsKept?: boolean;
}

/** The value of each variable a command sees; undefined where it can't be known. */
export type Variables = ReadonlyMap<string, string | undefined>;

/** What surrounds a command. */
export interface InstallScene {
  /** The project's files as they lie in the image; paths absolute in it. */
  readonly files: ImageFiles;
  readonly variables: Variables;
  readonly step: Step;
  /** All commands of the step. */
  readonly commands: readonly StepCommand[];
  /** Those of the RUNs before it, as far as they can be read. */
  earlier(): readonly StepCommand[];
}

/** All that is known of one package manager. One file each; `managers.ts` lists them. */
export interface Manager {
  readonly name: ManagerName;
  /** Matches in the name of every program it is started by; a first look at a whole shell text. */
  readonly programs: RegExp;
  /** The install that `command` is; undefined for any other, and for one that installs packages by name or the project itself. */
  installOf?(command: StepCommand, folder: string): Install | undefined;
  /** What an install of its reads of the project; undefined where the project brings no manifest for it. */
  closureOf?(install: Install, scene: InstallScene): Closure | undefined;
  /**
   * Options by which `install` leaves out what needs the project's own source, so that it could run ahead of it and be run
   * again behind it with the same result; undefined where there are none, or it has them.
   */
  aheadOf?(install: Install, scene: InstallScene): readonly string[] | undefined;
  /** The build of the project that `command` is. */
  buildOf?(command: StepCommand, folder: string): ProjectBuild | undefined;
  /**
   * What could download before `build`; undefined where the project brings no manifest for it, or where nothing is
   * downloaded (vendored, offline, no dependencies).
   */
  prefetchOf?(build: ProjectBuild, scene: InstallScene): Prefetch | undefined;
}
