/* What facts.json of an ecosystem holds. */

/** How two images differ. */
export interface Difference {
  readonly count: number;
  /** The first of the paths, sorted; `(configuration)` for user, environment, command and the like. */
  readonly paths: readonly string[];
  /** Paths that differ besides because a download ahead of a build leaves more than the build: see `fills` in ecosystem.json. */
  readonly filled?: number;
}

/** Instructions that ran again after the source was edited, in order, with `stage: ` before those of a named stage. */
export type Steps = readonly string[];

/** One fix, built. */
export interface ProvenFix {
  readonly rule: string;
  /** How it brings manifests to an install, where it does. */
  readonly form?: string;
  /** Forms that it makes use of besides. */
  readonly besides?: readonly string[];
  readonly title: string;
  /** File of the project → its whole text after the fix. */
  readonly changes: Readonly<Record<string, string>>;
  /** Left out where the build failed. */
  readonly image?: Difference;
  /** Of stages that the fix changed and that are not the last: the same. */
  readonly stages?: Readonly<Record<string, Difference>>;
  readonly rerun?: Steps;
  /** Warnings of `docker build --call=check` that there were not before. */
  readonly warnings: readonly string[];
  /** The build failed. */
  readonly failed?: true;
}

export interface ProvenDockerfile {
  /** Path in the project. */
  readonly name: string;
  readonly rerun: Steps;
  readonly fixes: readonly ProvenFix[];
}

export interface Facts {
  readonly buildkit: string;
  /** What the project and its lock files were: see `digestOf`. */
  readonly project: string;
  /** Command → the first line it printed in the image. */
  readonly versions: Readonly<Record<string, string>>;
  /** Glob of `noise` in ecosystem.json → how many paths of it differed between two equal builds. */
  readonly noise: Readonly<Record<string, number>>;
  /** Paths that differed between two equal builds and that no pattern of `noise` gives a reason for. */
  readonly unexplained: readonly string[];
  readonly dockerfiles: readonly ProvenDockerfile[];
}

/** Whether a fix left every image that it touches as it was. */
export function isEqual(fix: ProvenFix): boolean {
  const all = [fix.image, ...Object.values(fix.stages ?? {})];
  return fix.failed !== true && all.every((difference) => difference?.count === 0);
}
