import type { InitializeParams } from 'vscode-languageserver';
import type { MeasuredBuild } from '../project/measured.js';
import { readMeasured } from './measured.js';
import type { InitializationOptions } from './protocol.js';
import type { Uris } from './uris.js';

/** What the client said in `initialize`, as far as it was understood. */
export interface Initial {
  /** Paths of the workspace folders, or of the root of clients that know no folders. */
  readonly folders: readonly string[];
  /** Path → `source` of the build the person chose. */
  readonly chosenBuilds: Readonly<Record<string, string>>;
  /** False where git and docker have to wait. */
  readonly trusted: boolean;
  /** Path of a Dockerfile → builds of it that were measured. */
  readonly measured: ReadonlyMap<string, readonly MeasuredBuild[]>;
  /** The `plimsoll` settings, for clients that cannot be asked. */
  readonly settings: unknown;
  readonly clientName: string | undefined;
}

function optionsOf(params: InitializeParams): InitializationOptions {
  const given: unknown = params.initializationOptions;
  return typeof given === 'object' && given !== null ? (given as InitializationOptions) : {};
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams, uris: Uris): readonly string[] {
  const root = typeof rootUri === 'string' ? [rootUri] : [];
  const given = workspaceFolders?.map(({ uri }) => uri) ?? root;
  return [...new Set(given.flatMap((uri) => uris.pathOf(uri) ?? []))];
}

function choicesOf(options: InitializationOptions, uris: Uris): Record<string, string> {
  const choices: Record<string, string> = {};
  for (const [uri, source] of Object.entries(options.chosenBuilds ?? {})) {
    const path = uris.pathOf(uri);
    if (path !== undefined && typeof source === 'string') choices[path] = source;
  }
  return choices;
}

function measuredOf(
  options: InitializationOptions,
  uris: Uris,
): ReadonlyMap<string, readonly MeasuredBuild[]> {
  const given: unknown = options.measured;
  if (typeof given !== 'object' || given === null) return new Map();
  return new Map(
    Object.entries(given).flatMap(([uri, builds]): [string, readonly MeasuredBuild[]][] => {
      const path = uris.pathOf(uri);
      return path === undefined ? [] : [[path, readMeasured(builds)]];
    }),
  );
}

/** Reads the parameters of `initialize`. Unknown or malformed parts count as not given. */
export function readInitial(params: InitializeParams, uris: Uris): Initial {
  const options = optionsOf(params);
  const { name, version } = params.clientInfo ?? {};
  return {
    folders: foldersOf(params, uris),
    chosenBuilds: choicesOf(options, uris),
    trusted: options.trusted !== false,
    measured: measuredOf(options, uris),
    settings: options.settings,
    clientName:
      name === undefined ? undefined : [name, version].filter((part) => part !== undefined).join(' '),
  };
}
