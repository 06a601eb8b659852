import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runDocker, withoutColours } from './engine.js';

/*
 * Builds each entry of test/sim/facts/stores.json with the mounts that are said of it, installs once more from what these hold
 * (without a network, where the manager can do so), and does the same without mounts. Wants the base images, and
 * the package registries.
 */

/** What was found of one manager. */
export interface StoreFact {
  readonly name: string;
  readonly tool: string;
  readonly files: Readonly<Record<string, string>>;
  /** The lines up to the RUN that installs, the last one; it has no mounts. */
  readonly dockerfile: readonly string[];
  /** What that RUN is to get. */
  readonly mounts: readonly string[];
  /** Succeeds only where packages need not be downloaded. */
  readonly again: string;
  /** `again` asks the registry, and looks into what it is told. */
  readonly network: boolean;
  readonly versionOf: string;
  readonly version: string;
  /** Files below each mount after the install. */
  readonly stored: Readonly<Record<string, number>>;
  /** Whether `again` succeeded with the mounts, and without. */
  readonly withMounts: boolean;
  readonly without: boolean;
}

function targetOf(mount: string): string {
  return /target=([^,]+)/.exec(mount)?.[1] ?? '';
}

function textOf(fact: StoreFact, mounts: readonly string[]): string {
  const flags = mounts.map((mount) => `${mount} `).join('');
  const folders = fact.mounts.map(targetOf).join(' ');
  const lines = [...fact.dockerfile];
  const install = lines.pop() ?? '';
  const user = [...lines].reverse().find((line) => line.startsWith('USER')) ?? 'USER root';
  return [
    ...lines,
    `RUN echo VERSION $(${fact.versionOf} 2>&1 | head -n 1)`,
    install.replace(/^RUN /, `RUN ${flags}`),
    `RUN ${flags}for f in ${folders}; do echo STORED $f $(find $f -type f 2>/dev/null | wc -l); done`,
    // Without a mount it lies in the layer: what a later build would find is nothing.
    ...(mounts.length === 0 ? ['USER root', `RUN rm -rf ${folders}`, user] : []),
    `RUN ${fact.network ? '' : '--network=none '}${flags}${fact.again}`,
    '',
  ].join('\n');
}

async function build(
  fact: StoreFact,
  mounts: readonly string[],
): Promise<{ code: number | null; log: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-store-'));
  try {
    for (const [name, text] of Object.entries(fact.files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    writeFileSync(path.join(folder, 'Dockerfile'), textOf(fact, mounts));
    const { code, output } = await runDocker(['build', '--no-cache', '--progress=plain', folder]);
    return { code, log: output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds the entries whose name contains `name` and writes what was found; whether all are as they should be. */
export async function recordStores(root: string, name: string): Promise<boolean> {
  const file = path.join(root, 'test/sim/facts/stores.json');
  const facts = JSON.parse(readFileSync(file, 'utf8')) as StoreFact[];
  let right = true;
  for (const [i, fact] of facts.entries()) {
    if (!fact.name.includes(name)) continue;
    // A cache of its own: what earlier builds have left there would prove nothing.
    const own = fact.mounts.map((mount, at) => `${mount},id=plimsoll-${process.pid}-${i}-${at}`);
    const first = await build(fact, own);
    const second = await build(fact, []);
    const stored = [...first.log.matchAll(/ STORED (\/\S+) (\d+)/g)].map((match) => [
      match[1],
      Number(match[2]),
    ]);
    const version = withoutColours(
      /VERSION ([^$\n]+)/.exec(first.log.replace(/VERSION \$\(.*/g, ''))?.[1] ?? '',
    ).trim();
    const found = {
      ...fact,
      version,
      stored: Object.fromEntries(stored),
      withMounts: first.code === 0,
      without: second.code === 0,
    };
    const good = found.withMounts && !found.without;
    console.log(`${good ? 'as expected' : 'NOT AS EXPECTED'}: ${fact.name} (${version})`);
    if (!good) console.log(first.log.slice(-800));
    right &&= good;
    facts[i] = found;
    writeFileSync(file, `${JSON.stringify(facts, null, 2)}\n`);
  }
  return right;
}
