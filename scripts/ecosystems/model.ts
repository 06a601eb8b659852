import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/* The projects of test/ecosystems: see the README there. */

/** A command whose reading of the project is recorded. */
export interface TraceRequest {
  readonly name: string;
  /** What a RUN would say. */
  readonly command: string;
  /** Where in the project it runs; the project itself where left out. */
  readonly folder?: string;
  /** The build of the project that `command` downloads for, where it is no install by itself. */
  readonly build?: string;
  /** What it reads can't be known: the closure has to say so and need not be complete. */
  readonly open?: true;
  /** Candidates of the model that it was not seen to look for → why each is one. */
  readonly beyond?: Readonly<Record<string, string>>;
  /** Paths it was seen to look for that are no candidates → why they don't matter. */
  readonly aside?: Readonly<Record<string, string>>;
}

/** What ecosystem.json says. */
export interface Ecosystem {
  readonly title: string;
  /** The name of its manager in sim/installs/managers.ts. */
  readonly manager: string;
  /** The ecosystem whose fixes its builds prove; its own where left out. */
  readonly proves?: string;
  /** A shell command that makes the lock files that are not kept. */
  readonly locks?: string;
  /** Commands whose first line of output is the version of a tool. */
  readonly versions: readonly string[];
  /** The source file that is changed between builds. */
  readonly edit: string;
  /** The images its Dockerfiles are FROM. */
  readonly bases: readonly string[];
  readonly traces: readonly TraceRequest[];
  /** Glob of paths in the image → why two equal builds differ there. */
  readonly noise: Readonly<Record<string, string>>;
  /**
   * Glob of paths in the stage of a build → why a download ahead of it leaves more there than the build does. No fix is safe
   * where a later stage takes any of it.
   */
  readonly fills?: Readonly<Record<string, string>>;
}

/** What one command did. All paths are relative to the project, `.` for itself, sorted. */
export interface Trace {
  readonly name: string;
  readonly command: string;
  readonly folder: string;
  /** Files it opened or asked for. */
  readonly read: readonly string[];
  /** Folders whose entries it listed. */
  readonly listed: readonly string[];
  /** What it looked for and did not find. */
  readonly missing: readonly string[];
}

/** What trace.json holds. */
export interface Traces {
  /** Command → the first line it printed. */
  readonly versions: Readonly<Record<string, string>>;
  readonly traces: readonly Trace[];
}

/** Where the ecosystems lie below the repository. */
export const ECOSYSTEMS = 'test/ecosystems';

/** The names of all ecosystems, sorted. */
export function ecosystemNames(root: string): readonly string[] {
  const folder = path.join(root, ECOSYSTEMS);
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, 'ecosystem.json')))
    .sort();
}

/** One JSON file of an ecosystem; undefined where it is not there. */
export function readJson<T>(root: string, id: string, file: string): T | undefined {
  const full = path.join(root, ECOSYSTEMS, id, file);
  return existsSync(full) ? (JSON.parse(readFileSync(full, 'utf8')) as T) : undefined;
}

/** What ecosystem.json says. Throws where there is none. */
export function readEcosystem(root: string, id: string): Ecosystem {
  const found = readJson<Ecosystem>(root, id, 'ecosystem.json');
  if (found === undefined) throw new Error(`there is no ${ECOSYSTEMS}/${id}/ecosystem.json`);
  return found;
}

/** Every file below `folder`, relative to it with `/`, sorted; nothing where there is no such folder. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** The texts of an ecosystem's project, its recorded lock files with it, by path. */
export function projectTexts(root: string, id: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const part of ['project', 'locks']) {
    const folder = path.join(root, ECOSYSTEMS, id, part);
    for (const name of filesBelow(folder))
      out[name] = readFileSync(path.join(folder, name), 'utf8').replace(/\r\n/g, '\n');
  }
  return out;
}

/** One number for all texts of a project: another one is another project. */
export function digestOf(texts: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(texts).sort()) hash.update(`${name}\0${texts[name]}\0`);
  return hash.digest('hex').slice(0, 16);
}
