import type { ShellWord } from '../../syntax/shell/model.js';
import type { ImageFiles } from '../closures.js';
import type { StepCommand } from '../commands.js';
import type { Variables } from '../installs/model.js';

/** Tools that keep what they download in a folder of their own. */
export type ToolName =
  | 'apk'
  | 'apt'
  | 'bun'
  | 'bundler'
  | 'cargo'
  | 'composer'
  | 'dotnet'
  | 'go'
  | 'gradle'
  | 'maven'
  | 'npm'
  | 'pip'
  | 'pipenv'
  | 'pnpm'
  | 'poetry'
  | 'uv'
  | 'yarn';

/** A folder in which a tool keeps what it has downloaded (or compiled). */
export interface Store {
  /** Absolute in the image. */
  readonly path: string;
  /** Two runs at once may spoil it, or one of them fails: `sharing=locked`. */
  readonly locked: boolean;
  /** Later commands read what lies in it (modules that are compiled), rather than what the install made of it. */
  readonly needed: boolean;
  /** Under another user than root it can't be a mount by itself: the tool writes beside it into a folder root then owns. */
  readonly rootOnly?: boolean;
}

/** What keeps a command from storing what it downloads. */
export type Hindrance =
  | { readonly kind: 'word'; readonly word: ShellWord; readonly replacement?: string }
  | { readonly kind: 'variable'; readonly name: string };

/** What a command does with the stores of its tool. */
export interface StoreUse {
  readonly tool: ToolName;
  readonly command: StepCommand;
  /** Whether it gets packages where the store is empty; otherwise it only reads the store. */
  readonly downloads: boolean;
  /** Undefined where it can't be known which folders it uses. */
  readonly stores: readonly Store[] | undefined;
  readonly hindrances: readonly Hindrance[];
  /** A word that says that all it needs is there already: `--no-restore`, `--offline`. */
  readonly offline?: ShellWord;
  /** Variables without which the tool does not use its store, or complains about it being a mount. */
  readonly needs?: Readonly<Record<string, string>>;
}

/** The user a step runs as. Ids are undefined where only the base image knows them. */
export interface StepUser {
  readonly root: boolean;
  /** As USER names it; `root` without one. */
  readonly name: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Absolute, from the user's entry; undefined where only the base image knows. */
  readonly home: string | undefined;
}

/** What surrounds a command that may use a store. */
export interface StoreScene {
  readonly variables: Variables;
  /** Undefined where the base image decides and is not known. */
  readonly user: StepUser | undefined;
  /** Official name of the image the stage is built on (`node`, `golang`), undefined for one that is not known. */
  readonly image: string | undefined;
  /** The project's files in the image; undefined where the context is not known. */
  readonly files: ImageFiles | undefined;
  /** Whether a RUN up to this one says something: `npm config set cache …`. */
  readonly ran: (text: RegExp) => boolean;
}

/** All that is known of where one tool keeps its downloads. */
export interface StoreTool {
  readonly name: ToolName;
  /** As people call it. */
  readonly label: string;
  /** Matches in the name of every program it is started by. */
  readonly programs: RegExp;
  useOf(command: StepCommand, scene: StoreScene): StoreUse | undefined;
  /** Whether a command throws away what the tool has stored: `npm cache clean`. */
  isCleaning(command: StepCommand): boolean;
  /** Ends of the paths that people mount for it, to tell a mount that is meant for it: `/.npm`. */
  readonly usual: RegExp;
}
