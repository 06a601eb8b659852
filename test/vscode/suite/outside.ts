import { randomUUID } from 'node:crypto';
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
  const id = randomUUID();
  const answerFile = path.join(plan.channel, 'answer.json');
  writeFileSync(path.join(plan.channel, 'ask.tmp'), JSON.stringify({ id, ask, args }));
  renameSync(path.join(plan.channel, 'ask.tmp'), path.join(plan.channel, 'ask.json'));
  const answer = await until(
    `answer to ${ask}`,
    () => {
      if (!existsSync(answerFile)) return undefined;
      const said = JSON.parse(readFileSync(answerFile, 'utf8'));
      rmSync(answerFile);
      // One that nobody waits for any more says nothing of what is asked now.
      return said.id === id ? said : undefined;
    },
    60_000,
  );
  if (typeof answer.error === 'string') throw new Error(answer.error);
  return answer.result;
}
