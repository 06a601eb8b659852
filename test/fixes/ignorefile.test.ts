import { describe, expect, test } from 'vitest';
import { candidatesOf } from '../../server/src/fixes/ignorefile/candidates.js';
import { sceneOf } from '../../server/src/fixes/ignorefile/scene.js';
import { inputOf } from './ignorefile-input.js';

/** Candidate lines with their applicability, in the catalogue's order; what they hide is not measured. */
function candidates(files: Record<string, string>, tree = '', dockerfile = 'Dockerfile'): readonly string[] {
  const scene = sceneOf(inputOf(files, tree, dockerfile));
  return scene === undefined ? [] : candidatesOf(scene).map((c) => `${c.pattern} ${c.applicability}`);
}

const node = { 'package.json': '{"name":"x"}', 'package-lock.json': '{"lockfileVersion":3,"packages":{}}' };
const used = 'node_modules/ 40MB 30 files\n.git/ 2MB 5 files';

describe('packages of node', () => {
  test('are hidden where npm ci makes them anew, before or after the copy', () => {
    const after = 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n';
    const before =
      'FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "a.js"]\n';
    expect(candidates({ ...node, Dockerfile: after }, used)).toEqual(['.git safe', 'node_modules safe']);
    expect(candidates({ ...node, Dockerfile: before }, used)).toEqual(['.git safe', 'node_modules safe']);
  });

  test('stay where the image has no others, or a step uses them first', () => {
    const none = 'FROM node:20\nWORKDIR /app\nCOPY . .\nCMD ["node", "a.js"]\n';
    const first = 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm run build\nRUN npm ci --omit=dev\n';
    expect(candidates({ ...node, Dockerfile: none }, used)).toEqual(['.git safe']);
    expect(candidates({ ...node, Dockerfile: first }, used)).toEqual(['.git safe']);
  });

  test('stay where the build installs a part only and something may want the rest', () => {
    const dockerfile =
      'FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nRUN npm run build\n';
    expect(candidates({ ...node, Dockerfile: dockerfile }, used)).toEqual(['.git safe']);
  });
});
