import {
  type Gemspec,
  parseGemfile,
  parseGemfileLock,
  parseGemspec,
  type RubyReads,
} from '../../syntax/manifests/ruby.js';
import { dirName, isInside, joinPath } from '../../text/paths.js';
import { type Closure, type ContextFiles, isSent, parsedFile } from './model.js';

export interface BundlerRun {
  /** The folder Bundler starts in. */
  readonly folder: string;
  /** The Gemfile named on the command line or by BUNDLE_GEMFILE. */
  readonly gemfile: string | undefined;
  /** The lock file may not change, as far as the command and its variables say. */
  readonly frozen: boolean;
  /** The folder gems are installed into, where the command or its variables name one. */
  readonly path: string | undefined;
  /** It notes its options in `.bundle/config`. */
  readonly writesConfig: boolean;
}

interface Reading {
  readonly context: ContextFiles;
  readonly start: string;
  readonly candidates: Set<string>;
  readonly open: string[];
}

/** What RubyGems and Bundler look for in the folder they start in. */
const KNOWN = ['gems.rb', 'gem.deps.rb', '.bundle/config', '.bundle/plugin/index'];

function readCode(reading: Reading, path: string, reads: RubyReads): void {
  const { context, candidates, open, start } = reading;
  const folder = dirName(path);
  if (reads.code !== undefined) open.push(`${path} runs code that may read the project (${reads.code})`);
  for (const file of reads.files) candidates.add(joinPath(file.fromStart ? start : folder, file.path));
  for (const load of reads.loads) visitRuby(reading, joinPath(folder, load));
  for (const name of reads.requires) {
    for (const at of [...reads.loadPath]) {
      const place = joinPath(folder, joinPath(at, /\.rb$/.test(name) ? name : `${name}.rb`));
      if (isSent(context, place)) visitRuby(reading, place);
    }
  }
}

function visitRuby(reading: Reading, path: string): void {
  const { context, candidates, open } = reading;
  if (candidates.has(path)) return;
  candidates.add(path);
  if (!isSent(context, path)) {
    open.push(`${path}, which is loaded, is not copied`);
    return;
  }
  const reads = parsedFile(context, path, parseGemfile);
  if (reads === undefined) open.push(`${path} could not be read`);
  else readGemfile(reading, path, reads);
}

function readGemfile(reading: Reading, path: string, reads: RubyReads): void {
  readCode(reading, path, reads);
  const folder = dirName(path);
  for (const spec of reads.gemspecs) readGem(reading, joinPath(folder, spec));
  for (const gem of reads.gems) readGems(reading, path, joinPath(folder, gem));
}

/** The gems of a folder, at most two levels down: `path "engines" do` names the folder of several. */
function readGems(reading: Reading, by: string, folder: string): void {
  const below = (at: string): string[] =>
    (reading.context.entries(at) ?? []).filter((e) => e.kind === 'folder').map((e) => joinPath(at, e.name));
  const first = below(folder);
  const places = [folder, ...first, ...first.flatMap(below)].filter(
    (at) => gemspecsIn(reading.context, at).length > 0,
  );
  // Without one the folder itself has to be there.
  if (places.length === 0) reading.open.push(`${by} names the folder ${folder}, which has no gemspec`);
  for (const at of places) readGem(reading, at);
}

function gemspecsIn(context: ContextFiles, folder: string): string[] {
  return (context.entries(folder) ?? [])
    .filter((entry) => entry.kind !== 'folder' && entry.name.endsWith('.gemspec'))
    .map((entry) => joinPath(folder, entry.name))
    .filter((path) => isSent(context, path));
}

/** A gem that lies in the project: its metadata is read, its source is not. */
function readGem(reading: Reading, folder: string): void {
  const { context, candidates, open } = reading;
  candidates.add(joinPath(folder, '.gemspec'));
  const plugin = joinPath(folder, 'lib/rubygems_plugin.rb');
  candidates.add(plugin);
  if (isSent(context, plugin)) open.push(`${plugin} is loaded by RubyGems`);
  for (const path of gemspecsIn(context, folder)) {
    if (candidates.has(path)) continue;
    candidates.add(path);
    const spec = parsedFile(context, path, parseGemspec);
    if (spec === undefined) open.push(`${path} could not be read`);
    else readGemspec(reading, path, spec);
  }
}

function readGemspec(reading: Reading, path: string, spec: Gemspec): void {
  const folder = dirName(path);
  readCode(reading, path, spec);
  if (spec.extensions) reading.open.push(`${path} compiles native code of the project`);
  const programs = spec.programs.find(
    (name) => reading.context.entries(joinPath(folder, name)) !== undefined,
  );
  if (programs !== undefined) reading.open.push(`${path} may install the programs of ${programs}`);
}

/** Settings of `.bundle/config`: `BUNDLE_NAME: "value"`. */
function parseConfig(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^(BUNDLE_\w+):\s*"?([^"\n]*)"?\s*$/gm)].map((m) => [m[1] ?? '', m[2] ?? '']),
  );
}

function lockDoubts(context: ContextFiles, lock: string, frozen: boolean): string[] {
  if (!isSent(context, lock)) return ['there is no lock file, so versions are chosen at each install'];
  if (frozen) return [];
  const parsed = parsedFile(context, lock, parseGemfileLock);
  if (parsed === undefined) return ['the lock file could not be read'];
  const linux = parsed.platforms.some((p) => /^(ruby$|x86_64-linux|aarch64-linux)/.test(p));
  return linux
    ? ['"bundle install" may change the lock file unless it is frozen']
    : ['the lock file has no Linux platform, which "bundle install" adds'];
}

/**
 * What `bundle install` reads; undefined where the context holds no Gemfile for it. Seen by strace with Bundler 2.3: the Gemfile and
 * what it loads, its lock file, `.bundle/config`, `vendor/cache`, and of gems that lie in the project the gemspec and what that
 * loads. The files such a gem lists are no part of what is installed.
 */
export function bundlerClosure(context: ContextFiles, run: BundlerRun): Closure | undefined {
  const { folder } = run;
  const usual = isSent(context, joinPath(folder, 'gems.rb')) ? 'gems.rb' : 'Gemfile';
  const gemfile = joinPath(folder, run.gemfile ?? usual);
  if (!isSent(context, gemfile)) return undefined;
  const lock = gemfile.endsWith('/gems.rb') ? gemfile.replace(/gems\.rb$/, 'gems.locked') : `${gemfile}.lock`;
  const reading: Reading = { context, start: folder, candidates: new Set([gemfile, lock]), open: [] };
  const reads = parsedFile(context, gemfile, parseGemfile);
  if (reads === undefined || context.text(gemfile) === '') reading.open.push(`${gemfile} could not be read`);
  else readGemfile(reading, gemfile, reads);
  for (const name of KNOWN) reading.candidates.add(joinPath(dirName(gemfile), name));
  const cache = joinPath(folder, 'vendor/cache');
  const folders = context.entries(cache) === undefined ? [] : [cache];
  const configPath = joinPath(folder, '.bundle/config');
  const config = parseConfig(isSent(context, configPath) ? (context.text(configPath) ?? '') : '');
  const on = (name: string): boolean => /^(true|1)$/.test(config.get(name) ?? '');
  const deployment = on('BUNDLE_DEPLOYMENT');
  const path = run.path ?? config.get('BUNDLE_PATH') ?? (deployment ? 'vendor/bundle' : undefined);
  return {
    files: [...reading.candidates].filter((p) => isSent(context, p) && !folders.some((f) => isInside(f, p))),
    folders,
    candidates: [...reading.candidates, cache],
    ecosystem: 'bundler',
    open: reading.open,
    doubts: lockDoubts(context, lock, run.frozen || deployment || on('BUNDLE_FROZEN')),
    outputs: [
      ...(path === undefined || path.startsWith('/') ? [] : [joinPath(folder, path)]),
      ...(run.writesConfig ? [joinPath(folder, '.bundle')] : []),
    ],
  };
}
