import type { Document, Node, YAMLMap } from 'yaml';
import type { LineIndex } from '../../text/lines.js';
import type { Span } from '../../text/span.js';
import type { Problem } from '../problem.js';
import type { Interpolated } from './interpolate.js';

/** One compose file on its own. */
export interface ComposeFile {
  readonly text: string;
  readonly lines: LineIndex;
  /** The parsed YAML with its ranges: what fixes work on. Read only. */
  readonly document: Document;
  readonly name: string | undefined;
  readonly services: readonly ComposeService[];
  readonly includes: readonly ComposeInclude[];
  readonly comments: readonly { readonly span: Span; readonly text: string }[];
  readonly problems: readonly Problem[];
}

/** A service as this one file writes it: YAML anchors and merge keys resolved, nothing from other files. */
export interface ComposeService {
  readonly name: string;
  readonly nameSpan: Span;
  /** From the name to the end of its last value. */
  readonly span: Span;
  /** The map written here; undefined where the value is an alias, null or no map. */
  readonly node: YAMLMap | undefined;
  /** The keys with plain values, after aliases and `<<` (own keys win). Not interpolated. */
  readonly values: ReadonlyMap<string, ComposeValue>;
  /** Keys (and keys inside them) that `!reset` or `!override` takes away from what is below; `[]` is the whole service. */
  readonly removed: readonly (readonly string[])[];
}

/** A plain JavaScript value with the place it was written at (for merged-in values: where the anchor is). */
export interface ComposeValue {
  readonly value: unknown;
  readonly span: Span;
  /** Where its key stands; undefined for list items. */
  readonly keySpan: Span | undefined;
  /** Came by an alias or a merge key, so an edit there would change other services too. */
  readonly shared: boolean;
  /** `!reset` or `!override` of Compose. */
  readonly tag: 'reset' | 'override' | undefined;
  /** The YAML node of the value, aliases followed; undefined for a key without value. Read only. */
  readonly node: Node | undefined;
}

export interface ComposeInclude {
  /** As written, not interpolated. */
  readonly paths: readonly string[];
  /** `project_directory` and `env_file` of the long form. */
  readonly projectDirectory: string | undefined;
  readonly envFiles: readonly string[];
  readonly span: Span;
}

/** A value of the merged project and the file it comes from. */
export interface SourcedValue extends ComposeValue {
  /** Absolute path of the file. */
  readonly path: string;
  /** The value as the last file writes it, variables not filled in. In `value`, strings with an unknown variable are undefined. */
  readonly raw: unknown;
}

/** A service after overrides, `extends`, `include` and interpolation: what Compose would run. */
export interface ResolvedService {
  readonly name: string;
  readonly values: ReadonlyMap<string, SourcedValue>;
  /** The files that write this service, base first. */
  readonly definedIn: readonly { readonly path: string; readonly service: ComposeService }[];
  /** Something that could not be resolved (a missing `extends` file, say): rules that must be sure stay silent. */
  readonly incomplete: boolean;
}

/** The project a compose file belongs to: `compose.yaml` with its override, or a stand-alone file. */
export interface ComposeProject {
  /** Absolute paths, base first. */
  readonly files: readonly string[];
  /** The folder relative paths start from. */
  readonly folder: string;
  readonly services: readonly ResolvedService[];
  /** Fills in the project's variables, as they are known. */
  readonly interpolate: (text: string) => Interpolated;
}
