import { type ChangingCommand, changingCommands } from '../syntax/changing/script.js';
import type { Dockerfile } from '../syntax/dockerfile/model.js';
import { parseDockerfile } from '../syntax/dockerfile/parse.js';
import { readJson } from '../syntax/json.js';
import { baseName, dirName, isInside, joinPath } from '../text/paths.js';
import type { Build } from './build.js';
import { classifyName } from './classify.js';
import { projectRootOf } from './config.js';
import { definitionsIn } from './definitions.js';
import { buildScripts, type Script } from './scripts.js';
import { remembered, type Snapshot } from './snapshot.js';
import type { VolatileArgument } from './volatile.js';

/** The names that ARGs of stages declare: others never reach a step. */
function declaredNames(dockerfile: Dockerfile): ReadonlySet<string> {
  const declared = dockerfile.stages.flatMap(({ instructions }) =>
    instructions.flatMap((i) => (i.kind === 'ARG' ? i.declarations.map(({ name }) => name) : [])),
  );
  return new Set(declared);
}

/** The docker command lines of a package.json, each at its script. */
function commandsOfManifest(text: string): readonly ChangingCommand[] {
  if (!text.includes('--build-arg')) return [];
  const scripts = readJson(text).root?.children?.find(({ children }) => children?.[0]?.value === 'scripts');
  return (scripts?.children?.[1]?.children ?? []).flatMap(({ children: [, node] = [] }) => {
    if (node === undefined || typeof node.value !== 'string') return [];
    const at = { start: node.offset, end: node.offset + node.length };
    return changingCommands(node.value).map((found) => ({
      ...found,
      arguments: found.arguments.map((argument) => ({ ...argument, at })),
    }));
  });
}

/** Folders a script may be run in, the likeliest first. */
function foldersOf(path: string, root: string): readonly string[] {
  const name = baseName(path).toLowerCase();
  const own = dirName(path);
  if (/^(?:gnu)?makefile$|\.mk$|justfile$|^taskfile|^package\.json$/.test(name)) return [own];
  if (/\.(?:sh|bash|ps1|bat|cmd)$/.test(name)) {
    const above = isInside(root, dirName(own)) ? [dirName(own)] : [];
    return [...new Set([root, own, ...above])];
  }
  return [root];
}

/** Whether a command run in one of `folders` builds the Dockerfile, and no other one that is there. */
function buildsIt(
  snapshot: Snapshot,
  root: string,
  { command }: ChangingCommand,
  folders: readonly string[],
  dockerfile: string,
): boolean {
  if (command.kind === 'bake') return false;
  if (command.kind === 'compose') {
    const definitions = definitionsIn(snapshot, root).get(dockerfile) ?? [];
    return definitions.some(({ kind }) => kind === 'compose');
  }
  if (command.remote) return false;
  const all = snapshot.index(root).filter((path) => classifyName(path) === 'dockerfile');
  const { file } = command;
  if (file === undefined) return all.length === 1 && all[0] === dockerfile;
  const meant = folders.map((folder) => joinPath(folder, file)).filter((path) => all.includes(path));
  return meant.length === 1 && meant[0] === dockerfile;
}

function inScript(
  snapshot: Snapshot,
  root: string,
  script: Script,
  dockerfile: string,
): readonly VolatileArgument[] {
  const isManifest = baseName(script.path) === 'package.json';
  const commands = snapshot.parse(script.path, isManifest ? commandsOfManifest : changingCommands) ?? [];
  const folders = foldersOf(script.path, root);
  return commands
    .filter((command) => buildsIt(snapshot, root, command, folders, dockerfile))
    .flatMap((command) => command.arguments.map((argument) => ({ ...argument, path: script.path })));
}

/**
 * The arguments that a build's Dockerfile declares and whose value changes by itself, each name once: as the build's own
 * definition passes them, else other definitions of the same Dockerfile (compose, bake in JSON, workflows), else scripts
 * that build it. One that the build itself gives a fixed value is left out. Empty where nobody can be seen to pass any.
 */
export function volatileArguments(snapshot: Snapshot, build: Build): readonly VolatileArgument[] {
  const dockerfile = snapshot.parse(build.dockerfile, parseDockerfile);
  const names =
    dockerfile === undefined ? new Set<string>() : remembered(snapshot, dockerfile, declaredNames);
  if (names.size === 0) return [];
  const root = projectRootOf(snapshot, build.dockerfile);
  const definitions = definitionsIn(snapshot, root).get(build.dockerfile) ?? [];
  const [own, others] = [
    definitions.filter(({ source }) => source === build.source),
    definitions.filter(({ source }) => source !== build.source),
  ];
  const scripts = buildScripts(snapshot, root, build.context, build.dockerfile).filter(
    ({ path, text }) => text.includes('--build-arg') && !/\/\.github\//.test(path),
  );
  const passed = [
    ...[...own, ...others].flatMap(({ changing }) => changing),
    ...scripts.flatMap((script) => inScript(snapshot, root, script, build.dockerfile)),
  ];
  const out = new Map<string, VolatileArgument>();
  const ownNames = new Set(own.flatMap(({ changing }) => changing.map(({ name }) => name)));
  for (const argument of passed) {
    const { name } = argument;
    const isFixed = !ownNames.has(name) && typeof build.args[name] === 'string';
    if (names.has(name) && !isFixed && !out.has(name)) out.set(name, argument);
  }
  return [...out.values()];
}
