import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Asks, Plan } from '../plan.js';
import { until } from './wait.js';

/** Asks the outside to do something through the user interface; rejects with what went wrong there. */
export async function outside<K extends keyof Asks>(
  plan: Plan,
  ask: K,
  args: Asks[K]['args'],
): Promise<Asks[K]['result']> {
  const answerFile = path.join(plan.channel, 'answer.json');
  writeFileSync(path.join(plan.channel, 'ask.tmp'), JSON.stringify({ ask, args }));
  renameSync(path.join(plan.channel, 'ask.tmp'), path.join(plan.channel, 'ask.json'));
  await until(`an answer to ${ask}`, () => existsSync(answerFile), 40_000);
  const answer = JSON.parse(readFileSync(answerFile, 'utf8'));
  rmSync(answerFile);
  if (typeof answer.error === 'string') throw new Error(answer.error);
  return answer.result;
}
