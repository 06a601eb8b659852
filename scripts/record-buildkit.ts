import { writeFileSync } from 'node:fs';
import { recheckPairs, runPairs } from './record/cache/differ.js';
import { pairLine, readPairs } from './record/cache/facts.js';
import { caseLine, type Recorded, readCases, readRecorded } from './record/case.js';
import { runCorpus } from './record/corpus.js';
import { recordDevDeps } from './record/devdeps.js';
import { recheck, runRandom } from './record/differ.js';
import { noEngine } from './record/engine.js';
import { runFixes } from './record/fixes/check.js';
import { buildProjects, writePredictions } from './record/rebuilds/run.js';
import { recordCases } from './record/record.js';
import { checkSeconds } from './record/seconds/run.js';
import { recordStores } from './record/stores.js';

const usage = `record-buildkit context FILE [--out FILE]
    Builds the cases of a file of JSON lines and writes each with what was transferred.
record-buildkit random [--seed N] [--cases N] [--from N] [--shrink N] [--out FILE]
    Builds random cases, simulates each and reports every difference; exits with 1 where there is one.
record-buildkit check FILE
    Simulates recorded cases and reports what is not as recorded. Needs no engine.
record-buildkit corpus DIR...
    Compares what BuildKit transfers for the builds of real projects with what is simulated.
record-buildkit fixes DIR...
    Applies every fix that is offered for the Dockerfiles of real projects, each alone and all together, and lets
    \`docker build --call=check\` look at the results: no error or warning that was not there before.
record-buildkit cache [--seed N] [--cases N] [--from N] [--shrink N] [--out FILE]
    Builds random projects, edits and builds them again, and reports every step of which the simulation says wrong whether
    BuildKit takes it from its cache. Wants images called debian:12-slim and debian:12.
record-buildkit cache-check FILE
    The same for recorded pairs of builds. Needs no engine.
record-buildkit rebuilds [NAME]
    Builds the projects of test/sim/facts/rebuilds.json (whose name contains NAME) before and after each of their edits and
    compares with what was said in advance. Wants their base images.
record-buildkit rebuilds-predict
    Writes what the simulation says of them. Needs no engine.
record-buildkit stores [NAME]
    Builds the entries of test/sim/facts/stores.json (whose name contains NAME), installs again from their cache mounts and
    writes what was found. Wants their base images and the package registries.
record-buildkit devdeps [NAME]
    Builds the entries of test/sim/facts/devdeps.json (whose name contains NAME) before and after the fix each names, starts
    both images and writes what went away, or what the build failed with. Wants their base images and the registries.
record-buildkit seconds [NAME]
    Builds projects whose steps take seconds, imports the log, and compares the time of rebuilds with what is said of them.
`;

interface Options {
  readonly rest: readonly string[];
  readonly text: (name: string) => string | undefined;
  readonly number: (name: string, usual: number) => number;
}

function options(args: readonly string[]): Options {
  const named = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg.startsWith('--')) named.set(arg.slice(2), args[++i] ?? '');
    else rest.push(arg);
  }
  return {
    rest,
    text: (name) => named.get(name),
    number: (name, usual) => Number(named.get(name) ?? usual),
  };
}

function write(out: string | undefined, recorded: readonly Recorded[]): void {
  const lines = recorded.map((one) => `${caseLine(one)}\n`).join('');
  if (out === undefined) process.stdout.write(lines);
  else writeFileSync(out, lines);
}

const commands: Readonly<Record<string, (options: Options, root: string) => Promise<number>>> = {
  async context({ rest, text }) {
    write(text('out'), await recordCases(readCases(rest[0] ?? '')));
    return 0;
  },
  async random({ text, number }) {
    const run = { seed: number('seed', 1), from: number('from', 0), cases: number('cases', 100) };
    const { recorded, equal } = await runRandom({ ...run, shrink: number('shrink', 5) });
    if (text('out') !== undefined) write(text('out'), recorded);
    return equal ? 0 : 1;
  },
  async check({ rest }) {
    return (await recheck(readRecorded(rest[0] ?? ''))) ? 0 : 1;
  },
  async cache({ text, number }) {
    const run = { seed: number('seed', 1), from: number('from', 0), cases: number('cases', 100) };
    const { recorded, right } = await runPairs({ ...run, shrink: number('shrink', 5) });
    const out = text('out');
    if (out !== undefined) writeFileSync(out, recorded.map((pair) => `${pairLine(pair)}\n`).join(''));
    return right ? 0 : 1;
  },
  async 'cache-check'({ rest }) {
    return (await recheckPairs(readPairs(rest[0] ?? ''))) ? 0 : 1;
  },
  async rebuilds({ rest }, root) {
    return (await buildProjects(root, rest[0] ?? '')) ? 0 : 1;
  },
  async 'rebuilds-predict'(_, root) {
    writePredictions(root);
    return 0;
  },
  async stores({ rest }, root) {
    return (await recordStores(root, rest[0] ?? '')) ? 0 : 1;
  },
  async devdeps({ rest }, root) {
    return (await recordDevDeps(root, rest[0] ?? '')) ? 0 : 1;
  },
  async seconds({ rest }) {
    return (await checkSeconds(rest[0] ?? '')) ? 0 : 1;
  },
  async fixes({ rest }) {
    return (await runFixes(rest)) ? 0 : 1;
  },
  async corpus({ rest }) {
    return (await runCorpus(rest)) ? 0 : 1;
  },
};

/** Commands that need no engine. */
const offline = new Set(['check', 'cache-check', 'rebuilds-predict']);

/** Runs one of the commands; the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const [name = '', ...rest] = args;
  const command = commands[name];
  if (command === undefined) {
    console.error(usage);
    return 2;
  }
  const missing = offline.has(name) ? undefined : await noEngine();
  if (missing === undefined) return command(options(rest), root);
  console.error(missing);
  return 2;
}
