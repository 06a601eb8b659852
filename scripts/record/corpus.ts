import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createFactStore, resolveWith } from '../../server/src/node/facts.js';
import { fromCorePath, nodeFs, toCorePath } from '../../server/src/node/fs.js';
import type { Build } from '../../server/src/project/build.js';
import { classify } from '../../server/src/project/classify.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { parseCache, type Snapshot } from '../../server/src/project/snapshot.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { diskTree } from './disktree.js';
import { type Base, type BuildResult, build, makeBase } from './engine.js';
import { simulate } from './model.js';
import type { Simulated } from './simulated.js';

/** One build of a project, measured twice. */
interface Row {
  readonly project: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly ours: Simulated;
  readonly real: BuildResult;
}

interface Found {
  readonly build: Build;
  /** Images the Dockerfile names, as far as they are known. */
  readonly images: readonly string[];
}

/** Images that a build names, as far as they are known. */
export function imagesOf(snapshot: Snapshot, one: Build): readonly string[] {
  const dockerfile = snapshot.parse(one.dockerfile, parseDockerfile);
  if (dockerfile === undefined) return [];
  const { stages } = buildGraph(dockerfile, { ...one, args: one.args });
  const names = new Set(
    dockerfile.stages.flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])),
  );
  const others = dockerfile.stages.flatMap(({ instructions }) =>
    instructions.flatMap((i) => {
      if (i.kind === 'COPY') return i.from === undefined ? [] : [i.from];
      return i.kind === 'RUN' ? i.mounts.flatMap(({ from }) => (from === undefined ? [] : [from])) : [];
    }),
  );
  const bases = stages.flatMap(({ base }) =>
    base.kind === 'image' && base.name !== undefined ? [base.name] : [],
  );
  const known = others.filter((name) => !names.has(name.toLowerCase()) && !/^\d+$|\$/.test(name));
  return [...new Set([...bases, ...known, ...one.namedContexts])];
}

/** The builds of a project's Dockerfiles, each context and target once. */
async function buildsBelow(root: string): Promise<readonly Found[]> {
  const store = createFactStore({ fs: nodeFs() });
  return resolveWith(store, [root], parseCache(), (snapshot) => {
    const found = new Map<string, Found>();
    for (const file of snapshot.index(root)) {
      const text = snapshot.text(file);
      if (text === undefined || classify(file, text).kind !== 'dockerfile' || classify(file, text).skipped)
        continue;
      for (const one of buildsOf(snapshot, file)) {
        const key = JSON.stringify([one.dockerfile, one.context, one.target, one.args]);
        if (!one.remote && !found.has(key)) found.set(key, { build: one, images: imagesOf(snapshot, one) });
      }
    }
    return [...found.values()];
  });
}

/**
 * Builds a project's Dockerfile as it stands. Every image it names is given as a named context, the base image with a
 * shell that does nothing: so nothing is pulled, RUN costs nothing, and what the client sends stays the same. BuildKit
 * remembers what it was sent from a folder by the folder's name, so the context is reached by a link of a fresh name.
 */
async function transfer({ build: one, images }: Found, base: Base): Promise<BuildResult> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-corpus-'));
  try {
    const context = path.join(folder, `c${path.basename(folder).slice(-6)}${Date.now().toString(36)}`);
    symlinkSync(fromCorePath(one.context), context);
    const given = Object.entries(one.args).flatMap(([name, value]) =>
      value === null ? [] : [[name, value] as const],
    );
    return await build({
      context,
      dockerfile: fromCorePath(one.dockerfile),
      target: one.target ?? undefined,
      args: Object.fromEntries(given),
      contexts: Object.fromEntries(images.map((name) => [name, base.reference])),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shown(row: Row): string {
  const { ours, real } = row;
  const theirs = real.contextLoaded ? (real.wireBytes ?? 'broken off') : 'not loaded';
  const mine =
    ours.unknown.length > 0 ? 'unknown' : ours.contextLoaded ? (ours.wireBytes ?? 'refused') : 'not loaded';
  const why = real.error?.replace(/\s+/g, ' ').slice(0, 110) ?? '';
  const compared = real.wireBytes !== null && ours.unknown.length === 0;
  const verdict = sameBytes(row) ? 'equal' : compared ? 'DIFFERENT' : `not compared: ${why}`;
  return `| ${row.project} | ${row.dockerfile} | ${row.context} | ${mine} | ${theirs} | ${verdict} |`;
}

function sameBytes({ ours, real }: Row): boolean {
  return ours.contextLoaded === real.contextLoaded && ours.wireBytes === real.wireBytes;
}

/** Compares the builds of every project below, prints a table; whether all that BuildKit transferred was as simulated. */
export async function runCorpus(folders: readonly string[]): Promise<boolean> {
  const base = await makeBase();
  const rows: Row[] = [];
  console.log(
    '| project | Dockerfile | context | bytes simulated | bytes BuildKit | |\n|---|---|---|---|---|---|',
  );
  try {
    for (const folder of folders) {
      const root = toCorePath(path.resolve(folder));
      for (const found of await buildsBelow(root)) {
        const ours = await simulate(found.build, diskTree);
        const real = await transfer(found, base);
        const relative = (p: string): string => path.posix.relative(root, p) || '.';
        const { dockerfile, context } = found.build;
        const row = {
          project: path.basename(folder),
          dockerfile: relative(dockerfile),
          context: relative(context),
          ours,
          real,
        };
        rows.push(row);
        console.log(shown(row));
      }
    }
  } finally {
    await base.remove();
  }
  const whole = rows.filter(({ real, ours }) => real.wireBytes !== null && ours.unknown.length === 0);
  const equal = whole.filter(sameBytes);
  const projects = new Set(equal.map(({ project }) => project)).size;
  console.log(
    `\n${rows.length} builds, ${whole.length} transfers: ${equal.length} equal in ${projects} projects, ${whole.length - equal.length} different`,
  );
  return equal.length === whole.length;
}
