import { PROVEN } from './provenpairs.js';

/**
 * How a fix brings the manifests to an install: `copy`, plain COPY lines; `parents`, one COPY --parents; `bind`, bind
 * mounts; `prefetch`, any of these with a RUN that only downloads; `compile`, one that compiles what it downloads; `ahead`,
 * any of the first three with an install of the dependencies alone, the whole install staying behind the source; `split`: any of
 * them with the RUN cut in two, what needs the source staying behind it.
 */
export type FixForm = 'copy' | 'parents' | 'bind' | 'prefetch' | 'compile' | 'ahead' | 'split';

/**
 * Whether real builds before and after a fix of that form gave the same image for that ecosystem (a folder below
 * test/ecosystems); what is not proven is not safe.
 */
export function isProven(ecosystem: string, form: FixForm): boolean {
  return PROVEN.includes(`${ecosystem} ${form}`);
}
