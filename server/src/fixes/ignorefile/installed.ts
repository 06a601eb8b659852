import { argumentsOf } from '../../sim/commands.js';
import { installOf } from '../../sim/installs.js';
import type { InstallStep } from '../../sim/installstep.js';
import { type Exposed, holdsPackagesAlone } from '../../sim/obstacles.js';
import type { Change } from '../../text/edit.js';
import { baseName, isInside, joinPath, relativePath } from '../../text/paths.js';
import type { Scene } from './candidates.js';
import { changeTo, draftWith, type IgnoreDraft } from './edit.js';
import { madeCandidates, mayHoldGenerated } from './folders.js';
import { type Maker, proofOf } from './made.js';
import { setsProduction, usesAnything, usesNode } from './makers.js';
import type { IgnoreInput } from './model.js';
import { matcherOf, namedBySource, undoesException } from './needs.js';
import { ownScene, sceneOf } from './scene.js';
import { arrivalsOf } from './sharing.js';
import { weigh } from './weigh.js';
import { type Line, patternsIn } from './write.js';

/** Lines that keep out of the context what an install makes. */
export interface KeptOut {
  /** What is there now and then stays out, for a title. */
  readonly names: readonly string[];
  /** All paths that then stay out. */
  readonly paths: readonly string[];
  /** What writes the lines. */
  readonly change: () => Change;
}

const node: ReadonlySet<string> = new Set(['bun', 'npm', 'pnpm', 'yarn']);

/** Options by which an install leaves a part out. */
const part = /^--(no-dev|only|only-group|without|no-default-groups|package|group|extra|with|no-autoloader)\b/;

/** The folders that the installs of a step make, wherever the same package manager installs. */
function makerOf({ installs }: InstallStep): Maker {
  return (command, step, at) => {
    const other = installOf(command);
    const isMade = installs.some(
      ({ install, closure }) =>
        install.manager === other?.manager &&
        closure.outputs.some(
          (path) =>
            isInside(install.folder, path) &&
            joinPath(other.folder, relativePath(install.folder, path)) === at,
        ),
    );
    if (other === undefined || !isMade) return undefined;
    const partial = setsProduction(command, step) || argumentsOf(command).some((arg) => part.test(arg));
    return { by: other.manager, replaces: other.what === 'npm-ci', partial };
  };
}

/** Whether every build of a scene that takes `path` makes it anew with the installs of `found`, and nothing uses it before. */
function isMadeAnew({ views }: Scene, found: InstallStep, path: string): boolean {
  const maker = makerOf(found);
  const uses = found.installs.every(({ install }) => node.has(install.manager)) ? usesNode : usesAnything;
  return views.every((view) => {
    const arrivals = arrivalsOf(view, path);
    return arrivals !== undefined && proofOf(view, arrivals, { maker, uses }) !== undefined;
  });
}

/** Those of `paths` that no build of a scene needs from the context. */
function needless(scene: Scene, found: InstallStep, paths: readonly string[]): readonly string[] {
  const { views, survey, exceptions } = scene;
  const texts = views.map(({ spoken }) => spoken);
  if (views.some(({ needs }) => needs.unknown.length > 0)) return [];
  const replaces = found.installs.every(({ install }) => install.what === 'npm-ci');
  // The install leaves alone what was generated on this machine; without it a program may not start.
  if (!replaces && mayHoldGenerated(survey, texts)) return [];
  const candidates = madeCandidates(views, survey, texts);
  return paths.filter(
    (path) =>
      holdsPackagesAlone(path) &&
      !/[*?[\]\\!#\n]|^\s|\s$/.test(path) &&
      !namedBySource(path, views) &&
      !undoesException(path, exceptions) &&
      (candidates.some(({ pattern }) => pattern === path) || isMadeAnew(scene, found, path)),
  );
}

function lineFor(pattern: string, path: string): Line {
  return { pattern, group: 'Made anew by the build', paths: [path] };
}

/** The ignore file with these lines, where it then hides all of `paths`. */
function draftHiding(
  input: IgnoreInput,
  scene: Scene,
  lines: readonly Line[],
  paths: readonly string[],
): IgnoreDraft | undefined {
  const draft = draftWith(input, scene, lines);
  if (draft === undefined) return undefined;
  const matcher = matcherOf(patternsIn(draft.text));
  const hides = (path: string): boolean => matcher.match(path).ignored && matcher.match(`${path}/a`).ignored;
  return paths.every(hides) ? draft : undefined;
}

/** One line for all folders of a name, where the context was measured and holds no other; else the path itself. */
function linesFor({ snapshot }: IgnoreInput, scene: Scene, paths: readonly string[]): readonly Line[] {
  const weighed = weigh(snapshot, scene)?.weighed ?? [];
  const lines = paths.map((path): Line => {
    const wide = `**/${baseName(path)}`;
    return lineFor(weighed.some(({ pattern }) => pattern === wide) ? wide : path, path);
  });
  return lines.filter(({ pattern }, i) => lines.findIndex((line) => line.pattern === pattern) === i);
}

/**
 * The lines that keep out of the context what the installs of `found` make anew. Undefined where a build that reads the
 * same ignore file needs something of it from the context, or a line has no place.
 */
export function keepInstalledOut(
  input: IgnoreInput,
  found: InstallStep,
  exposed: readonly Exposed[],
): KeptOut | undefined {
  const names = exposed.filter(({ there }) => there).map(({ path }) => path);
  const all = exposed.map(({ path }) => path);
  const free = (scene: Scene | undefined): readonly string[] | undefined => {
    const paths = scene === undefined ? [] : needless(scene, found, all);
    return names.every((name) => paths.includes(name)) ? paths : undefined;
  };
  // To find out who else shares the context costs more.
  if (free(ownScene(input)) === undefined) return undefined;
  const scene = sceneOf(input);
  const paths = free(scene);
  if (scene === undefined || paths === undefined) return undefined;
  const exact = paths.map((path) => lineFor(path, path));
  const plain = draftHiding(input, scene, exact, paths);
  if (plain === undefined) return undefined;
  return {
    names,
    paths,
    change() {
      const draft = draftHiding(input, scene, linesFor(input, scene, paths), paths) ?? plain;
      return changeTo(input.snapshot, draft.path, draft.text);
    },
  };
}
