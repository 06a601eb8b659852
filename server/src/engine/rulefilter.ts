import type { Config } from '../project/config.js';
import type { Profile, RuleMeta, Severity } from '../rules/rule.js';
import type { LintOptions } from './model.js';

const ranks: Readonly<Record<Severity, number>> = { error: 3, warning: 2, information: 1, hint: 0 };
const profiles: Readonly<Record<Profile, number>> = { default: 0, thorough: 1, everything: 2 };

/** 3 for error down to 0 for hint. */
export function severityRank(severity: Severity): number {
  return ranks[severity];
}

/** The gravest severity a rule's metadata lists. */
export function mainSeverity(meta: RuleMeta): Severity {
  return typeof meta.severity === 'string' ? meta.severity : meta.severity[0];
}

/** What the person or the project says of a rule; the person's word counts more. Undefined where neither says anything. */
export function chosenSeverity(
  id: string,
  config: Config,
  options: LintOptions,
): Severity | 'off' | undefined {
  return options.severities?.[id] ?? config.rules[id];
}

/**
 * Whether a rule runs: named by `only` it always does; else not when it is off; else when its severity was chosen, or
 * when the profile shows it.
 */
export function isActive(meta: RuleMeta, config: Config, options: LintOptions): boolean {
  if (options.only !== undefined) return options.only.includes(meta.id);
  const chosen = chosenSeverity(meta.id, config, options);
  if (chosen !== undefined) return chosen !== 'off';
  return profiles[meta.profile] <= profiles[options.profile ?? config.profile ?? 'default'];
}

/** The severity a finding is shown at: the chosen one, the rule's word for this finding, else that of its metadata. */
export function severityOf(
  meta: RuleMeta,
  said: Severity | undefined,
  config: Config,
  options: LintOptions,
): Severity {
  const chosen = chosenSeverity(meta.id, config, options);
  if (chosen !== undefined && chosen !== 'off') return chosen;
  return said ?? mainSeverity(meta);
}
