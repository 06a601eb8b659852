/**
 * `npm run bench`: speed of walks, history, lint, keystrokes, server start and memory, each beside a peer on the same files
 * in one run; `npm run bench -- walk`: of walks only, `-- history`: of history only, `-- impact`: what a fix's impact takes.
 * Peers come from the npm registry into a temporary folder. Figures are printed, never asserted.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Corpus, readCorpus, spread } from './bench/corpus.js';
import { historySpeed } from './bench/history.js';
import { impactSpeed } from './bench/impact.js';
import { type LspPeer, startPeer } from './bench/lspPeer.js';
import { installPeers, type Peers } from './bench/peers.js';
import { percentile, round } from './bench/statistics.js';
import { type Linter, secondsFor } from './bench/throughput.js';
import { walkSpeed } from './bench/walk.js';

const RUNS = 3;
const KEYSTROKES = 60;
const NO_ANSWER_MS = 10_000;
const IDLE_MS = 20_000;
const node = process.execPath;
const cli = path.resolve('dist/cli.js');
const server = path.resolve('dist/server.js');

function activeRules(): number {
  const out = spawnSync(node, [cli, 'rules', '--format', 'json'], { encoding: 'utf8' }).stdout;
  const { rules } = JSON.parse(out) as { rules: readonly { readonly profile: string }[] };
  return rules.filter((rule) => rule.profile === 'default').length;
}

function tallyRules(tally: string, file: string): number {
  const args = ['lint', '--slow-checks=off', '--no-config', '--format', 'json', '--fail-level', 'none', file];
  const out = spawnSync(tally, args, { encoding: 'utf8' }).stdout;
  return (JSON.parse(out) as { rules_enabled: number }).rules_enabled;
}

function compare(what: string, files: readonly string[], ours: Linter, peer: Linter | undefined): void {
  const own = files.length / secondsFor(ours, files, RUNS);
  const line = `${what} (${files.length} files, one process, median of ${RUNS}): ${ours.name} ${round(own)} files/s`;
  if (peer === undefined) {
    console.log(`${line}; no peer on this machine`);
    return;
  }
  const other = files.length / secondsFor(peer, files, RUNS);
  console.log(`${line}; ${peer.name} ${round(other)} files/s; ratio ${round(own / other)}`);
}

function throughput(corpus: Corpus, peers: Peers): void {
  const rules = activeRules();
  const lint = [node, cli, 'lint', '--format', 'json', '--fail-on', 'never'];
  const ours: Linter = { name: `plimsoll (${rules} rules)`, command: lint, accepted: [0] };
  const dockerfiles = spread(corpus.dockerfiles, 300);
  const { tally } = peers;
  const tallyLinter: Linter | undefined =
    tally === undefined
      ? undefined
      : {
          name: `tally (${tallyRules(tally, dockerfiles[0] ?? '')} rules)`,
          command: [
            tally,
            'lint',
            '--slow-checks=off',
            '--no-config',
            '--format',
            'json',
            '--fail-level',
            'none',
          ],
          accepted: [0],
        };
  compare('lint, Dockerfiles', dockerfiles, ours, tallyLinter);
  const dclint: Linter = {
    name: 'dclint (its default rules)',
    command: [node, peers.dclint, '-f', 'json'],
    accepted: [0, 1],
  };
  compare('lint, compose files', corpus.compose, ours, dclint);
}

function syntheticDockerfile(lines: number): string {
  const out = [
    'FROM node:22-slim',
    'WORKDIR /app',
    'COPY package.json package-lock.json ./',
    'RUN npm ci --omit=dev',
  ];
  for (let i = 0; out.length < lines - 2; i += 4) {
    out.push(`RUN apt-get update && \\`, `    apt-get install -y --no-install-recommends pkg${i} && \\`);
    out.push(`    rm -rf /var/lib/apt/lists/*`, `ENV VALUE_${i}="some $HOME value"`);
  }
  out.push('COPY src ./src', 'CMD ["node", "src/server.js"]');
  return `${out.join('\n')}\n`;
}

async function keystrokes(peer: LspPeer, folder: string, lines: number): Promise<string> {
  const uri = pathToFileURL(path.join(folder, `Dockerfile.${lines}`)).href;
  await Promise.race([
    peer.open(uri, syntheticDockerfile(lines)),
    new Promise((r) => setTimeout(r, NO_ANSWER_MS)),
  ]);
  const times: number[] = [];
  for (let i = 0; i < KEYSTROKES; i++) {
    const ms = await peer.type(uri, 5, 10 + i, NO_ANSWER_MS);
    if (ms === undefined) return `${lines} lines: no answer within ${NO_ANSWER_MS / 1000} s`;
    times.push(ms);
  }
  peer.close(uri);
  return `${lines} lines: p50 ${round(percentile(times, 0.5))} ms, p95 ${round(percentile(times, 0.95))} ms`;
}

async function editorSpeed(name: string, command: readonly string[], folder: string): Promise<void> {
  const starts: number[] = [];
  const lines: string[] = [];
  for (const size of [30, 2000]) {
    const peer = await startPeer(command, pathToFileURL(folder).href);
    starts.push(peer.startMs);
    lines.push(await keystrokes(peer, folder, size));
    await peer.stop();
  }
  console.log(
    `keystroke to diagnostics, ${name}: ${lines.join('; ')}; server start ${round(Math.min(...starts))} ms`,
  );
}

async function memory(corpus: Corpus): Promise<void> {
  const peer = await startPeer([node, server, '--stdio'], pathToFileURL(corpus.folder).href);
  const before = peer.memory();
  for (const file of [...corpus.dockerfiles, ...corpus.compose]) {
    const uri = pathToFileURL(file).href;
    await peer.open(uri, readFileSync(file, 'utf8'));
    peer.close(uri);
  }
  const after = peer.memory();
  // V8 gives memory back only when nothing happens for a while; the editor of a person has such whiles.
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const idle = peer.memory();
  await peer.stop();
  const count = corpus.dockerfiles.length + corpus.compose.length;
  if (before === undefined || after === undefined || idle === undefined) {
    console.log('memory: not told by this system');
    return;
  }
  const above = (bytes: number): string => `${round((bytes - before) / 1e6)} MB above start`;
  const start = `start ${round(before / 1e6)} MB`;
  console.log(
    `memory, ${count} corpus files (${start}): at once ${above(after)}, after ${IDLE_MS / 1000} s idle ${above(idle)}`,
  );
}

/** The one step of the VS Code suite that asks VS Code itself, with the packed extension. */
function activation(): string {
  const script = path.resolve('scripts/vscode-tier.mjs');
  const done = spawnSync(node, [script, 'packed', 'activation time'], { encoding: 'utf8' });
  return (
    /activation time: (.+)/.exec(done.stdout)?.[1] ?? `not told (${done.stdout.trim().split('\n').at(-1)})`
  );
}

async function main(): Promise<void> {
  const worker = path.resolve('dist/worker.js');
  const only = ['walk', 'history', 'impact'].find((name) => process.argv.includes(name));
  const wanted = (name: string): boolean => only === undefined || only === name;
  if (wanted('walk')) await walkSpeed(worker);
  if (wanted('history')) await historySpeed(worker);
  if (wanted('impact')) impactSpeed();
  if (only !== undefined) return;
  const shared = process.env.PLIMSOLL_SHARED ?? '../shared';
  const corpus = readCorpus(shared);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-bench-'));
  try {
    const peers = installPeers(path.join(folder, 'peers'));
    if (corpus === undefined) console.log('no corpus beside the project: throughput and memory are skipped');
    else throughput(corpus, peers);
    await editorSpeed('plimsoll', [node, server, '--stdio'], folder);
    await editorSpeed(
      'dockerfile-language-server-nodejs (syntax only)',
      [node, peers.dockerLangserver, '--stdio'],
      folder,
    );
    if (peers.tally !== undefined) await editorSpeed('tally lsp', [peers.tally, 'lsp', '--stdio'], folder);
    if (corpus !== undefined) await memory(corpus);
    console.log(`activation in a real VS Code, as it lists it: ${activation()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
