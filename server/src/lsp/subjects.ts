import type { FactKind, Want } from '../project/snapshot.js';
import type { Analysis, Outcome, Subject } from './analysis.js';
import type { Documents } from './documents.js';
import type { SessionFacts } from './facts.js';
import type { SettingsCache } from './settings.js';
import type { Uris } from './uris.js';

/** Rounds of loading facts after which a document that always wants more is left as it is. */
const maxRounds = 40;

export interface SubjectDeps {
  readonly documents: Documents;
  readonly facts: SessionFacts;
  readonly settings: SettingsCache;
  readonly analysis: Analysis;
  readonly uris: Uris;
}

/** Outcomes by URI, whether the document is open or only on the disk. */
export interface Outcomes {
  /** With the facts known at this moment; undefined where there is no such document, or `signal` aborted. */
  now(uri: string, signal: AbortSignal): Promise<Outcome | undefined>;
  /** Loads facts until nothing but measurements and histories is lacking, which may take long. */
  read(uri: string, signal: AbortSignal): Promise<Outcome | undefined>;
  /** Loads facts until nothing is lacking any more. */
  settled(uri: string, signal: AbortSignal): Promise<Outcome | undefined>;
  /**
   * What `work` makes of the settled outcome, with the facts it asks for on the way: trying a fix may need another look at
   * the disk. Facts of the kinds in `without` are not waited for. Undefined as for `settled`.
   */
  worked<T>(
    uri: string,
    signal: AbortSignal,
    work: (outcome: Outcome) => T,
    without?: readonly FactKind[],
  ): Promise<T | undefined>;
}

/** The one function behind all diagnostics, actions and hovers. */
export function createOutcomes(deps: SubjectDeps): Outcomes {
  const { documents, facts, settings, analysis, uris } = deps;
  const fromDisk = async (uri: string, signal: AbortSignal): Promise<Subject | undefined> => {
    const path = uris.pathOf(uri);
    if (path === undefined) return undefined;
    await loadUnlessAborted(facts, [{ kind: 'text', path }], signal);
    if (signal.aborted) return undefined;
    const text = facts.snapshot([]).text(path);
    return text === undefined ? undefined : { uri, path, text, version: null, languageId: '' };
  };
  const now = async (uri: string, signal: AbortSignal): Promise<Outcome | undefined> => {
    const own = await settings.of(uri);
    if (signal.aborted) return undefined;
    const disk = documents.get(uri) === undefined ? await fromDisk(uri, signal) : undefined;
    // Looked up after the last await: this is the text that counts now.
    const subject = documents.get(uri) ?? disk;
    return subject === undefined || signal.aborted ? undefined : analysis.run(subject, own);
  };
  /** Loads what is lacking of what is `wanted`, until there is none of it. */
  const loaded = async (
    uri: string,
    signal: AbortSignal,
    wanted: (outcome: Outcome) => readonly Want[],
  ): Promise<Outcome | undefined> => {
    for (let round = 0; ; round++) {
      const outcome = await now(uri, signal);
      if (outcome === undefined || wanted(outcome).length === 0 || round >= maxRounds) return outcome;
      await loadUnlessAborted(facts, wanted(outcome), signal);
      if (signal.aborted) return undefined;
    }
  };
  const settled: Outcomes['settled'] = (uri, signal) => loaded(uri, signal, (outcome) => outcome.wanted);
  const except = (wants: readonly Want[], kinds: readonly FactKind[]): readonly Want[] =>
    wants.filter(({ kind }) => !kinds.includes(kind));
  return {
    now,
    read: (uri, signal) => loaded(uri, signal, ({ wanted }) => except(wanted, ['measure', 'history'])),
    settled,
    async worked(uri, signal, work, without = []) {
      for (let round = 0; ; round++) {
        const outcome = await loaded(uri, signal, ({ wanted }) => except(wanted, without));
        if (outcome === undefined) return undefined;
        const { snapshot } = outcome;
        const before = snapshot.misses();
        const result = work(outcome);
        const lacking = outcome.subject.path !== undefined && snapshot.misses() > before;
        const wanted = except(snapshot.wanted(), without);
        if (!lacking || wanted.length === 0 || round >= maxRounds) return result;
        await loadUnlessAborted(facts, wanted, signal);
        if (signal.aborted) return undefined;
      }
    },
  };
}

/** Being aborted is no failure: the caller looks at the signal. */
async function loadUnlessAborted(
  facts: SessionFacts,
  wants: readonly Want[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await facts.load(wants, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
