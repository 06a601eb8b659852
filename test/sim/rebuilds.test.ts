import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readProjects } from '../../scripts/record/rebuilds/projects.js';
import { predictedFile, predictProjects, type Rebuilds } from '../../scripts/record/rebuilds/run.js';

const root = path.resolve(import.meta.dirname, '../..');
const projects = readProjects(root);

function facts(name: string): Rebuilds {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'facts', name), 'utf8')) as Rebuilds;
}

const predicted = facts(predictedFile);

test('what was said before anything was built is what is said now', () => {
  expect(predictProjects(projects)).toEqual(predicted);
});
