import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { readVertices, type Vertex } from '../record/cache/build.js';
import { runDocker } from '../record/engine.js';
import type { Steps } from './facts.js';
import { type Image, type LayerCache, readImage } from './image.js';

/** A build that did not come to its end; the message is what it said last. */
export class BuildFailed extends Error {}

/** What the steps of a log of `--progress=rawjson` printed, and the error. */
function saidIn(log: string): string {
  const out: string[] = [];
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) {
      if (line.trim() !== '') out.push(`${line}\n`);
      continue;
    }
    const { logs = [] } = JSON.parse(line) as { readonly logs?: readonly { readonly data: string }[] };
    for (const { data } of logs) out.push(Buffer.from(data, 'base64').toString('utf8'));
  }
  return out.join('');
}

async function run(folder: string, dockerfile: string, options: readonly string[]): Promise<string> {
  const always = ['buildx', 'build', '--progress=rawjson', '--provenance=false'];
  const { code, output } = await runDocker([
    ...always,
    ...['-f', path.join(folder, dockerfile)],
    ...options,
    folder,
  ]);
  if (code !== 0) throw new BuildFailed(saidIn(output).trim().split('\n').slice(-25).join('\n'));
  return output;
}

/** What a build of `folder` asks for. */
export interface ImageRequest {
  readonly folder: string;
  readonly dockerfile: string;
  readonly target?: string;
  /** Whether steps may come from the cache. */
  readonly cached: boolean;
}

/** Builds an image and reads it. Rejects with `BuildFailed`. */
export async function buildImage(request: ImageRequest, layers: LayerCache): Promise<Image> {
  const layout = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-image-'));
  try {
    await run(request.folder, request.dockerfile, [
      ...(request.cached ? [] : ['--no-cache']),
      ...(request.target === undefined ? [] : ['--target', request.target]),
      ...['--output', `type=oci,tar=false,dest=${layout},compression=uncompressed`],
    ]);
    return readImage(layout, layers);
  } finally {
    rmSync(layout, { recursive: true, force: true });
  }
}

function shown({ stage, text }: Vertex): string {
  const line = text.replace(/\s+/g, ' ');
  return stage === undefined || /^stage-\d+$/.test(stage) ? line : `${stage}: ${line}`;
}

/** In the order of the Dockerfile: the log has them as they came. */
function inOrder(vertices: readonly Vertex[], dockerfile: string): readonly Vertex[] {
  const labels = parseDockerfile(readFileSync(dockerfile, 'utf8')).stages.map(({ label }) => label);
  const place = ({ stage }: Vertex): number => (stage === undefined ? 0 : labels.indexOf(stage));
  return [...vertices].sort((a, b) => place(a) - place(b) || a.number - b.number);
}

/** Builds with the cache; the steps that ran. Rejects with `BuildFailed`. */
export async function buildAgain(folder: string, dockerfile: string): Promise<Steps> {
  const vertices = readVertices(await run(folder, dockerfile, []));
  const ran = vertices.filter(({ cached }) => !cached);
  return inOrder(ran, path.join(folder, dockerfile)).map(shown);
}

/** What commands print first in the first stage of a Dockerfile, as built. A command that fails there is left out. */
export async function versionsIn(
  folder: string,
  dockerfile: string,
  firstStage: string,
  commands: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  const ask = commands.map((command, i) => `RUN echo "@${i}@$(${command} 2>/dev/null | head -n 1)"`);
  // What is cached prints nothing.
  const text = `${firstStage.trimEnd()}\nENV PLIMSOLL_ASKED=${Date.now()}\n${ask.join('\n')}\n`;
  const log = saidIn(
    await withDockerfile(folder, `${dockerfile}.versions`, text, (name) => run(folder, name, [])),
  );
  // Maven prints colours, and switches them off on the other stream, which may come first.
  for (const [, i, said = ''] of stripVTControlCharacters(log).matchAll(/^@(\d+)@(.*)$/gm))
    if (said.trim() !== '') out.set(commands[Number(i)] ?? '', said.trim());
  return out;
}

async function withDockerfile<T>(
  folder: string,
  name: string,
  text: string,
  use: (name: string) => Promise<T>,
): Promise<T> {
  writeFileSync(path.join(folder, name), text);
  try {
    return await use(name);
  } finally {
    rmSync(path.join(folder, name), { force: true });
  }
}

/** The warnings of `docker build --call=check`, one line each. */
export async function checkWarnings(folder: string, dockerfile: string): Promise<readonly string[]> {
  const { stdout, output } = await runDocker([
    ...[
      'buildx',
      'build',
      '--call=check,format=json',
      '--progress=quiet',
      '-f',
      path.join(folder, dockerfile),
    ],
    folder,
  ]);
  const at = stdout.indexOf('{');
  if (at < 0) throw new BuildFailed(output.trim().split('\n').slice(-5).join('\n'));
  const { warnings = [] } = JSON.parse(stdout.slice(at)) as {
    readonly warnings?: readonly { readonly ruleName: string; readonly detail?: string }[] | null;
  };
  return (warnings ?? []).map(({ ruleName, detail = '' }) => `${ruleName}: ${detail}`);
}

/** The version of the BuildKit that is reached, `unknown` where it does not say. */
export async function buildkitVersion(): Promise<string> {
  const { stdout } = await runDocker(['buildx', 'inspect']);
  const version = /^BuildKit(?: version)?:\s*v?(\d+\.\d+)/m.exec(stdout)?.[1];
  return version === undefined || version === '0.0' ? 'unknown' : version;
}
