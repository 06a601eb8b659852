import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Engine } from '../../server/src/engine/model.js';
import { createFactStore, resolveWith } from '../../server/src/node/facts.js';
import { nodeFs } from '../../server/src/node/fs.js';
import { loadShellParser } from '../../server/src/node/shell.js';
import { parseCache } from '../../server/src/project/snapshot.js';
import { allRules } from '../../server/src/rules/index.js';
import { type Offered, offeredFixes } from '../prove/offered.js';
import { type DevAgain, lookAgain } from './devagain.js';
import { docker, Failed, marked } from './devdocker.js';

/*
 * Builds each entry of test/sim/facts/devdeps.json before and after the fix of dev-deps-in-image or build-needs-dev-deps that
 * it names, starts in both what the image starts (without a network), and writes what went away. `prove` compares whole
 * images, which is no proof here: these fixes are there to change them.
 */

/** A small project that several builds share. */
export interface DevProject {
  readonly files: Readonly<Record<string, string>>;
  /** The lines of a Dockerfile that bring its manager. */
  readonly setup: readonly string[];
  /** How its lock files are made in such an image. */
  readonly lock: { readonly command: string; readonly files: readonly string[] } | null;
  readonly versionOf: string;
  /** Found: what `versionOf` printed. */
  readonly version?: string;
  /** Found: the lock files, without addresses. */
  readonly locks?: Readonly<Record<string, string>>;
}

/** What was seen of an image. */
export interface Shipped {
  /** What its CMD printed; it ended with 0. */
  readonly says: string;
  readonly kilobytes: number;
}

/** One Dockerfile and one of the fixes that are offered for it. */
export interface DevBuild {
  readonly name: string;
  readonly project: string;
  readonly rule: 'build-needs-dev-deps' | 'dev-deps-in-image';
  readonly dockerfile: readonly string[];
  /** The start of the fix's title. */
  readonly fix: string;
  /** Where the packages lie in the image. */
  readonly folder: string;
  /** Prints the packages there, one a line. */
  readonly list: string;
  /** Found: the Dockerfile after the fix. */
  readonly fixed?: readonly string[];
  /** Found: the image before the fix, or what the build failed with. */
  readonly before?: Shipped | { readonly fails: string };
  readonly after?: Shipped;
  /** Found: packages that the fix took out of the image, and those that it brought. */
  readonly gone?: readonly string[];
  readonly came?: readonly string[];
}

/** What devdeps.json holds. */
export interface DevFacts {
  readonly projects: Readonly<Record<string, DevProject>>;
  readonly builds: readonly DevBuild[];
  /** Installs with development dependencies, and what a second one without them leaves of these. */
  readonly again: readonly DevAgain[];
}

const FILE = 'test/sim/facts/devdeps.json';
function write(folder: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

/** Makes the lock files in `folder`, with what the manager says of its version. */
async function lock(folder: string, project: DevProject): Promise<string> {
  const { setup, lock: made, versionOf } = project;
  const lines = [
    ...setup,
    'WORKDIR /app',
    'COPY . .',
    'ARG PLIMSOLL_INDEX',
    `RUN echo "@VERSION $(${versionOf} 2>/dev/null | head -n 1)"`,
    ...(made === null ? [] : [`RUN ${made.command}`, 'FROM scratch']),
    ...(made?.files ?? []).map((name) => `COPY --from=0 /app/${name} /${name}`),
    '',
  ];
  const index = ['--build-arg', `PLIMSOLL_INDEX=${process.env.PLIMSOLL_INDEX ?? ''}`];
  const output = made === null ? [] : ['--output', `type=local,dest=${folder}`];
  const log = await docker(folder, lines.join('\n'), ['--no-cache', ...index, ...output]);
  return marked(log, 'VERSION')[0] ?? '';
}

/** A Dockerfile with steps at its end that start what the image starts and look at its packages. */
function asked(text: string, { folder, list }: DevBuild): string {
  const cmd = /^CMD (\[.*\])$/m.exec(text)?.[1];
  if (cmd === undefined) throw new Error('it has no CMD in JSON');
  const words = (JSON.parse(cmd) as string[]).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return [
    text.trimEnd(),
    'USER root',
    `RUN --network=none ${words.join(' ')} >/tmp/said 2>&1; echo "@EXIT $?"; sed 's/^/@SAID /' /tmp/said`,
    `RUN echo "@KB $(du -sk ${folder} | cut -f 1)"; (${list}) | sed 's/^/@HAS /'`,
    '',
  ].join('\n');
}

interface Seen {
  readonly shipped: Shipped;
  readonly packages: readonly string[];
}

async function look(folder: string, text: string, build: DevBuild): Promise<Seen> {
  const log = await docker(folder, asked(text, build), ['--no-cache']);
  const says = marked(log, 'SAID').join('\n');
  const [exit = ''] = marked(log, 'EXIT');
  if (exit !== '0') throw new Failed(`what it starts ended with ${exit}: ${says}`);
  const kilobytes = Number(marked(log, 'KB')[0]);
  return { shipped: { says, kilobytes }, packages: marked(log, 'HAS').sort() };
}

/** What the step that failed printed last. */
function failureIn(log: string): string {
  const lines = [...log.matchAll(/^#\d+ [\d.]+ (.*)$/gm)].map((m) => (m[1] ?? '').trim());
  return (
    lines.findLast((line) => NOT_THERE.test(line)) ?? lines.findLast((line) => line !== '') ?? log.slice(-300)
  );
}

/** What says that a program or a module is missing. */
const NOT_THERE = /not found|cannot find|no module|command .* not|could not open|cannot load|not currently/i;

/** The fix that an entry names, as it is offered for the project in `folder`. */
export function wantedFix(all: readonly Offered[], build: DevBuild): Offered {
  const found = all.find((o) => o.rule === build.rule && o.title.startsWith(build.fix));
  if (found === undefined)
    throw new Error(
      `no fix "${build.fix}…" is offered: ${all.map((o) => `${o.rule}: ${o.title}`).join('; ')}`,
    );
  return found;
}

async function record(folder: string, build: DevBuild, engine: Engine): Promise<DevBuild> {
  const text = `${build.dockerfile.join('\n')}\n`;
  write(folder, 'Dockerfile', text);
  const store = createFactStore({ fs: nodeFs() });
  const all = await resolveWith(store, [folder], parseCache(), (s) =>
    offeredFixes(engine, s, folder, 'Dockerfile'),
  );
  const changes = wantedFix(all, build).changes.Dockerfile ?? '';
  const breaks = build.rule === 'build-needs-dev-deps';
  const before = await look(folder, text, build).catch((error: unknown) => {
    if (!breaks || !(error instanceof Failed)) throw error;
    return { fails: failureIn(error.message) };
  });
  if (breaks && !('fails' in before)) throw new Error('the build does not fail before the fix');
  const after = await look(folder, changes, build);
  const was = 'packages' in before ? before.packages : after.packages;
  return {
    ...build,
    fixed: changes.trimEnd().split('\n'),
    before: 'shipped' in before ? before.shipped : before,
    after: after.shipped,
    gone: was.filter((name) => !after.packages.includes(name)),
    came: after.packages.filter((name) => !was.includes(name)),
  };
}

/** Whether what was found is as it should be. */
export function isGood({ rule, before, after, gone = [], came = [] }: DevBuild): boolean {
  if (before === undefined || after === undefined) return false;
  if ('fails' in before) return rule === 'build-needs-dev-deps' && NOT_THERE.test(before.fails);
  return (
    before.says === after.says && gone.length > 0 && came.length === 0 && after.kilobytes < before.kilobytes
  );
}

function withoutAddresses(text: string): string {
  return text.replace(/\b(https?:\/\/)[^\s/"'<>),\]}]+/g, '$1registry.invalid');
}

/** Builds the entries whose name contains `name` and writes what was found; whether all are as they should be. */
export async function recordDevDeps(root: string, name: string): Promise<boolean> {
  const file = path.join(root, FILE);
  const facts = JSON.parse(readFileSync(file, 'utf8')) as DevFacts;
  const projects = { ...facts.projects };
  const builds = [...facts.builds];
  const again = [...facts.again];
  const names = {
    runtime: 'web-tree-sitter/web-tree-sitter.wasm',
    grammar: 'tree-sitter-bash/tree-sitter-bash.wasm',
  };
  const engine = {
    rules: allRules,
    shellParser: await loadShellParser(path.join(root, 'node_modules'), names),
  };
  let right = true;
  const wanted = [...builds, ...again].filter((b) => b.name.includes(name));
  for (const id of new Set(wanted.map((b) => b.project))) {
    const project = projects[id];
    if (project === undefined) throw new Error(`there is no project "${id}"`);
    const top = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-devdeps-'));
    const folder = path.join(top, 'project');
    try {
      for (const [at, text] of Object.entries(project.files)) write(folder, at, text);
      const version = await lock(folder, project);
      const locks = (project.lock?.files ?? [])
        .filter((at) => project.files[at] === undefined)
        .map((at) => [at, withoutAddresses(readFileSync(path.join(folder, at), 'utf8'))]);
      projects[id] = { ...project, version, locks: Object.fromEntries(locks) };
      for (const [i, build] of builds.entries()) {
        if (build.project !== id || !build.name.includes(name)) continue;
        const found = await record(folder, build, engine).catch((error: unknown) =>
          String(error).slice(-1500),
        );
        const good = typeof found !== 'string' && isGood(found);
        console.log(`${good ? 'as expected' : 'NOT AS EXPECTED'}: ${build.name} (${version})`);
        if (!good) console.log(typeof found === 'string' ? found : JSON.stringify(found, null, 2));
        right &&= good;
        if (typeof found !== 'string') builds[i] = found;
      }
      for (const [i, entry] of again.entries()) {
        if (entry.project !== id || !entry.name.includes(name)) continue;
        const found = await lookAgain(folder, project.setup, entry);
        console.log(`${entry.name} (${version}): ${found.left?.length ? 'they stay' : 'they go'}`);
        again[i] = found;
      }
    } catch (error) {
      right = false;
      console.log(`FAILED: ${id}: ${error instanceof Error ? error.message.slice(-1500) : String(error)}`);
    } finally {
      rmSync(top, { recursive: true, force: true });
    }
    writeFileSync(file, `${JSON.stringify({ projects, builds, again }, null, 2)}\n`);
  }
  return right;
}
