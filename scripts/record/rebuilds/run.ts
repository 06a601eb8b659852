import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildState } from '../cache/build.js';
import { stepsOf } from '../cache/differ.js';
import { layState } from '../cache/lay.js';
import { type CachedSteps, saltedState } from '../cache/pair.js';
import { cachedSteps } from '../cache/steps.js';
import { editedBy, type Project, readProjects, startOf } from './projects.js';

/** What a run of all projects found: by project and edit what was cached. */
export type Rebuilds = Readonly<Record<string, Readonly<Record<string, CachedSteps>>>>;

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

/** Builds the projects whose name contains `wanted`, and writes what was built if it was all of them. */
export async function buildProjects(root: string, wanted: string): Promise<Rebuilds> {
  const projects = readProjects(root);
  const chosen = projects.filter(({ name }) => name.includes(wanted));
  const built: Record<string, Record<string, CachedSteps>> = {};
  for (const project of chosen) built[project.name] = await rebuild(project);
  if (chosen.length === projects.length) write(root, 'rebuilds-built.json', built);
  return built;
}
