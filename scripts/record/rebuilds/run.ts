import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildState } from '../cache/build.js';
import { compareSteps, sum, tallyOf } from '../cache/compare.js';
import { stepsOf } from '../cache/judge.js';
import { layState } from '../cache/lay.js';
import { predict } from '../cache/model.js';
import { type CachedSteps, saltedState } from '../cache/pair.js';
import { cachedSteps } from '../cache/steps.js';
import { editedBy, type Project, readProjects, startOf } from './projects.js';

/** By project and edit: what was cached, or what is said of it in advance. */
export type Rebuilds = Readonly<Record<string, Readonly<Record<string, CachedSteps>>>>;

/** What is said in advance, and what was built: files of the facts. */
export const predictedFile = 'rebuilds-predicted.json';
export const builtFile = 'rebuilds-built.json';

/** Builds a project, then again after each of its edits. Throws where a build fails. */
async function rebuild(project: Project): Promise<Record<string, CachedSteps>> {
  const salt = `s${process.hrtime.bigint().toString(36)}`;
  const start = saltedState(startOf(project), salt);
  const laid = await layState(start);
  const built: Record<string, CachedSteps> = {};
  try {
    for (const edit of project.edits) {
      laid.alter(start);
      const first = await buildState(laid, start);
      if (first.error !== undefined) throw new Error(`${project.name}: ${first.error}`);
      const next = saltedState(editedBy(project, edit), salt);
      laid.alter(next);
      const second = await buildState(laid, next);
      if (second.error !== undefined) throw new Error(`${project.name}, ${edit.name}: ${second.error}`);
      built[edit.name] = cachedSteps(stepsOf(next), second.vertices);
      console.log(`${project.name}, ${edit.name}: ${JSON.stringify(built[edit.name])}`);
    }
    return built;
  } finally {
    laid.remove();
  }
}

function write(root: string, name: string, rebuilds: Rebuilds): void {
  const text = Object.entries(rebuilds).map(([project, edits]) => {
    const lines = Object.entries(edits).map(
      ([edit, cached]) => `    ${JSON.stringify(edit)}: ${JSON.stringify(cached)}`,
    );
    return `  ${JSON.stringify(project)}: {\n${lines.join(',\n')}\n  }`;
  });
  writeFileSync(path.join(root, 'test/sim/facts', name), `{\n${text.join(',\n')}\n}\n`);
}

/** What the simulation says of each edit of each project. */
export function predictProjects(projects: readonly Project[]): Rebuilds {
  return Object.fromEntries(
    projects.map((project) => [
      project.name,
      Object.fromEntries(
        project.edits.map((edit) => [
          edit.name,
          predict({ before: startOf(project), after: editedBy(project, edit) }),
        ]),
      ),
    ]),
  );
}

/** Writes what the simulation says, before anything is built. */
export function writePredictions(root: string): void {
  write(root, predictedFile, predictProjects(readProjects(root)));
}

function read(root: string, name: string): Rebuilds {
  return JSON.parse(readFileSync(path.join(root, 'test/sim/facts', name), 'utf8')) as Rebuilds;
}

/** Compares what was built with what was said in advance; whether no step was said wrong. */
function compareRebuilds(predicted: Rebuilds, built: Rebuilds): boolean {
  const tallies = Object.entries(built).flatMap(([project, edits]) =>
    Object.entries(edits).map(([edit, cached]) => {
      const said = predicted[project]?.[edit] ?? {};
      const tally = tallyOf(cached, said);
      if (tally.wrong > 0) console.log(`${project}, ${edit}:\n  ${compareSteps(cached, said).join('\n  ')}`);
      return tally;
    }),
  );
  const all = sum(tallies);
  console.log(
    `${all.pairs} edits, ${all.steps} steps, of which ${all.ran} ran: ${all.wrong} said wrong, ${all.maybe} said maybe`,
  );
  return all.wrong === 0;
}

/**
 * Builds the projects whose name contains `wanted` and compares with what was said in advance; what was built is written if
 * it was all of them.
 */
export async function buildProjects(root: string, wanted: string): Promise<boolean> {
  const projects = readProjects(root);
  const chosen = projects.filter(({ name }) => name.includes(wanted));
  const built: Record<string, Record<string, CachedSteps>> = {};
  for (const project of chosen) built[project.name] = await rebuild(project);
  if (chosen.length === projects.length) write(root, builtFile, built);
  return compareRebuilds(read(root, predictedFile), built);
}
