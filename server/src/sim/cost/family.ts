/** Low, likely and high. */
export type Triple = readonly [low: number, value: number, high: number];

/** Commands of which about the same is known: how long they take, and what that depends on. */
export interface Family {
  /** For people, and the name of the family: `apt-get install`. */
  readonly title: string;
  /** Commands that belong to it. */
  readonly is: readonly CommandForm[];
  /** Seconds of one run, whatever it works on. */
  readonly fixed: Triple;
  /** What it works on, with the seconds for each, over `fixed`; left out where nothing can be counted. */
  readonly each?: Each;
  /** Seconds of one run where that could not be counted. */
  readonly otherwise?: Triple;
  /** Share of the time that is left where an earlier step of the stage did the same: dependencies are there and built. */
  readonly again?: Triple;
  /** Share of the time that is left where an earlier step of the stage ran the family of that title, which downloads for it. */
  readonly fetched?: { readonly by: string; readonly left: Triple };
  /** Cache mounts at folders of this pattern save a share of the time once they are filled. */
  readonly warm?: { readonly folders: string; readonly saves: Triple };
  /** Where the numbers come from, one phrase. */
  readonly source: string;
}

/**
 * Regular expressions for: the name of the program without its folder (all of it), the words after it without options,
 * joined by a space (any part), and its options (any part).
 */
export type CommandForm = readonly [program: string, words?: string, options?: string];

export interface Each {
  /** One of them, for people; more get an `s`, but for units in capitals. */
  readonly noun: string;
  readonly count: Count;
  readonly seconds: Triple;
}

export type Count =
  /** Words after the first `skip` ones. */
  | { readonly of: 'named'; readonly skip: number }
  /** Packages in the first of these files that lies in the folder of the command, or above it. */
  | { readonly of: 'locked'; readonly files: readonly string[] }
  /** Requirements: words after the first `skip`, and what is in the files it names. */
  | { readonly of: 'required'; readonly skip: number }
  /** Megabytes that were copied into the stage before. */
  | { readonly of: 'megabytes' }
  /** Seconds, its first word. */
  | { readonly of: 'seconds' };

/** Counts the words after the first `skip`, as far as they are plain. */
export function named(noun: string, seconds: Triple, skip = 1): Each {
  return { noun, count: { of: 'named', skip }, seconds };
}

/** Counts the packages of a lock file. */
export function locked(seconds: Triple, ...files: readonly string[]): Each {
  return { noun: 'package', count: { of: 'locked', files }, seconds };
}

/** Counts requirements of Python. */
export function required(seconds: Triple, skip: number): Each {
  return { noun: 'requirement', count: { of: 'required', skip }, seconds };
}
