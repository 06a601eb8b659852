import { earlyFindings } from '../early.js';
import { dockerfileRule } from '../rule.js';

/** An ENV made of an argument is part of every RUN below it: each new value makes all of them run again. */
export default dockerfileRule(
  {
    id: 'environment-early',
    severity: ['warning', 'information'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'An ENV made of an argument that changes by itself stands ahead of steps that do not use it.',
  },
  (rule) => earlyFindings(rule, 'ENV'),
);
