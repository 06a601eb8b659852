import type { Plan } from '../plan.js';

/** A step's name and what it does; it rejects when it fails and may return a note, such as a figure. */
export type Step = readonly [name: string, run: (plan: Plan) => Promise<unknown>];

/** Thrown by a step that can't be done in this host. */
export class Skip extends Error {}

/** For steps that need the window. */
export function needWindow(plan: Plan): void {
  if (!plan.ui) throw new Skip('this window cannot be driven from outside');
}
