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
  /** Paths that differed between two equal builds. */
  readonly restless: Set<string>;
  readonly say: (line: string) => void;
  /** What was recorded of the same project before and need not be built again. */
  readonly known: Facts | undefined;
}

/** Leaves out what differs between equal builds: a pattern of which nothing was seen to differ hides nothing. */
function withoutNoise({ ecosystem, restless, known }: Run, paths: readonly string[]): readonly string[] {
  const seen = Object.keys(ecosystem.noise).flatMap((glob) => {
    const matches = globOf(glob);
    const told = (known?.noise[glob] ?? 0) > 0 || [...restless].some((name) => matches.test(name));
    return told ? [matches] : [];
  });
  return paths.filter((name) => !restless.has(name) && !seen.some((matches) => matches.test(name)));
}

/** What differed between equal builds, now and when it was recorded: by pattern, and what no pattern is for. */
function noiseOf({
  ecosystem,
  restless,
  known,
}: Pick<Run, 'ecosystem' | 'restless' | 'known'>): Pick<Facts, 'noise' | 'unexplained'> {
  const all = [...new Set([...restless, ...(known?.unexplained ?? [])])].sort();
  const patterns = Object.keys(ecosystem.noise).map((glob) => ({ glob, matches: globOf(glob) }));
  const counts = patterns.map(({ glob, matches }): [string, number] => {
    const now = all.filter((name) => matches.test(name)).length;
    return [glob, Math.max(now, known?.noise[glob] ?? 0)];
  });
  const unexplained = all.filter((name) => !patterns.some(({ matches }) => matches.test(name)));
  return { noise: Object.fromEntries(counts), unexplained: unexplained.slice(0, 50) };
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
  const globs =
    offered.form === 'prefetch' || offered.form === 'compile'
      ? Object.keys(run.ecosystem.fills ?? {}).map(globOf)
      : [];
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
  for (const at of differences(image, again)) run.restless.add(at);
  original.stages.set(target, image);
  return image;
}

/** What a fix says of itself. */
function toldOf({
  rule,
  form,
  besides,
  title,
  changes,
}: Offered): Pick<ProvenFix, 'rule' | 'form' | 'besides' | 'title' | 'changes'> {
  const forms = { ...(form === undefined ? {} : { form }), ...(besides.length === 0 ? {} : { besides }) };
  return { rule, ...forms, title, changes };
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
  for (const at of differences(before, await buildImage(request, layers))) run.restless.add(at);
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

/** What `prove` is asked. */
export interface ProveRequest {
  readonly root: string;
  readonly id: string;
  /** Fixes that are recorded with the same text for the same project are not built again. */
  readonly onlyNew: boolean;
  readonly say: (line: string) => void;
}

/** One after the other: a build that is told to use no cache makes another one beside it run the same steps again too. */
async function proveAll(
  run: Run,
  engine: Engine,
): Promise<{
  readonly dockerfiles: readonly ProvenDockerfile[];
  readonly versions: ReadonlyMap<string, string>;
}> {
  const versions = new Map(Object.entries(run.known?.versions ?? {}));
  const dockerfiles: ProvenDockerfile[] = [];
  for (const name of dockerfilesOf(filesBelow(run.folder))) {
    dockerfiles.push(await proveDockerfile(run, engine, name));
    if (run.known !== undefined) continue;
    const first = firstStageOf(run.folder, name);
    const asked = await versionsIn(run.folder, name, first, run.ecosystem.versions);
    for (const [command, version] of asked) versions.set(command, version);
  }
  return { dockerfiles, versions };
}

/** Builds everything of one ecosystem. Rejects where a build of what is there fails. */
export async function proveEcosystem(request: ProveRequest, engine: Engine): Promise<Facts> {
  const { root, id, onlyNew } = request;
  const ecosystem = readEcosystem(root, id);
  const workspace = makeWorkspace(root, id, ecosystem);
  try {
    const project = digestOf(projectTexts(root, id));
    const recorded = onlyNew ? readJson<Facts>(root, id, 'facts.json') : undefined;
    const known = recorded?.project === project ? recorded : undefined;
    // Any folder that the fix brings about in another way shows in its mode then.
    workspace.makePrivate();
    const { folder } = workspace;
    const run: Run = { ecosystem, folder, layers: new Map(), restless: new Set(), say: request.say, known };
    const { dockerfiles, versions } = await proveAll(run, engine);
    const told = noiseOf(run);
    for (const at of told.unexplained) request.say(` two equal builds differ, no reason is given: ${at}`);
    return {
      buildkit: await buildkitVersion(),
      project,
      versions: Object.fromEntries([...versions].sort()),
      ...told,
      dockerfiles,
    };
  } finally {
    workspace.remove();
  }
}
