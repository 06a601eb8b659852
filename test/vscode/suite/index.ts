import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plan, StepResult } from '../plan.js';
import { Skip, type Step } from './step.js';
import { devSteps, packedSteps, restrictedSteps } from './steps.js';

/** What VS Code calls: runs the steps of the plan one after the other, each whatever became of the one before. */
export async function run(): Promise<void> {
  const plan: Plan = JSON.parse(process.env.PLIMSOLL_TEST ?? '{}');
  const steps = { dev: devSteps, packed: packedSteps, restricted: restrictedSteps }[plan.mode];
  const results: StepResult[] = [];
  const wanted = steps.filter(([name]) => plan.filter.split('|').some((part) => name.includes(part)));
  for (const step of wanted) results.push(await runStep(step, plan));
  writeFileSync(path.join(plan.channel, 'results.json'), JSON.stringify(results));
  if (results.some(({ state }) => state === 'failed')) throw new Error('steps failed');
}

async function runStep([name, step]: Step, plan: Plan): Promise<StepResult> {
  try {
    const note = await step(plan);
    return { name, state: 'passed', ...(typeof note === 'string' ? { note } : {}) };
  } catch (error) {
    if (error instanceof Skip) return { name, state: 'skipped', note: error.message };
    return {
      name,
      state: 'failed',
      note: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
