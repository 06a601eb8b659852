import type { SessionFacts } from './facts.js';
import type { Settings } from './protocol.js';

export interface TrustDeps {
  readonly facts: SessionFacts;
  /** The settings of the workspace. */
  readonly settings: () => Promise<Settings>;
  readonly trusted: () => boolean;
  /** Git is asked from now on, or not any more, or another one. */
  readonly changed: () => void;
}

/** Tells the facts whether git may be asked, and which, as trust and settings are now. Call it when either may have changed. */
export function createTrust({ facts, settings, trusted, changed }: TrustDeps): () => Promise<void> {
  // What the settings say of git is known later; by itself that makes nothing wait.
  let told = JSON.stringify([trusted(), 'git']);
  facts.trustGit(trusted());
  return async () => {
    const { path: program } = (await settings()).git;
    const now = JSON.stringify([trusted(), program]);
    if (now === told) return;
    told = now;
    facts.trustGit(trusted(), program);
    changed();
  };
}
