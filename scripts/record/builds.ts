import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readTar } from './tar.js';

/*
 * Builds each entry of test/sim/facts/source-before-deps.json before and after its fix with the Docker at hand, compares
 * the images, edits the source, builds again, and says where the recorded facts no longer hold. The base images need
 * node, python, pip; `uv lock` is run where the entry asks for it.
 */

interface Build {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly lock?: string;
  readonly before: string;
  readonly after: string;
  readonly differsBetweenEqualBuilds: readonly string[];
  readonly edit: string;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr.slice(-2000)}`);
  return done.stdout + done.stderr;
}

/** Name → type, mode, owner, link target and hash of every entry of an image. */
function imageOf(file: string): Map<string, string> {
  return new Map(
    readTar(readFileSync(file)).map(({ name, type, mode, uid, gid, link, body }) => {
      const hash = type === '0' ? createHash('sha256').update(body).digest('hex') : '';
      return [`/${name}`, [type, mode, uid, gid, link, hash].join(' ')];
    }),
  );
}

function differences(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();
}

function isNoise(name: string, build: Build): boolean {
  return build.differsBetweenEqualBuilds.some((known) =>
    known.includes('*')
      ? name.startsWith(known.slice(0, known.indexOf('*'))) && name.endsWith('.pyc')
      : name.startsWith(known),
  );
}

/** Whether the last RUN of the install was taken from the cache, after the plain progress log. */
function installCached(log: string): boolean {
  const step = [...log.matchAll(/^#(\d+) \[[^\]]*\] RUN .*(?:npm ci|pip install.*-r|uv sync)/gm)][0]?.[1];
  return step !== undefined && new RegExp(`^#${step} CACHED`, 'm').test(log);
}

function check(build: Build): string[] {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-build-'));
  try {
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    };
    for (const [name, text] of Object.entries(build.files)) write(name, text);
    if (build.lock !== undefined) run('uv', ['lock'], folder);
    const images = (['before', 'after'] as const).map((which) => {
      write(`Dockerfile.${which}`, build[which]);
      const tar = path.join(folder, '..', `${path.basename(folder)}.${which}.tar`);
      const output = ['--output', `type=tar,dest=${tar}`];
      run('docker', ['build', '--no-cache', '-f', `Dockerfile.${which}`, ...output, '.'], folder);
      const image = imageOf(tar);
      rmSync(tar);
      return image;
    });
    const [before, after] = images;
    const complaints =
      before === undefined || after === undefined || before.size === 0
        ? ['no image to compare']
        : differences(before, after).filter((name) => !isNoise(name, build));
    for (const which of ['before', 'after'])
      run('docker', ['build', '-f', `Dockerfile.${which}`, '.'], folder);
    appendFileSync(path.join(folder, build.edit), `\n# ${Date.now()}\n`);
    const cached = ['before', 'after'].map((which) =>
      installCached(run('docker', ['build', '--progress=plain', '-f', `Dockerfile.${which}`, '.'], folder)),
    );
    if (cached[0] !== false || cached[1] !== true)
      complaints.push(`cached before/after: ${cached.join('/')}`);
    return complaints;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks the recorded builds whose name contains `wanted`; how many no longer hold. */
export function checkBuilds(root: string, wanted: string): number {
  const facts: { readonly builds: readonly Build[] } = JSON.parse(
    readFileSync(path.join(root, 'test/sim/facts/source-before-deps.json'), 'utf8'),
  );
  let different = 0;
  for (const build of facts.builds.filter((b) => b.name.includes(wanted))) {
    const complaints = check(build);
    if (complaints.length > 0) different++;
    console.log(`${complaints.length === 0 ? 'as recorded' : 'DIFFERENT'}: ${build.name}`);
    for (const line of complaints.slice(0, 20)) console.log(`  ${line}`);
  }
  return different;
}
