import { earlyFindings } from '../early.js';
import { dockerfileRule } from '../rule.js';

/** An ARG reaches every RUN below it, used or not: each new value makes all of them run again. */
export default dockerfileRule(
  {
    id: 'volatile-argument-early',
    severity: ['warning', 'information'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary:
      'An argument that changes by itself stands ahead of steps that do not use it, so they run again with every value.',
  },
  (rule) => earlyFindings(rule, 'ARG'),
);
