import type { Dockerfile } from './model.js';

/** Flags of COPY that older frontends do not know, and the Dockerfile syntax 1.x that brought them. */
const SINCE = { link: 4, exclude: 19, parents: 20 } as const;

/** A release of the labs channel knew these before. */
const LABS: Partial<Record<CopyFlag, number>> = { exclude: 7, parents: 7 };

export type CopyFlag = keyof typeof SINCE;

/**
 * Whether the frontend that reads the file surely knows a flag of COPY: its syntax line names a release that does or
 * follows the newest one, or the file uses the flag already. Without a syntax line the engine's own frontend decides,
 * which may be old.
 */
export function knowsCopyFlag({ syntax, instructions }: Dockerfile, flag: CopyFlag): boolean {
  const named = /(?:^|\/)docker\/dockerfile:1(?:\.(\d+))?(?:\.\d+)?(-labs)?(?:@.*)?$/.exec(syntax ?? '');
  if (named !== null) {
    const [, minor, labs] = named;
    const from = labs === undefined ? SINCE[flag] : Math.min(SINCE[flag], LABS[flag] ?? SINCE[flag]);
    if (minor === undefined || Number(minor) >= from) return true;
  }
  return instructions.some(
    (one) => one.kind === 'COPY' && one.flags.some(({ name, value }) => name === flag && value !== 'false'),
  );
}

/**
 * Whether the frontend that reads the file knows `RUN --mount`: Docker's own do since 1.2, without a syntax line the builder's
 * does. False for one that is not known.
 */
export function knowsMounts({ syntax }: Dockerfile): boolean {
  if (syntax === undefined) return true;
  const named = /(?:^|\/)docker\/dockerfile(?:-upstream)?(?::([^@]*))?(?:@.*)?$/.exec(syntax.trim());
  if (named === null) return false;
  const [, tag = 'latest'] = named;
  const release = /^1\.(\d+)(?:\.\d+)?(-\w+)?$/.exec(tag);
  return release === null || Number(release[1]) >= 2 || release[2] !== undefined;
}
