import type { ImageFiles } from '../../sim/closures.js';
import type { StepCommand } from '../../sim/commands.js';
import type { ShellOf, StageGraph, StageNode, Step } from '../../sim/model.js';
import type { Dockerfile } from '../../syntax/dockerfile/model.js';

/** The name and tag of an image: `node:20-alpine` is `node` and `20-alpine`. A digest is no tag. */
export interface ImageName {
  /** As written, without tag. */
  readonly repository: string;
  /** Empty where none is written. */
  readonly tag: string;
}

/** A stage that both builds and runs a project, with what a stack wants to know of it. */
export interface SplitScene {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly node: StageNode;
  readonly shell: ShellOf;
  readonly image: ImageName;
  /** The project's files as the copies of the stage bring them. */
  readonly files: ImageFiles;
  /** The RUNs with their commands, in order. */
  readonly runs: readonly { readonly step: Step; readonly commands: readonly StepCommand[] }[];
  /** What a container starts. */
  readonly start: readonly StepCommand[];
  /** The working folder at the end of the stage. */
  readonly workdir: string;
}

/** Which package manager of the system an image has. */
export type Distribution = 'debian' | 'alpine' | 'other';

/** How a stack's stage is taken apart. */
export interface SplitPlan {
  /** The image the runtime stage is FROM. */
  readonly runtime: string;
  readonly distribution: Distribution;
  /** Lines of the build stage that have to stand before one of its steps. */
  readonly prepare?: { readonly before: Step; readonly lines: readonly string[] };
  /** Lines at the end of the build stage. */
  readonly finish: readonly string[];
  /** Lines of the runtime stage before anything is copied into it. */
  readonly setup: readonly string[];
  /** What is copied out of the build stage: from and to, absolute. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  /** The copies from the build context are repeated in the runtime stage. */
  readonly repeatsCopies: boolean;
  /** Instead of CMD and ENTRYPOINT of the stage; undefined where these stay. */
  readonly start: readonly string[] | undefined;
}

/** One kind of project with something to leave behind. One file each; `stacks.ts` lists them. */
export interface Stack {
  /** As people call it. */
  readonly name: string;
  /** Whether a command of a RUN belongs to making the project, and leaves nothing outside of what the plan copies. */
  builds(command: StepCommand): boolean;
  /** How the stage is split; undefined where it is none of this stack, or where it can't be told what has to come along. */
  planOf(scene: SplitScene): SplitPlan | undefined;
}

/** The parts of an image's name. */
export function imageNameOf(name: string): ImageName {
  const plain = name
    .replace(/@.*$/, '')
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '');
  const at = plain.lastIndexOf(':');
  return at > plain.lastIndexOf('/')
    ? { repository: plain.slice(0, at), tag: plain.slice(at + 1) }
    : { repository: plain, tag: '' };
}

/** What an image of a known family is made of, going by its tag. */
export function distributionOf({ tag }: ImageName): Distribution {
  if (/alpine/.test(tag)) return 'alpine';
  return /windows|nanoserver|rhel|ubi|ol\d/.test(tag) ? 'other' : 'debian';
}

/** The Debian image for what was built on `image`: of its release, where the tag names it, else a newer one, which runs it too. */
export function debianFor({ tag }: ImageName): string {
  const release = /(bookworm|trixie|bullseye)/.exec(tag)?.[1] ?? 'stable';
  return `debian:${release}-slim`;
}

/** The Alpine image for what was built on `image`. */
export function alpineFor({ tag }: ImageName): string {
  return `alpine:${/alpine(3\.\d+)/.exec(tag)?.[1] ?? '3'}`;
}

/** Certificates, which the images of compilers have and a plain Debian has not. */
export const CERTIFICATES =
  'RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*';
