import { expandWord } from '../syntax/dockerfile/expand.js';
import type { Dockerfile, Instruction, Stage } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { baseName, dirName, isInside, relativePath } from '../text/paths.js';
import type { Build } from './build.js';
import { ignoreFileOf } from './ignorefile.js';
import { remembered, type Snapshot } from './snapshot.js';
import { cleanSource, expandSource } from './tree.js';

/** Files that a command cannot do without: where everything is copied, they say which folder "everything" is. */
const manifestsOf: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\b(?:npm|yarn|pnpm|bun)\s+(?:ci|i|install|run|build)\b|\byarn\b/, ['package.json']],
  [/\bpip3?\s+install\b[^&;|]*?(?:-r|--requirement)[ =]?requirements\.txt/, ['requirements.txt']],
  [/\buv\s+sync\b|\bpoetry\s+install\b/, ['pyproject.toml']],
  [/\bgo\s+(?:build|mod|install)\b/, ['go.mod']],
  [/\bcargo\s+(?:build|install|fetch|chef)\b/, ['Cargo.toml']],
  [/\bbundle\s+(?:install|config)\b/, ['Gemfile']],
  [/\bcomposer\s+(?:install|dump-autoload)\b/, ['composer.json']],
  [/\bmvnw?\s/, ['pom.xml']],
  [/\bgradlew?\s/, ['build.gradle', 'build.gradle.kts']],
  [/\bmix\s+(?:deps|compile|release)/, ['mix.exs']],
  [/\bmake\b(?!\s+-C)/, ['Makefile', 'makefile', 'GNUmakefile']],
];

/** What a Dockerfile tells of its context. */
interface Evidence {
  /** Sources that name something, cleaned, each once. */
  readonly sources: readonly string[];
  /** For each command after a copy of everything: names of which one has to be there. */
  readonly manifests: readonly (readonly string[])[];
}

/** The paths an instruction takes from the context; empty for any other one. */
function contextSources(instruction: Instruction): readonly string[] {
  if (instruction.kind === 'COPY' || instruction.kind === 'ADD') {
    if (instruction.from !== undefined) return [];
    return instruction.sources.map(({ raw }) => raw).filter((raw) => !/^(?:\w+:\/\/|git@)/.test(raw));
  }
  if (instruction.kind !== 'RUN') return [];
  return instruction.mounts.flatMap(({ type, from, source }) =>
    type === 'bind' && from === undefined && source !== undefined ? [source] : [],
  );
}

function evidenceOf(dockerfile: Dockerfile): Evidence {
  const sources = new Set<string>();
  const manifests = new Map<string, readonly string[]>();
  const globals = new Map<string, string>();
  for (const instruction of dockerfile.globalArgs) learnDefaults(dockerfile, instruction, globals);
  for (const stage of dockerfile.stages) stageEvidence(dockerfile, stage, globals, sources, manifests);
  return { sources: [...sources], manifests: [...manifests.values()] };
}

function stageEvidence(
  dockerfile: Dockerfile,
  stage: Stage,
  globals: ReadonlyMap<string, string>,
  sources: Set<string>,
  manifests: Map<string, readonly string[]>,
): void {
  const values = new Map<string, string>();
  let everything = false;
  for (const instruction of stage.instructions) {
    learnDefaults(dockerfile, instruction, values, globals);
    for (const raw of contextSources(instruction)) {
      const source = expandWord(raw, (name) => values.get(name), dockerfile.escape);
      if (source === undefined) continue;
      const clean = cleanSource(source);
      if (clean === '.' || clean === '*') everything = true;
      else sources.add(clean);
    }
    if (!everything || instruction.kind !== 'RUN') continue;
    for (const [command, names] of manifestsOf) {
      if (command.test(instruction.text)) manifests.set(names.join(), names);
    }
  }
}

/** Puts the values that an ARG or ENV sets into `values`, in place: a copy for each would be quadratic. */
function learnDefaults(
  dockerfile: Dockerfile,
  instruction: Instruction,
  values: Map<string, string>,
  globals?: ReadonlyMap<string, string>,
): void {
  const set = (name: string, raw: string | undefined): void => {
    const value =
      raw === undefined ? globals?.get(name) : expandWord(raw, (n) => values.get(n), dockerfile.escape);
    if (value !== undefined) values.set(name, value);
    else if (raw !== undefined) values.delete(name);
  };
  if (instruction.kind === 'ARG') {
    for (const { name, value } of instruction.declarations) set(name, value?.raw);
  } else if (instruction.kind === 'ENV') {
    for (const { name, value } of instruction.pairs) set(name, value.raw);
  }
}

interface Candidate {
  readonly folder: string;
  readonly found: number;
  /** Several things are asked for, and all are there. */
  readonly whole: boolean;
  readonly hasIgnoreFile: boolean;
}

function candidate(snapshot: Snapshot, folder: string, evidence: Evidence): Candidate {
  const names = new Set(snapshot.list(folder)?.map(({ name }) => name));
  const sources = evidence.sources.filter((source) => expandSource(snapshot, folder, source).length > 0);
  const manifests = evidence.manifests.filter((any) => any.some((name) => names.has(name)));
  const found = sources.length + manifests.length;
  const asked = evidence.sources.length + evidence.manifests.length;
  return { folder, found, whole: asked > 1 && found === asked, hasIgnoreFile: names.has('.dockerignore') };
}

/** The folder of `dockerfile` and those above it up to `root`, nearest first. */
function candidateFolders(dockerfile: string, root: string): readonly string[] {
  const folders = [dirName(dockerfile)];
  for (let at = dirName(dockerfile); at !== root && isInside(root, at); ) {
    at = dirName(at);
    folders.push(at);
  }
  return folders;
}

/**
 * The most found first; among equals the nearest, unless another has an ignore file and something is missing, or hardly
 * anything was asked for: a project below another often has all of the same names.
 */
function best(candidates: readonly Candidate[]): Candidate | undefined {
  let chosen: Candidate | undefined;
  for (const next of candidates) {
    const better =
      chosen === undefined ||
      next.found > chosen.found ||
      (next.found > 0 &&
        next.found === chosen.found &&
        !chosen.whole &&
        next.hasIgnoreFile &&
        !chosen.hasIgnoreFile);
    if (better) chosen = next;
  }
  return chosen;
}

/**
 * A build nobody defined: among the Dockerfile's folder and the folders above it, up to the project root, the one in
 * which most of what the Dockerfile copies (and needs, where it copies everything) exists.
 */
export function heuristicBuild(snapshot: Snapshot, dockerfile: string, root: string): Build {
  const parsed = snapshot.parse(dockerfile, parseDockerfile);
  const evidence =
    parsed === undefined ? { sources: [], manifests: [] } : remembered(snapshot, parsed, evidenceOf);
  const folders = candidateFolders(dockerfile, root);
  const chosen = best(folders.map((folder) => candidate(snapshot, folder, evidence)));
  const context = chosen?.folder ?? dirName(dockerfile);
  return {
    dockerfile,
    context,
    remote: false,
    ignoreFile: ignoreFileOf(snapshot, dockerfile, context),
    target: null,
    args: {},
    namedContexts: [],
    source: 'heuristic',
    kind: 'heuristic',
    why: `${baseName(dockerfile)} is named by no build definition; ${reason(evidence, chosen, relativePath(root, context))}.`,
  };
}

function reason(evidence: Evidence, chosen: Candidate | undefined, shown: string): string {
  const all = evidence.sources.length + evidence.manifests.length;
  const folder = shown === '.' ? 'the project root' : shown;
  if (chosen === undefined || chosen.found === 0) {
    const why = all === 0 ? 'it copies nothing by name' : 'nothing it copies by name exists yet';
    return `${why}, so ${folder} is taken for the context`;
  }
  const some =
    chosen.found < all
      ? `${chosen.found} of the ${all} paths`
      : all === 1
        ? 'the path'
        : all === 2
          ? 'both paths'
          : `all ${all} paths`;
  return `${some} it copies or installs from can be found in ${folder}, which is taken for the context`;
}
