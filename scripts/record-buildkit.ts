import { writeFileSync } from 'node:fs';
import { checkBuilds } from './record/builds.js';
import { caseLine, readCases } from './record/case.js';
import { noEngine } from './record/engine.js';
import { recordCases } from './record/record.js';

const usage = `record-buildkit builds [NAME]                      checks test/sim/facts/source-before-deps.json (needs base images)
record-buildkit context FILE [--out FILE]          builds the cases of a file of JSON lines, prints them with what happened
`;

/** Runs one of the commands; the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const [command, ...rest] = args;
  const option = (name: string): string | undefined => {
    const at = rest.indexOf(`--${name}`);
    return at < 0 ? undefined : rest[at + 1];
  };
  const known = ['builds', 'context'];
  if (command === undefined || !known.includes(command)) {
    console.error(usage);
    return 2;
  }
  const missing = await noEngine();
  if (missing !== undefined) {
    console.error(missing);
    return 2;
  }
  if (command === 'builds') return checkBuilds(root, rest[0] ?? '') > 0 ? 1 : 0;
  if (command === 'context') {
    const cases = readCases(rest[0] ?? '');
    const recorded = await recordCases(cases);
    const lines = recorded.map((r) => `${caseLine(r)}\n`).join('');
    const out = option('out');
    if (out === undefined) process.stdout.write(lines);
    else writeFileSync(out, lines);
    return 0;
  }
  return 2;
}
