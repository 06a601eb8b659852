import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../server/src/engine/model.js';
import { createFactStore, resolveWith } from '../../server/src/node/facts.js';
import { nodeFs } from '../../server/src/node/fs.js';
import { parseCache } from '../../server/src/project/snapshot.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import {
  digestOf,
  type Ecosystem,
  filesBelow,
  projectTexts,
  readEcosystem,
  readJson,
} from '../ecosystems/model.js';
import { makeWorkspace } from '../ecosystems/workspace.js';
import {
  BuildFailed,
  buildAgain,
  buildImage,
  buildkitVersion,
  checkWarnings,
  type ImageRequest,
  versionsIn,
} from './docker.js';
import type { Difference, Facts, ProvenDockerfile, ProvenFix, Steps } from './facts.js';
import { differenceOf, differences, globOf, type Image, type LayerCache } from './image.js';
import { dockerfilesOf, type Offered, offeredFixes } from './offered.js';

/** What one run needs and gathers. */
interface Run {
  readonly ecosystem: Ecosystem;
  readonly folder: string;
  readonly layers: LayerCache;
  /** Pattern of noise → paths of it that differed between two equal builds. */
  readonly noise: Map<string, Set<string>>;
  readonly say: (line: string) => void;
  /** What was recorded of the same project before and need not be built again. */
  readonly known: Facts | undefined;
}

function withoutNoise(run: Run, paths: readonly string[]): readonly string[] {
  const globs = Object.keys(run.ecosystem.noise).map(globOf);
  return paths.filter((name) => !globs.some((glob) => glob.test(name)));
}

/** Notes what two equal builds differ in. Throws where that has no written reason. */
function noteNoise(run: Run, name: string, paths: readonly string[]): void {
  for (const glob of Object.keys(run.ecosystem.noise)) {
    const known = run.noise.get(glob) ?? new Set();
    for (const at of paths) if (globOf(glob).test(at)) known.add(at);
    run.noise.set(glob, known);
  }
  const bare = withoutNoise(run, paths);
  if (bare.length > 0) {
    const shown = bare.slice(0, 20).map((at) => `  ${at}`);
    throw new Error(
      `two equal builds of ${name} differ in ${bare.length} paths without a reason:\n${shown.join('\n')}`,
    );
  }
}

const COMMENTS: Readonly<Record<string, string>> = { py: '#', rb: '#', ex: '#', exs: '#', sh: '#' };

/** Edits the source as nobody did before, builds again, and takes the edit back; the steps that ran. */
async function rerunSteps(run: Run, dockerfile: string): Promise<Steps> {
  await buildAgain(run.folder, dockerfile);
  const file = path.join(run.folder, run.ecosystem.edit);
  const before = readFileSync(file);
  const sign = COMMENTS[path.extname(file).slice(1)] ?? '//';
  appendFileSync(file, `\n${sign} edited at ${process.hrtime.bigint()}\n`);
  try {
    return await buildAgain(run.folder, dockerfile);
  } finally {
    writeFileSync(file, before);
  }
}

/** Puts the changed files in place for as long as `use` takes. */
async function changed<T>(run: Run, changes: Offered['changes'], use: () => Promise<T>): Promise<T> {
  const restore = Object.entries(changes).map(([name, text]) => {
    const file = path.join(run.folder, name);
    const before = existsSync(file) ? readFileSync(file) : undefined;
    writeFileSync(file, text);
    return () => (before === undefined ? rmSync(file) : writeFileSync(file, before));
  });
  try {
    return await use();
  } finally {
    for (const undo of restore) undo();
  }
}

/** What differs, without noise and without the changed files themselves, which `COPY . .` takes along. */
function difference(run: Run, offered: Offered, before: Image, after: Image): Difference {
  const own = Object.keys(offered.changes);
  const paths = withoutNoise(run, differences(before, after));
  return differenceOf(paths.filter((at) => !own.some((name) => at.endsWith(`/${name}`))));
}

/** The same of a stage that is not the last: what a download ahead of a build leaves there is only counted. */
function stageDifference(run: Run, offered: Offered, before: Image, after: Image): Difference {
  const all = differences(before, after);
  const globs = offered.form === 'prefetch' ? Object.keys(run.ecosystem.fills ?? {}).map(globOf) : [];
  const isFilled = (at: string): boolean => globs.some((glob) => glob.test(at));
  const filled = all.filter(isFilled).length;
  const keep = (image: Image): Image => new Map([...image].filter(([at]) => !isFilled(at)));
  const rest = filled === 0 ? ([before, after] as const) : ([keep(before), keep(after)] as const);
  return { ...difference(run, offered, ...rest), ...(filled === 0 ? {} : { filled }) };
}

/** Stages that the fix changes, by what `--target` takes, the last left out; none where it changes their number. */
function changedStages(before: string, after: string): readonly string[] {
  const texts = (text: string): readonly { readonly name: string; readonly text: string }[] =>
    parseDockerfile(text).stages.map((stage, i) => {
      const { start, end } = stage.span;
      return { name: stage.name ?? String(i), text: text.slice(start, end) };
    });
  const [old, now] = [texts(before), texts(after)];
  if (old.length !== now.length) return [];
  return old
    .slice(0, -1)
    .flatMap((stage, i) => (stage.text.trim() === now[i]?.text.trim() ? [] : [stage.name]));
}

/** What was built of a Dockerfile before any fix. */
interface Original {
  readonly image: Image;
  /** By what `--target` takes. */
  readonly stages: Map<string, Image>;
}

/** A stage before any fix, built twice for its noise. */
async function originalStage(run: Run, name: string, original: Original, target: string): Promise<Image> {
  const known = original.stages.get(target);
  if (known !== undefined) return known;
  const request = { folder: run.folder, dockerfile: name, target };
  const image = await buildImage({ ...request, cached: true }, run.layers);
  const again = await buildImage({ ...request, cached: false }, run.layers);
  noteNoise(run, `${name}, ${target}`, differences(image, again));
  original.stages.set(target, image);
  return image;
}

/** What a fix says of itself. */
function toldOf({
  rule,
  form,
  title,
  changes,
}: Offered): Pick<ProvenFix, 'rule' | 'form' | 'title' | 'changes'> {
  return { rule, ...(form === undefined ? {} : { form }), title, changes };
}

function sameChanges(a: Offered['changes'], b: Offered['changes']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function proveFix(run: Run, name: string, before: Original, offered: Offered): Promise<ProvenFix> {
  const { rule, title, changes } = offered;
  const { folder, layers } = run;
  const said = await checkWarnings(folder, name);
  const text = readFileSync(path.join(folder, name), 'utf8');
  const targets: [string, Image][] = [];
  for (const target of changedStages(text, changes[name] ?? text))
    targets.push([target, await originalStage(run, name, before, target)]);
  return changed(run, changes, async (): Promise<ProvenFix> => {
    const all = await checkWarnings(folder, name);
    const known = toldOf(offered);
    const warnings = all.filter((line) => !said.includes(line));
    try {
      const after = await buildImage({ folder, dockerfile: name, cached: false }, layers);
      const image = difference(run, offered, before.image, after);
      const stages: [string, Difference][] = [];
      for (const [target, was] of targets) {
        const stage = await buildImage({ folder, dockerfile: name, target, cached: true }, layers);
        stages.push([target, stageDifference(run, offered, was, stage)]);
      }
      const rerun = await rerunSteps(run, name);
      const more = stages.length === 0 ? {} : { stages: Object.fromEntries(stages) };
      return { ...known, image, ...more, rerun, warnings };
    } catch (error) {
      if (!(error instanceof BuildFailed)) throw error;
      run.say(`  FAILED: ${rule}: ${title}\n${error.message}`);
      return { ...known, warnings, failed: true };
    }
  });
}

async function proveDockerfile(run: Run, engine: Engine, name: string): Promise<ProvenDockerfile> {
  const { folder, layers } = run;
  const cache = parseCache();
  const store = createFactStore({ fs: nodeFs() });
  const fixes = await resolveWith(store, [folder], cache, (s) => offeredFixes(engine, s, folder, name));
  const known = run.known?.dockerfiles.find((dockerfile) => dockerfile.name === name);
  const builtOf = (offered: Offered): ProvenFix | undefined =>
    known?.fixes.find((fix) => sameChanges(fix.changes, offered.changes) && fix.failed !== true);
  run.say(` ${name}: ${fixes.length} fixes`);
  if (known !== undefined && fixes.every((offered) => builtOf(offered) !== undefined)) {
    const again = fixes.flatMap((offered) => {
      const fix = builtOf(offered);
      return fix === undefined ? [] : [{ ...fix, ...toldOf(offered) }];
    });
    return { name, rerun: known.rerun, fixes: again };
  }
  const request: ImageRequest = { folder, dockerfile: name, cached: false };
  const before = await buildImage(request, layers);
  noteNoise(run, name, differences(before, await buildImage(request, layers)));
  const original: Original = { image: before, stages: new Map() };
  const rerun = await rerunSteps(run, name);
  run.say(`  before: after an edit ${rerun.join(' | ')}`);
  const proven: ProvenFix[] = [];
  for (const offered of fixes) {
    const built = builtOf(offered);
    if (built !== undefined) {
      proven.push({ ...built, ...toldOf(offered) });
      continue;
    }
    const fix = await proveFix(run, name, original, offered);
    const { image, stages = {} } = fix;
    const verdict = [image, ...Object.values(stages)].map((d) => d?.count ?? 'failed').join('/');
    run.say(
      `  ${fix.rule} ${fix.form ?? ''} "${fix.title}": ${verdict} differ; ${fix.rerun?.join(' | ') ?? ''}`,
    );
    for (const at of [image, ...Object.values(stages)].flatMap((d) => d?.paths ?? [])) run.say(`    ${at}`);
    proven.push(fix);
  }
  return { name, rerun, fixes: proven };
}

/** The text of the first stage, what stands before it included. */
function firstStageOf(folder: string, name: string): string {
  const text = readFileSync(path.join(folder, name), 'utf8');
  const second = parseDockerfile(text).stages[1];
  return second === undefined ? text : text.slice(0, second.span.start);
}

async function proveWorkspace(run: Run, engine: Engine, project: string): Promise<Facts> {
  const { ecosystem, folder } = run;
  const versions = new Map(Object.entries(run.known?.versions ?? {}));
  const dockerfiles: ProvenDockerfile[] = [];
  for (const name of dockerfilesOf(filesBelow(folder))) {
    dockerfiles.push(await proveDockerfile(run, engine, name));
    if (run.known !== undefined) continue;
    const asked = await versionsIn(folder, name, firstStageOf(folder, name), ecosystem.versions);
    for (const [command, version] of asked) versions.set(command, version);
  }
  const counts = [...run.noise].map(([glob, paths]): [string, number] => [
    glob,
    Math.max(paths.size, run.known?.noise[glob] ?? 0),
  ]);
  return {
    buildkit: await buildkitVersion(),
    project,
    versions: Object.fromEntries([...versions].sort()),
    noise: Object.fromEntries(counts),
    dockerfiles,
  };
}

/** What `prove` is asked. */
export interface ProveRequest {
  readonly root: string;
  readonly id: string;
  /** Fixes that are recorded with the same text for the same project are not built again. */
  readonly onlyNew: boolean;
  readonly say: (line: string) => void;
}

/** Builds everything of one ecosystem. Rejects where a build of what is there fails, or differs from itself unexplained. */
export async function proveEcosystem(
  { root, id, onlyNew, say }: ProveRequest,
  engine: Engine,
): Promise<Facts> {
  const ecosystem = readEcosystem(root, id);
  const workspace = makeWorkspace(root, id, ecosystem);
  try {
    const project = digestOf(projectTexts(root, id));
    const recorded = onlyNew ? readJson<Facts>(root, id, 'facts.json') : undefined;
    const known = recorded?.project === project ? recorded : undefined;
    const noise = new Map(
      Object.keys(ecosystem.noise).map((glob): [string, Set<string>] => [glob, new Set()]),
    );
    // Any folder that the fix brings about in another way shows in its mode then.
    workspace.makePrivate();
    const run: Run = { ecosystem, folder: workspace.folder, layers: new Map(), noise, say, known };
    return await proveWorkspace(run, engine, project);
  } finally {
    workspace.remove();
  }
}
