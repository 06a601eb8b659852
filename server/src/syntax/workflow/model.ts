import type { Span } from '../../text/span.js';
import type { ChangingArgument } from '../changing/script.js';
import type { Problem } from '../problem.js';

/** A GitHub workflow or composite action, as far as it builds images. */
export interface WorkflowFile {
  /** `other`: YAML that is neither. */
  readonly kind: 'workflow' | 'action' | 'other';
  /** A step builds an image, also where how is not known (`docker compose build`, an action that is not read here). */
  readonly buildsImages: boolean;
  readonly builds: readonly WorkflowBuild[];
  readonly bakes: readonly WorkflowBake[];
  readonly problems: readonly Problem[];
}

/**
 * One image build. Paths are relative to the checkout (the repository's root), normalized, `.` for the root itself; they
 * are undefined where an expression (`${{ … }}`) or a shell variable decides.
 */
export interface WorkflowBuild {
  readonly how: 'build-push-action' | 'command';
  /** Key of the job; undefined in a composite action. */
  readonly job: string | undefined;
  /** Name of the step as written, undefined without one. */
  readonly step: string | undefined;
  /** Its place among the steps of its job, from 0. */
  readonly index: number;
  /** The `uses:` value or the command. */
  readonly span: Span;
  /** The context folder; for a remote context its address. */
  readonly context: string | undefined;
  readonly remote: boolean;
  /** BuildKit fetches the repository itself (build-push-action without `context`): tracked files only, no ignore file. */
  readonly git?: boolean;
  /** The Dockerfile. Where none is named: `Dockerfile` in the context. */
  readonly file: string | undefined;
  /** Null = the last stage. */
  readonly target: string | null | undefined;
  /** Null = a value that is not known. */
  readonly args: Readonly<Record<string, string | null>>;
  /** Arguments whose value changes by itself. */
  readonly changing: readonly ChangingArgument[];
  /** Names given by `build-contexts` or `--build-context`. */
  readonly namedContexts: readonly string[];
}

/** A `docker buildx bake` step. */
export interface WorkflowBake {
  readonly job: string | undefined;
  readonly step: string | undefined;
  readonly index: number;
  readonly span: Span;
  /** Relative to the checkout; empty = bake's default names; undefined where an expression decides. */
  readonly files: readonly string[] | undefined;
  readonly targets: readonly string[] | undefined;
}
