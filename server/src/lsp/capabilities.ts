import { type ClientCapabilities, DiagnosticTag, type InitializeParams } from 'vscode-languageserver';

/** What the client can do. Worked out once from `initialize`; nothing else reads the client's capabilities. */
export interface Client {
  /** It asks for diagnostics (`textDocument/diagnostic`): then nothing is ever pushed. */
  readonly pull: boolean;
  /** It re-asks when told (`workspace/diagnostic/refresh`). */
  readonly refresh: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  /** Text that does nothing may be shown faded. */
  readonly unnecessary: boolean;
  /** Published diagnostics may carry the document's version. */
  readonly publishVersion: boolean;
  /** Code actions as objects; without it plain commands. */
  readonly actionLiterals: boolean;
  readonly preferred: boolean;
  /** The edit of a code action may come later (`codeAction/resolve`). */
  readonly resolve: boolean;
  /** Edits with the version they were computed for. */
  readonly documentChanges: boolean;
  readonly createFile: boolean;
  /** Edits may say that a person has to confirm them. */
  readonly confirm: boolean;
  readonly hints: boolean;
  readonly hintRefresh: boolean;
  readonly lenses: boolean;
  readonly lensRefresh: boolean;
  readonly completion: boolean;
  readonly configuration: boolean;
  /** Changes of settings can be asked for. */
  readonly registerConfiguration: boolean;
  readonly registerWatchers: boolean;
  readonly folders: boolean;
  readonly markdown: boolean;
  /** It understands `plimsoll/status`: our own client, known by its `chosenBuilds`. */
  readonly status: boolean;
}

function actions(capabilities: ClientCapabilities): Pick<Client, 'actionLiterals' | 'preferred' | 'resolve'> {
  const action = capabilities.textDocument?.codeAction;
  return {
    actionLiterals: action?.codeActionLiteralSupport !== undefined,
    preferred: action?.isPreferredSupport === true,
    resolve: action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true,
  };
}

function diagnostics(
  capabilities: ClientCapabilities,
): Pick<
  Client,
  'pull' | 'refresh' | 'relatedInformation' | 'codeDescription' | 'unnecessary' | 'publishVersion'
> {
  const pull = capabilities.textDocument?.diagnostic;
  const push = capabilities.textDocument?.publishDiagnostics;
  return {
    pull: pull !== undefined,
    refresh: capabilities.workspace?.diagnostics?.refreshSupport === true,
    relatedInformation: (pull?.relatedInformation ?? push?.relatedInformation) === true,
    codeDescription: (pull?.codeDescriptionSupport ?? push?.codeDescriptionSupport) === true,
    unnecessary:
      (pull?.tagSupport ?? push?.tagSupport)?.valueSet?.includes(DiagnosticTag.Unnecessary) === true,
    publishVersion: push?.versionSupport === true,
  };
}

function extras(
  capabilities: ClientCapabilities,
): Pick<Client, 'hints' | 'hintRefresh' | 'lenses' | 'lensRefresh' | 'completion'> {
  const { textDocument, workspace } = capabilities;
  return {
    hints: textDocument?.inlayHint !== undefined,
    hintRefresh: workspace?.inlayHint?.refreshSupport === true,
    lenses: textDocument?.codeLens !== undefined,
    lensRefresh: workspace?.codeLens?.refreshSupport === true,
    completion: textDocument?.completion !== undefined,
  };
}

/** The client's abilities as plain booleans. */
export function clientOf(params: InitializeParams): Client {
  const capabilities = params.capabilities;
  const workspace = capabilities.workspace;
  const options: unknown = params.initializationOptions;
  return {
    ...diagnostics(capabilities),
    ...actions(capabilities),
    ...extras(capabilities),
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    createFile: workspace?.workspaceEdit?.resourceOperations?.includes('create') === true,
    confirm: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    configuration: workspace?.configuration === true,
    registerConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registerWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    folders: workspace?.workspaceFolders === true,
    markdown: capabilities.textDocument?.hover?.contentFormat?.includes('markdown') === true,
    status: typeof options === 'object' && options !== null && 'chosenBuilds' in options,
  };
}
