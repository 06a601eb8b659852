import { describe, expect, it } from 'vitest';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { buildGraph } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';

function unknownOf(text: string): readonly string[] {
  const dockerfile = parseDockerfile(text);
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
  return contextNeeds(graph, dockerfile).unknown.map(({ keyword, span }) => `${keyword} ${span.start}`);
}

describe('what a build needs of its context can not be known', () => {
  it('where a stage may be FROM any of several', () => {
    const stages = 'FROM scratch AS bin-linux\nCOPY . /\nFROM scratch AS bin-windows\n';
    expect(unknownOf(`${stages}FROM bin-$TARGETOS AS bin\nFROM scratch\nCOPY --from=bin / /\n`)).toHaveLength(
      1,
    );
    expect(unknownOf(`${stages}FROM bin-\${TARGETOS}\n`)).toHaveLength(1);
  });
  it("but can where the unknown name is no stage's", () => {
    expect(unknownOf('FROM scratch AS a\nCOPY . /\nFROM alpine:$TARGETARCH\nCOPY --from=a / /\n')).toEqual(
      [],
    );
    expect(unknownOf('FROM scratch AS a\nCOPY . /\nFROM image-$TARGETARCH\nCOPY --from=a / /\n')).toEqual([]);
  });
});
