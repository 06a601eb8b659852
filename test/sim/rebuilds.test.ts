import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compareSteps, sum, tallyOf } from '../../scripts/record/cache/compare.js';
import { readProjects } from '../../scripts/record/rebuilds/projects.js';
import {
  builtFile,
  predictedFile,
  predictProjects,
  type Rebuilds,
} from '../../scripts/record/rebuilds/run.js';

const root = path.resolve(import.meta.dirname, '../..');
const projects = readProjects(root);

function facts(name: string): Rebuilds {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'facts', name), 'utf8')) as Rebuilds;
}

const predicted = facts(predictedFile);
const built = facts(builtFile);

test('what was said before anything was built is what is said now', () => {
  expect(predictProjects(projects)).toEqual(predicted);
});

test('projects with real package managers: what was said of their rebuilds came true', () => {
  const edits = projects.flatMap(({ name, edits }) =>
    edits.map((edit) => ({ project: name, edit: edit.name })),
  );
  const tallies = edits.map(({ project, edit }) => {
    const [real = {}, said = {}] = [built[project]?.[edit], predicted[project]?.[edit]];
    return { project, edit, lines: compareSteps(real, said), tally: tallyOf(real, said) };
  });
  expect(tallies.filter(({ tally }) => tally.wrong > 0 || tally.unseen > 0)).toEqual([]);
  expect(projects.every((project) => project.edits.length >= 8)).toBe(true);
  expect(projects.length).toBeGreaterThanOrEqual(3);
  expect(sum(tallies.map(({ tally }) => tally)).ran).toBeGreaterThan(100);
});
