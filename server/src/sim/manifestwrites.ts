import type { Install } from './installs.js';

/** Flags by which an install leaves its lock file as it is. */
const FROZEN = /^--(frozen(-lockfile)?|locked|immutable|frozen-lock)(=true)?$/;

/** Whether an install may write into its manifests, so that they can't be mounted read-only. */
export function writesManifests({ manager, what, flags }: Install): boolean {
  if (what === 'npm-ci') return false;
  if (manager === 'pip') return false;
  if (manager === 'uv' && what === 'uv-requirements') return false;
  return !flags.some((flag) => FROZEN.test(flag));
}
