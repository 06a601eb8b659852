import { runsBelow } from '../../fixes/ignorefile/below.js';
import { changeTo, draftWith } from '../../fixes/ignorefile/edit.js';
import { inputOf } from '../../fixes/ignorefile/input.js';
import { junkWithoutIgnoreFile, takesFolders } from '../../fixes/ignorefile/junk.js';
import { ownScene, sceneOf } from '../../fixes/ignorefile/scene.js';
import { type Volatile, volatileGroups, volatileTakenBy } from '../../fixes/ignorefile/volatile.js';
import { baseName } from '../../text/paths.js';
import { dockerfileRule } from '../rule.js';

const mostNamed = 4;

function listed(found: readonly Volatile[]): string {
  const named = found.slice(0, mostNamed).map(({ path }) => path);
  const all = found.length > named.length ? [...named, `${found.length - named.length} more`] : named;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** A broad copy takes files that change while the program stays the same, and every change runs the steps below again. */
export default dockerfileRule(
  {
    id: 'volatile-file-in-context',
    severity: 'information',
    profile: 'default',
    since: '0.1.0',
    fixes: 'always',
    summary:
      'A copy of a folder takes files that change without the program, so steps run again for nothing.',
  },
  function* (context) {
    const input = inputOf(context);
    if (!takesFolders(input)) return;
    const alone = ownScene(input);
    // To find out who else shares the context costs more than to see that there is nothing.
    if (alone === undefined || !input.needs.uses.some((use) => volatileTakenBy(alone, use).length > 0))
      return;
    const scene = sceneOf(input);
    if (scene === undefined) return;
    const taken = input.needs.uses.flatMap((use) => {
      if (use.kind === 'mount') return [];
      const steps = runsBelow(input, use.step);
      const found = steps.length === 0 ? [] : volatileTakenBy(scene, use);
      return found.length === 0 ? [] : [{ use, steps, found }];
    });
    // Where there is no ignore file at all, that is the finding.
    if (taken.length === 0 || junkWithoutIgnoreFile(input) !== undefined) return;
    for (const { use, steps, found } of taken) {
      const lines = found.map(({ path, what }) => ({
        pattern: path,
        group: volatileGroups[what],
        paths: [path],
      }));
      const draft = draftWith(input, scene, lines);
      if (draft === undefined) continue;
      // An exception that lets one of them in is somebody's wish.
      if (!lines.every(({ pattern }) => draft.lines.some((line) => line.pattern === pattern))) continue;
      const first = steps[0]?.instruction.span;
      yield {
        at: use.instruction.span,
        message: `This takes ${listed(found)} along: a change there runs ${steps.length === 1 ? 'the step' : `${steps.length} steps`} below again, though no step needs ${found.length === 1 ? 'it' : 'them'}.`,
        related: first === undefined ? [] : [{ at: first, message: 'This step runs again.' }],
        fixes: [
          {
            title: `${draft.creates ? 'Create' : 'Add to'} ${baseName(draft.path)}: ${listed(found)}`,
            applicability: 'unsafe',
            changes: () => [changeTo(input.snapshot, draft.path, draft.text)],
          },
        ],
      };
    }
  },
);
