export { chooseHost } from './choose.js';
export { runAll } from './run.js';
