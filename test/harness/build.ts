import type { Build } from '../../server/src/project/build.js';
import { root } from './memfs.js';

/** A build of `Dockerfile` in the folder of `memorySnapshot`, as if named on the command line. */
export const testBuild: Build = {
  dockerfile: `${root}/Dockerfile`,
  context: root,
  remote: false,
  ignoreFile: null,
  target: null,
  args: {},
  namedContexts: [],
  source: 'test',
  kind: 'option',
  why: '',
};
