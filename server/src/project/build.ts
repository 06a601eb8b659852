/** One way in which the project builds a Dockerfile. */
export interface Build {
  /** Absolute path of the Dockerfile. */
  readonly dockerfile: string;
  /** Absolute path of the context folder; for a remote context (`https://…`, git) its address, with `remote` true. */
  readonly context: string;
  readonly remote: boolean;
  /** BuildKit fetches the repository itself, as workflows do by default: only tracked files, and no ignore file (SPEC A1). */
  readonly git?: boolean;
  /** Absolute path of the ignore file BuildKit reads for it, null where there is none (SPEC A1). */
  readonly ignoreFile: string | null;
  /** Stage named by the definition, null for the last one. */
  readonly target: string | null;
  /** Build arguments that the definition sets; null = taken from the environment, so unknown. */
  readonly args: Readonly<Record<string, string | null>>;
  /** Names that `additional_contexts` / `contexts` give: a COPY --from or FROM of these is no stage and no image. */
  readonly namedContexts: readonly string[];
  /** Where this was found, e.g. `compose.yaml services.web`, `configuration`, `heuristic`. */
  readonly source: string;
  readonly kind: 'option' | 'configuration' | 'compose' | 'bake' | 'workflow' | 'devcontainer' | 'heuristic';
  /** One sentence a person can check. */
  readonly why: string;
}
