// npm test: all tiers, fast to slow, one line each. npm test -- NAME: the cases of one rule, in seconds, no editor.
// UPDATE=1 rewrites expected results. With CI=true a tier that can't run here is a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale, installPackages } from './bootstrap.mjs';
import { root, runScript, Stop } from './system.mjs';

const ci = process.env.CI !== undefined && !['', '0', 'false'].includes(process.env.CI);
const none = { passed: 0, failed: 0, skipped: 0 };
const one = (ok) => (ok ? { ...none, passed: 1 } : { ...none, failed: 1 });

async function main() {
  const [name, ...more] = process.argv.slice(2);
  if (more.length > 0 || name?.startsWith('-')) throw new Stop('usage: npm test [-- RULE]', 2);
  installPackages();
  if (name !== undefined) return ruleCases(name);
  const tiers = [
    ['typecheck', typecheck],
    ['lint', () => tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])],
    ['build', build],
    ['unit', () => vitest(['--exclude', 'test/repo/**'])],
    ['repository', () => vitest(['test/repo/'])],
    ['vscode', vscodeTier],
  ];
  let total = none;
  for (const [tier, run] of tiers) {
    const started = Date.now();
    const counts = await run();
    total = add(total, counts);
    console.log(`${tier}: ${phrase(counts)} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    // Without a build nothing that follows says anything.
    if (tier === 'build' && counts.failed > 0) break;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

/** The page inside the webview is a browser's program and has a project of its own. */
function typecheck() {
  const projects = ['tsconfig.json', 'client/src/webview/tsconfig.json'];
  return projects.map((file) => tool('typescript/bin/tsc', ['--noEmit', '-p', file])).reduce(add);
}

const phrase = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** Runs a development tool; its output is shown only when it fails. */
function tool(script, args) {
  const done = spawnSync(process.execPath, [path.join(root, 'node_modules', script), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (done.status !== 0) console.log(`${done.stdout}${done.stderr}`.trim());
  return one(done.status === 0);
}

async function build() {
  try {
    await buildIfStale();
    return one(true);
  } catch (error) {
    console.log(error.message);
    return one(false);
  }
}

/** Runs vitest, shows its own report and counts the tests. */
function vitest(args, reporter = ci ? 'default' : 'dot') {
  const out = path.join(root, '.cache/vitest.json');
  mkdirSync(path.dirname(out), { recursive: true });
  rmSync(out, { force: true });
  const script = path.join(root, 'node_modules/vitest/vitest.mjs');
  const reports = [`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${out}`];
  const update = process.env.UPDATE === '1' ? ['--update'] : [];
  const done = spawnSync(process.execPath, [script, 'run', ...reports, ...update, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (!existsSync(out)) return one(false);
  const result = JSON.parse(readFileSync(out, 'utf8'));
  const counts = {
    passed: result.numPassedTests,
    failed: result.numFailedTests,
    skipped: result.numPendingTests + (result.numTodoTests ?? 0),
  };
  // A file that could not be loaded fails without a failed test.
  return done.status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The cases of one rule: its docs page and its edge cases. */
function ruleCases(name) {
  const known = ['docs/rules', 'test/rules']
    .map((folder) => path.join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -3));
  if (!known.includes(name)) {
    throw new Stop(`there is no rule ${name}; there are: ${[...new Set(known)].sort().join(', ')}`, 2);
  }
  const counts = vitest(['test/rules.test.ts', '-t', `^${name} `], 'default');
  console.log(`\n${phrase({ ...counts, skipped: 0 })}`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

/** The suite in a real VS Code; where this machine can't run it, one line says what is missing. */
async function vscodeTier() {
  const { vscodeSuite } = await import('./vscode-tier.mjs');
  const result = await vscodeSuite();
  if (result.lacking === undefined) return result.counts;
  console.log(`vscode: ${result.lacking}`);
  return ci ? one(false) : { ...none, skipped: 1 };
}

await runScript(main);
