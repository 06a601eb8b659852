import { ignorePatternsOf } from '../../sim/context/query.js';
import { addLine } from '../ignore.js';
import type { IgnoreInput, IgnoreSuggestion } from './model.js';
import { sceneOf } from './scene.js';
import { weigh } from './weigh.js';

/**
 * Single lines that are worth adding to the ignore file of a build, with the bytes and files that each would hide of what
 * the builds of this context take today; the largest first. Empty where there are none, or facts are lacking.
 */
export function suggestionsFor(input: IgnoreInput): readonly IgnoreSuggestion[] {
  const { snapshot, build, needs } = input;
  if (build.remote || !needs.loaded) return [];
  const scene = sceneOf(input);
  const weighing = scene === undefined ? undefined : weigh(snapshot, scene);
  const text = ignorePatternsOf(snapshot, build).ignore?.text ?? '';
  return (weighing?.weighed ?? [])
    .filter(({ bytes, pattern, paths }) => bytes > 0 && addLine(text, pattern, { paths }) !== undefined)
    .map(({ pattern, files, bytes, reason, applicability }) => ({
      pattern,
      files,
      bytes,
      reason,
      applicability,
    }))
    .sort((a, b) => b.bytes - a.bytes || (a.pattern < b.pattern ? -1 : 1));
}
