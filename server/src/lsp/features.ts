import type { CompletionList, CompletionParams } from 'vscode-languageserver';
import { classifyName } from '../project/classify.js';
import { completeIgnore } from './completion.js';
import type { Documents } from './documents.js';
import type { Resolve } from './resolve.js';

export interface FeatureDeps {
  readonly documents: Documents;
  readonly resolve: Resolve;
}

/** Answers to the standard requests that rest on build contexts. Empty for documents that are no files. */
export interface Features {
  completion(params: CompletionParams, signal: AbortSignal): Promise<CompletionList | null>;
}

/** The features of the session. */
export function createFeatures(deps: FeatureDeps): Features {
  return {
    async completion({ textDocument, position }, signal) {
      const document = deps.documents.get(textDocument.uri);
      const path = document?.path;
      if (document === undefined || path === undefined || classifyName(path) !== 'dockerignore') return null;
      const { text } = document;
      return (
        (await deps.resolve((snapshot) => completeIgnore(snapshot, path, text, position), signal)) ?? null
      );
    },
  };
}
