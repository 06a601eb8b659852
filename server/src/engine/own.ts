import type { RuleMeta } from '../rules/rule.js';
import type { Span } from '../text/span.js';
import type { Finding } from './model.js';

/** A rule of the engine itself, about its own comments. */
export interface OwnRule {
  readonly meta: RuleMeta;
  readonly category: string;
}

/** A suppression comment that names a rule which has nothing to say there. */
export const unusedSuppression: OwnRule = {
  category: 'suppressions',
  meta: {
    id: 'unused-suppression',
    severity: 'hint',
    profile: 'default',
    since: '0.1.0',
    fixes: 'always',
    summary: 'A suppression comment silences nothing.',
  },
};

/** A suppression comment that names no rule, or one that does not exist. */
export const unknownSuppression: OwnRule = {
  category: 'suppressions',
  meta: {
    id: 'unknown-suppression',
    severity: 'hint',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A suppression comment names a rule that does not exist, or none.',
  },
};

/** The engine's own rules, in the order of their ids. */
export const ownRules: readonly OwnRule[] = [unknownSuppression, unusedSuppression];

/** A finding of one of the engine's own rules, at the severity of its metadata. */
export function engineFinding(
  rule: OwnRule,
  found: { readonly at: Span; readonly message: string; readonly fixes?: Finding['fixes'] },
): Finding {
  return {
    rule: rule.meta.id,
    category: rule.category,
    severity: 'hint',
    message: found.message,
    at: found.at,
    related: [],
    fixes: found.fixes ?? [],
    impact: null,
    pays: [],
    rebuilds: null,
    tags: [],
  };
}
