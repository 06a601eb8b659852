import type { BuildStep } from '../cache/model.js';
import { commandsOf } from '../commands.js';
import { containerStart } from './families.js';
import type { StepSeconds } from './model.js';
import { estimate, unknown } from './ranges.js';
import type { SecondsInput } from './seconds.js';

/** Seconds of steps that nobody measured. */
export function estimatedSeconds({ shell }: SecondsInput): (buildStep: BuildStep) => StepSeconds {
  return ({ step, node }) => {
    const { kind } = step.instruction;
    if (kind !== 'RUN')
      return estimate({ low: 0.01, value: 0.02, high: 0.03 }, 'assumed', 'measured: a COPY of few files');
    const commands = commandsOf(node, step, shell);
    if (commands === undefined) return unknown('what it runs can not be read: import a build log');
    if (commands.length === 0) return estimate(containerStart.fixed, 'assumed', containerStart.source);
    return unknown('nothing is known of its commands: import a build log');
  };
}
