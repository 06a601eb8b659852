import { describe, expect, it } from 'vitest';
import {
  ecosystemNames,
  projectTexts,
  readEcosystem,
  readJson,
  type Trace,
  type TraceRequest,
  type Traces,
} from '../../scripts/ecosystems/model.js';
import { isInside } from '../../server/src/text/paths.js';
import { repo } from '../harness/files.js';
import { testShellParser } from '../harness/shell.js';
import { modelOf } from './model.js';

/*
 * The closures of the model against what the managers were seen to do: every path that was read, listed or looked for is
 * a candidate; every candidate that was not has a written reason.
 */

const parser = await testShellParser();

/** Everything a trace touched; a listing sees the names in a folder. */
function seen({ read, listed, missing }: Trace): readonly string[] {
  return [...new Set([...read, ...listed, ...missing])].sort();
}

const recorded = ecosystemNames(repo).flatMap((id) => {
  const traces = readJson<Traces>(repo, id, 'trace.json');
  return traces === undefined ? [] : [{ id, traces, ecosystem: readEcosystem(repo, id) }];
});

function requestOf(requests: readonly TraceRequest[], name: string): TraceRequest {
  const found = requests.find((request) => request.name === name);
  if (found === undefined) throw new Error(`${name} is no longer in ecosystem.json`);
  return found;
}

for (const { id, traces, ecosystem } of recorded) {
  describe(`${id}: what was traced`, () => {
    const texts = projectTexts(repo, id);
    it('is what ecosystem.json asks for', () => {
      const asked = ecosystem.traces.map(({ name, command, folder = '.' }) => ({ name, command, folder }));
      expect(traces.traces.map(({ name, command, folder }) => ({ name, command, folder }))).toEqual(asked);
    });
    for (const trace of traces.traces) {
      const request = requestOf(ecosystem.traces, trace.name);
      const { beyond = {}, aside = {} } = request;
      it(`${trace.name}: ${request.open ? 'the closure is open' : 'the closure holds it all'}`, () => {
        const { closure, prefetch } = modelOf(parser, texts, request);
        if (request.build !== undefined) expect(prefetch).toBe(trace.command);
        expect(closure.open.length > 0, closure.open.join('; ')).toBe(request.open ?? false);
        if (request.open === true) return;
        const touched = seen(trace);
        const { candidates } = closure;
        const outside = touched.filter((at) => !candidates.some((candidate) => isInside(candidate, at)));
        expect(outside, 'seen, but no candidate (or `aside` names what was not seen)').toEqual(
          Object.keys(aside).sort(),
        );
        const unseen = candidates.filter((candidate) => !touched.some((at) => isInside(candidate, at)));
        expect(
          [...new Set(unseen)].sort(),
          'candidates that were not seen (or `beyond` names one that was)',
        ).toEqual(Object.keys(beyond).sort());
        // What is there and was read has to be copied, or it would be missing.
        const { files, folders } = closure;
        const brought = [...files, ...folders];
        const lacking = trace.read.filter((at) => !(at in aside) && !brought.some((f) => isInside(f, at)));
        expect(lacking).toEqual([]);
      });
    }
  });
}

it('every ecosystem that asks for it was traced', () => {
  const asking = ecosystemNames(repo).filter((id) => readEcosystem(repo, id).traces.length > 0);
  expect(recorded.map(({ id }) => id)).toEqual(asking);
});
