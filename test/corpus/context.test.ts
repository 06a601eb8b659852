import { describe, expect, it } from 'vitest';
import { buildsOf } from '../../server/src/project/discover.js';
import { heuristicBuild } from '../../server/src/project/heuristic.js';
import { parseCache } from '../../server/src/project/snapshot.js';
import { corpusRepos, repoSnapshot } from './repos.js';

const repos = corpusRepos();

describe.skipIf(repos.length === 0)('contexts in the corpus (skipped where ../shared is absent)', () => {
  it('the folder that the copied paths suggest is the one that the definitions name', () => {
    const kinds: Record<string, number> = {};
    let defined = 0;
    let agree = 0;
    let ownFolder = 0;
    const other: string[] = [];
    for (const { repo, dockerfiles } of repos) {
      const snapshot = repoSnapshot(repo, parseCache());
      for (const name of dockerfiles) {
        const path = `/r/${name}`;
        const builds = buildsOf(snapshot, path);
        const [first] = builds;
        if (first === undefined) throw new Error(`no build for ${repo} ${name}`);
        kinds[first.kind] = (kinds[first.kind] ?? 0) + 1;
        if (first.kind === 'heuristic') continue;
        defined++;
        const guessed = heuristicBuild(snapshot, path, '/r');
        if (guessed.context === first.context) agree++;
        else {
          other.push(
            `${repo} ${name}: ${guessed.context} instead of ${builds.map((b) => `${b.context} (${b.source})`).join(', ')}`,
          );
        }
        if (first.context === path.slice(0, path.lastIndexOf('/'))) ownFolder++;
      }
    }
    console.log(JSON.stringify(kinds), JSON.stringify({ defined, agree, ownFolder }));
    expect({ defined, agree, ownFolder }).toEqual({ defined: 79, agree: 76, ownFolder: 44 });
    // Known wrong: nothing is copied (the first), the root has a file of the same name, nothing is copied.
    expect(other.map((line) => line.split(':')[0])).toEqual([
      'BookStackApp/BookStack dev/docker/Dockerfile',
      'docker/buildx hack/demo-env/examples/compose/Dockerfile.webapp',
      'maybe-finance/maybe .devcontainer/Dockerfile',
    ]);
  });
});
