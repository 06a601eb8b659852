import type { Engine } from '../../server/src/engine/model.js';
import { type OwnRule, ownRules } from '../../server/src/engine/own.js';
import { allRules } from '../../server/src/rules/index.js';
import { testShellParser } from './shell.js';

/** The engine with every rule and the shell grammar, as the adapters build it. */
export async function testEngine(): Promise<Engine> {
  return { rules: allRules, shellParser: await testShellParser() };
}

/** Every rule there is a page for: the registered ones and the engine's own. */
export function documentedRules(): readonly OwnRule[] {
  // Its page ignores this rule.
  const shown = ownRules.filter(
    (r) => r.meta.id !== 'unused-suppression' || allRules.some((rule) => rule.meta.id === 'missing-shm-size'),
  );
  return [...allRules.map(({ meta, category }) => ({ meta, category })), ...shown];
}
