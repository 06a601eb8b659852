import type { Build } from '../../project/build.js';
import type { ContextView } from '../../project/context.js';
import type { Amount } from '../../project/measure.js';
import type { Snapshot } from '../../project/snapshot.js';
import type { ContextNeeds } from '../../sim/context/model.js';
import type { ShellOf, StageGraph } from '../../sim/model.js';
import type { Dockerfile } from '../../syntax/dockerfile/model.js';

/** What there is to know of a build before an ignore file for it is written. */
export interface IgnoreInput {
  readonly snapshot: Snapshot;
  readonly build: Build;
  /** All builds of this Dockerfile. */
  readonly builds: readonly Build[];
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly shell: ShellOf;
  readonly needs: ContextNeeds;
}

/** One build that reads the ignore file in question, and what it takes of the context. */
export interface BuildView {
  readonly build: Build;
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly needs: ContextNeeds;
  readonly shell: ShellOf;
  readonly view: ContextView;
  /** The text of all that runs in the stages the build needs, and of what their images start. */
  readonly spoken: string;
}

/** Headings of the generated file, in their order. */
export const groups = [
  'Version control',
  'Made anew by the build',
  'Caches',
  'Left by editors and systems',
  'Left by tests',
  'Logs',
  'Secrets',
  'Read by CI',
  'Read by Docker itself',
] as const;

export type Group = (typeof groups)[number];

/** See ARCHITECTURE.md: `safe` is earned by version control data, caches, and folders that a step provably makes anew. */
export type LineApplicability = 'safe' | 'unsafe';

/** A pattern that may be worth a line. */
export interface Candidate {
  readonly pattern: string;
  readonly group: Group;
  /** One phrase: what it is, and who makes it anew where that counts. */
  readonly reason: string;
  readonly applicability: LineApplicability;
  /** Worth its line although nothing of it is there yet: a build folder the project's own tools make. */
  readonly soon: boolean;
  /** The project's tools rewrite it while the program stays the same: a copy of it runs the steps below again. */
  readonly volatile: boolean;
}

/** One line that is worth adding to the ignore file, and what it would hide of what is sent today. */
export interface IgnoreSuggestion extends Amount {
  readonly pattern: string;
  readonly reason: string;
  readonly applicability: LineApplicability;
}

/** What BuildKit transfers on a first build. */
export interface SentAmount extends Amount {
  readonly wireBytes: number;
}

/** An ignore file as it would be written. */
export interface GeneratedIgnore {
  /** Absolute. */
  readonly path: string;
  /** The whole text, of a file that is there already too. */
  readonly text: string;
  /** The file is there already: lines are added. */
  readonly additions: boolean;
  /** A full phrase for a button. */
  readonly title: string;
  readonly before: SentAmount;
  readonly after: SentAmount;
  readonly applicability: LineApplicability;
  /** The patterns added, in the order of the file. */
  readonly lines: readonly string[];
}

/** Why no ignore file is written: one sentence. */
export interface Refused {
  readonly refused: string;
}
