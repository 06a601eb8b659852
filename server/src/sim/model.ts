import type { Instruction, Stage } from '../syntax/dockerfile/model.js';
import type { ShellScript } from '../syntax/shell/model.js';
import type { StepCommand } from './commands.js';
import type { GraphOptions } from './stages.js';

/** The stages of one Dockerfile as one build sees them: arguments resolved, target chosen, reachability known (SPEC B1, C). */
export interface StageGraph {
  readonly stages: readonly StageNode[];
  /** The stage that is built; undefined for a Dockerfile without stages or a target that does not exist. */
  readonly target: StageNode | undefined;
  /** What it was made with. */
  readonly options: GraphOptions;
}

export type StageBase =
  | { readonly kind: 'stage'; readonly index: number }
  /** `name` is undefined where a variable in it is unknown. */
  | { readonly kind: 'image'; readonly name: string | undefined }
  | { readonly kind: 'scratch' }
  /** A named context of the build (`additional_contexts`). */
  | { readonly kind: 'context'; readonly name: string };

export interface StageNode {
  readonly stage: Stage;
  readonly base: StageBase;
  readonly steps: readonly Step[];
  /** What ONBUILD of the stage it is FROM runs in it, before its own steps. */
  readonly triggered: readonly Step[];
  /** The target needs it. */
  readonly reachable: boolean;
  /** Its file system is part of the image that is shipped: the target or a stage the target is FROM, directly or not. */
  readonly shipped: boolean;
  /** Other stages it needs, with the instruction that says so. */
  readonly needs: readonly {
    readonly stage: number;
    readonly by: Instruction;
    readonly how: 'from' | 'copy' | 'mount';
  }[];
}

/** An instruction after FROM, with what holds just before it runs. */
export interface Step {
  readonly instruction: Instruction;
  readonly stage: number;
  /**
   * ENV of this stage and the stages it is FROM, and ARGs in scope, in the order in which BuildKit hands them on; a value is
   * undefined where it cannot be known.
   */
  readonly environment: ReadonlyMap<string, string | undefined>;
  /** Absolute; undefined where the base image decides (no WORKDIR yet) or a variable is unknown. */
  readonly workdir: string | undefined;
  /** Undefined where the base image decides. */
  readonly user: string | undefined;
  /** Whether its shell form is read by a POSIX-like shell (sh, bash, ash, dash; the default unless SHELL says otherwise). */
  readonly posixShell: boolean;
  /** The words of SHELL; undefined where the base image decides. */
  readonly shell: readonly string[] | undefined;
  /** A word with the step's variables in it; undefined where it depends on an unknown one, which in a graph with tokens none does. */
  readonly expand: (raw: string) => string | undefined;
}

/** Parsed shell text of a step, undefined where there is none to read (exec form, other shells, the parser not loaded). */
export interface ShellOf {
  (step: Step): ShellScript | undefined;
  /** What `commandsOf` made of a step: every rule asks again. */
  readonly commands?: Map<Step, readonly StepCommand[] | undefined>;
}
