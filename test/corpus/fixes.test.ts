import { expect, test } from 'vitest';
import { appliedFixes } from '../../scripts/record/fixes/apply.js';
import { classify } from '../../server/src/project/classify.js';
import { parseCache } from '../../server/src/project/snapshot.js';
import { testEngine } from '../harness/engine.js';
import { corpusRepos, repoSnapshot } from './repos.js';

const repos = corpusRepos();
if (repos.length === 0) console.log('corpus tier skipped: the corpus is not beside the project');
const engine = await testEngine();

/** BuildKit's own check of the results needs Docker: `npm run record-buildkit -- fixes`. */
test.skipIf(repos.length === 0)(
  'every fix offered for a Dockerfile of the corpus, alone and all together, parses, ends, and changes nothing more when applied again',
  { timeout: 300_000 },
  () => {
    let applied = 0;
    const wrong: string[] = [];
    for (const { repo, dockerfiles } of repos) {
      const snapshot = repoSnapshot(repo, parseCache());
      for (const name of dockerfiles) {
        const file = `/r/${name}`;
        const text = snapshot.text(file);
        if (text === undefined || classify(file, text).skipped) continue;
        for (const { name: fix, complaints } of appliedFixes(engine, snapshot, file)) {
          applied++;
          wrong.push(...complaints.map((complaint) => `${repo}/${name}: ${fix}: ${complaint}`));
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(applied).toBeGreaterThan(50);
  },
);
