import type { ShellWord } from '../../syntax/shell/model.js';
import type { StepCommand } from '../commands.js';
import type { Install, ManagerName } from '../installs/model.js';
import type { ShellOf, StageGraph, StageNode, Step } from '../model.js';
import type { StageFiles } from '../stagefiles.js';
import type { Start } from '../start.js';

/** Where an install stands. */
export interface InstallPlace {
  readonly node: StageNode;
  readonly step: Step;
  /** All commands of the step. */
  readonly commands: readonly StepCommand[];
  /** The project's files as the step sees them. */
  readonly files: StageFiles;
  /** The project's files in the stage that is shipped, after its last step. */
  readonly shipped: StageFiles;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  /**
   * The folders, relative to that of a package.json in the image, that patterns of workspaces stand for and whose package.json
   * lies there; undefined where a pattern is not understood.
   */
  members(folder: string, patterns: readonly string[]): readonly string[] | undefined;
}

/** What makes an install leave the development part out. */
export interface Omission {
  /** As it is told: `--omit=dev`, `NODE_ENV=production`. */
  readonly by: string;
  /** The words of the command that say so; empty where a variable or a file does. */
  readonly words: readonly ShellWord[];
  /** What brings it in again all the same: a flag after the verb, or a variable before the command. */
  readonly undo:
    | { readonly flag: string }
    | { readonly variable: string }
    /** Without `words` the default holds. */
    | undefined;
}

/** Whether an install brings the development part: because nothing says otherwise, because it is asked to, or not. */
export type Choice = 'default' | 'asked' | Omission;

/** A tool of the development part that a command cannot do without. */
export interface MissingTool {
  /** The program or module, as it is started; the file that imports the package, where none is `named`. */
  readonly tool: string;
  /** The package that brings it. */
  readonly package: string;
  /** How the command comes to it: the scripts it runs, outermost first, or a file that loads it. */
  readonly via: readonly string[];
  /** The command or a script it runs names the tool; else a file does that the command loads. */
  readonly named: boolean;
}

/** A command that runs after an install. */
export interface LaterCommand {
  readonly command: StepCommand;
  readonly step: Step;
  /** All commands of its step. */
  readonly commands: readonly StepCommand[];
  /** The project's files as the step sees them. */
  readonly files: StageFiles;
  /** The folder that was installed, in this command's stage. */
  readonly folder: string;
  /** Folders that surely come first on PATH, in order. */
  readonly path: readonly string[];
}

/** The stage in which what a container starts was built. */
export interface Built {
  readonly files: StageFiles;
  /** The folder of the project there, and in the image. */
  readonly root: string;
  readonly shippedRoot: string;
}

/** The part of an install that only development needs. */
export interface DevelopmentPart {
  /** The folder that is installed into, absolute in the image. */
  readonly folder: string;
  /** Development dependencies that the manifest names itself and that nothing else brings. */
  readonly names: ReadonlySet<string>;
  readonly choice: Choice;
  /** What leaves them out, after the verb; undefined where no flag does. */
  readonly flag: string | undefined;
  /** Words of the command that leave them out by their absence, or that something else stands in the place of. */
  readonly instead?:
    | {
        readonly words: readonly ShellWord[];
        readonly by: string | undefined;
        /** How it is told, where `by` alone does not say it. */
        readonly told?: string;
      }
    | undefined;
  /** A command that takes them out again, in the folder of the project; undefined where there is none that can be relied on. */
  readonly prune?: string | undefined;
  /** That command puts changed packages back as they were published (measured with yarn 1.22). */
  readonly prunesAnew?: boolean;
  /** `NAME=1` that leaves them out of every command; undefined where there is none. */
  readonly variable: string | undefined;
  /** The variable has to be set wherever something is started too. */
  readonly variableAtStart?: boolean;
  /** It is only told where nothing at all needs it: whether a stage that builds does can't be told apart. */
  readonly idleOnly?: boolean;
  /**
   * Whether an install that leaves them out takes out those that are there; undefined where that is not known. Recorded in
   * test/sim/facts/devdeps.json, `again`.
   */
  readonly takesOut?: boolean | undefined;
  /** A flag with which it does. */
  readonly takesOutWith?: string | undefined;
  /** Commands of the build may write into installed packages (a generated client, patches). */
  readonly isWrittenInto?: boolean;
  /** Why leaving them out may break the install itself; undefined where it does not. */
  readonly obstacle: string | undefined;
  /** Whether what a container starts may need them. With `built`, what is started may be the result of a build there. */
  startNeedsDev(start: Start, built?: Built): boolean;
  /** A tool of this part that `later` surely starts, so that it fails without; undefined where that is not sure. */
  missingIn(later: LaterCommand): MissingTool | undefined;
  /** Whether `later` is read so well that it surely installs nothing. */
  bringsNothing(later: LaterCommand): boolean;
}

/** What is known of one manager's development dependencies. One file each; `parts.ts` lists them. */
export interface DevelopmentManager {
  readonly name: ManagerName;
  /** Undefined where an install has no such part, or that cannot be told. */
  partOf(install: Install, place: InstallPlace): DevelopmentPart | undefined;
}
