import path from 'node:path';
import type { FactStoreOptions } from '../node/facts.js';
import { createHistorian } from '../node/historian.js';
import { createMeasurer } from '../node/measurer.js';
import type { Arguments } from './args.js';
import { type Io, unmeasured } from './io.js';

/** What a command asks besides files: contexts are measured, and git is asked unless the arguments forbid it. Threads start on need. */
export function diskPorts(
  io: Io,
  args: Arguments,
): Pick<FactStoreOptions, 'measurer' | 'history' | 'failed'> {
  const worker = path.join(io.dist, 'worker.js');
  return {
    measurer: createMeasurer({ worker }),
    failed: unmeasured(io),
    ...(args.options.has('no-git') ? {} : { history: createHistorian({ worker }) }),
  };
}
