import type { Outcome } from './case.js';
import type { Copied, Simulated } from './simulated.js';
import type { TarEntry } from './tar.js';

/** What came of one case. */
export interface Verdict {
  /** `refused`: BuildKit does not get as far as the context, for a reason that has nothing to do with it. `unknown`: the simulation says that it can't know. */
  readonly kind: 'equal' | 'different' | 'refused' | 'unknown';
  /** For people, where different. */
  readonly lines: readonly string[];
}

/** Whether an error is about what the context holds or which patterns select it. */
export function isAboutContext(error: string): boolean {
  return /token too long|not found|no such file or directory|not a directory|syntax error in pattern|illegal exclusion|too many links|excludepatterns|includepatterns|non-printable/.test(
    error.replace(/target stage .* could not be found|failed to (?:do|resolve).*/, ''),
  );
}

/** Compares what BuildKit did with what the simulation says. */
export function compare(real: Outcome, ours: Simulated): Verdict {
  if (ours.unknown.length > 0) return { kind: 'unknown', lines: ours.unknown };
  const failed = real.error !== undefined && isAboutContext(real.error);
  if (real.error !== undefined && !failed && real.wireBytes === null)
    return { kind: 'refused', lines: [real.error] };
  const lines: string[] = [];
  const given = (value: unknown): string => (value === null ? 'none' : String(value));
  if (real.wireBytes !== null || (real.error === undefined && ours.contextLoaded)) {
    if (real.contextLoaded !== ours.contextLoaded)
      lines.push(`context loaded: BuildKit ${real.contextLoaded}, ours ${ours.contextLoaded}`);
    if (real.wireBytes !== ours.wireBytes)
      lines.push(`bytes: BuildKit ${given(real.wireBytes)}, ours ${given(ours.wireBytes)}`);
  }
  if (failed && ours.failures.length === 0) lines.push(`BuildKit fails, ours does not: ${real.error}`);
  if (real.error === undefined && ours.failures.length > 0)
    lines.push(`BuildKit succeeds, ours fails: ${ours.failures.join('; ')}`);
  return { kind: lines.length > 0 ? 'different' : 'equal', lines };
}

/** Compares what an image holds with what the simulation says of each copy; every copy goes to a folder of its own. */
export function compareCopies(image: readonly TarEntry[], copies: readonly Copied[]): readonly string[] {
  return copies.flatMap(({ to, files, bytes }) => {
    const folder = to.replace(/^\//, '');
    const real = image.filter(({ name, type }) => type === '0' && name.startsWith(folder));
    const size = real.reduce((sum, { body }) => sum + body.length, 0);
    if (real.length === files && size === bytes) return [];
    return [
      `${to}: BuildKit copies ${real.length} files, ${size} bytes; ours ${files} files, ${bytes} bytes`,
    ];
  });
}
