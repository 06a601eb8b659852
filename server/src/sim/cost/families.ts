import type { Range } from './ranges.js';

/*
 * What commands take when they run, as far as it is known without running them. One entry for each family, and nothing of
 * it anywhere else. All of these are priors: they differ by machine, network and project, so each is a range, and a
 * person's own build says more than all of them.
 */

/** What the number of things is counted from. */
export type Count =
  /** Packages named on the command line. */
  | 'named'
  /** Packages in the lock file or list that the command reads. */
  | 'locked'
  /** Megabytes of the files it goes through. */
  | 'megabytes';

export interface Family {
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Commands that belong to it: the program's name, and what its words (options left out) look like. The first family that fits counts. */
  readonly commands: readonly {
    readonly program: RegExp;
    readonly words?: RegExp;
    readonly options?: RegExp;
  }[];
  /** Seconds of one run, whatever the number of things. */
  readonly fixed: Range;
  /** Seconds for each thing; left out where nothing is counted. */
  readonly each?: { readonly count: Count; readonly seconds: Range };
  /** Seconds of one run where the number is not known. */
  readonly otherwise?: Range;
  /** What a cache mount at one of these folders saves once it is filled, as a share. */
  readonly warm?: { readonly folders: RegExp; readonly saves: Range };
  /** Where it comes from, one phrase. */
  readonly source: string;
}

const range = (low: number, value: number, high: number): Range => ({ low, value, high });

/** Saved by downloads that are there already (EVIDENCE 7.2). */
const downloads = range(0.3, 0.5, 0.7);

/** Starting a container and keeping its layer. */
export const containerStart: Family = {
  id: 'container',
  title: 'starting a RUN',
  commands: [],
  fixed: range(0.04, 0.07, 0.1),
  source: 'measured: a RUN that does nothing, BuildKit 0.33 on 2 processors',
};

export const families: readonly Family[] = [
  {
    id: 'apt-update',
    title: 'apt-get update',
    commands: [{ program: /^(apt|apt-get|aptitude)$/, words: /^update$/ }],
    fixed: range(4, 7, 10),
    source: 'package lists of Debian and Ubuntu: 5–10 s in published builds',
  },
  {
    id: 'apt-install',
    title: 'apt-get install',
    commands: [{ program: /^(apt|apt-get|aptitude)$/, words: /^(install|build-dep|satisfy) / }],
    fixed: range(2, 5, 10),
    each: { count: 'named', seconds: range(1, 2, 4) },
    otherwise: range(15, 40, 120),
    warm: { folders: /^\/var\/(cache|lib)\/apt/, saves: downloads },
    source: '3 packages in 24 s, gcc in 29 s, a large image in 103 s (published builds)',
  },
];
