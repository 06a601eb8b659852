import type { StepCommand } from '../../server/src/sim/commands.js';

/** A command of a RUN in `/app`, its words as a line has them between blanks. */
export function command(line: string): StepCommand {
  const words = line.split(' ').map((value) => ({
    value,
    literal: !value.includes('$'),
    span: { start: 0, end: 0 },
  }));
  return {
    words,
    assignments: [],
    redirects: [],
    joined: 'start',
    inside: [],
    span: { start: 0, end: 0 },
    folder: '/app',
    exec: false,
  };
}
