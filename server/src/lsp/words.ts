import type { Build } from '../project/build.js';

/** What every measured number in the editor rests on. */
export const basis = 'Simulated from the files on disk, as BuildKit 0.33 does it.';

/** Why there is no answer to a question about a document. */
export const noFile = 'This document is no file on disk.';
export const noBuild = 'No Dockerfile is built from here.';

/** How a build is named in passing. */
export function buildName({ kind, source }: Pick<Build, 'kind' | 'source'>): string {
  if (kind === 'heuristic') return 'as the files suggest';
  return kind === 'configuration' ? '.plimsoll.yaml' : source;
}

/** `text` as inline code in Markdown, whatever characters it holds. */
export function code(text: string): string {
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const blank = text.startsWith('`') || text.endsWith('`') || text === '' ? ' ' : '';
  return `${fence}${blank}${text.replace(/[\r\n\t]/g, '\uFFFD')}${blank}${fence}`;
}
