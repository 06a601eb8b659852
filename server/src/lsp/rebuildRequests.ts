import type { Handlers } from './commands.js';
import type { ContextDeps } from './contextReport.js';
import { targetOf } from './contextTarget.js';
import type { Candidate, StepsOfFileResult, WhyRebuildResult } from './protocol.js';
import { noBuild, noFile } from './words.js';

export type RebuildHandlers = Pick<Handlers, 'plimsoll/whyRebuild' | 'plimsoll/stepsOfFile'>;

const notYet = 'This is not worked out yet.';

/** The answers to the requests about what is built again. */
export function createRebuildHandlers(deps: ContextDeps): RebuildHandlers {
  const target = async (
    uri: string,
    signal: AbortSignal,
  ): Promise<{ dockerfileUri: string | null; candidates: readonly Candidate[]; note: string | null }> => {
    const path = deps.uris.pathOf(uri);
    if (path === undefined) return { dockerfileUri: null, candidates: [], note: noFile };
    const found = await deps.resolve((snapshot) => targetOf(deps, snapshot, path), signal);
    const candidates = found?.candidates ?? [];
    const dockerfile = found?.build?.dockerfile;
    const dockerfileUri = dockerfile === undefined ? null : deps.uriOf(dockerfile);
    return { dockerfileUri, candidates, note: dockerfileUri === null ? noBuild : notYet };
  };
  return {
    async 'plimsoll/whyRebuild'({ uri }, signal): Promise<WhyRebuildResult> {
      const { dockerfileUri, candidates, note } = await target(uri, signal);
      return { build: null, dockerfileUri, candidates, steps: [], against: '', markdown: '', note };
    },
    async 'plimsoll/stepsOfFile'({ uri }, signal): Promise<StepsOfFileResult> {
      const { note } = await target(uri, signal);
      return { builds: [], note };
    },
  };
}
