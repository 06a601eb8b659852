import { describe, expect, it } from 'vitest';
import { classify } from '../../server/src/project/classify.js';
import { parseCache } from '../../server/src/project/snapshot.js';
import { corpusRepos, type Repo, repoSnapshot } from './repos.js';

const repos = corpusRepos();

function listed(repo: Repo): Map<string, string> {
  const of = (kind: string, paths: readonly string[]) => paths.map((path) => [path, kind] as const);
  return new Map([
    ...of('dockerfile', repo.dockerfiles),
    ...of('compose', repo.compose),
    ...of('dockerignore', repo.dockerignore),
    ...of('bake', repo.bake),
    ...of('workflow', [...repo.workflows_with_docker, ...repo.actions_with_docker]),
  ]);
}

/** Kinds by path as we see a repository; files whose text is not kept are left out. */
function seen(repo: Repo): { kinds: Map<string, string>; skipped: Map<string, string> } {
  const kinds = new Map<string, string>();
  const skipped = new Map<string, string>();
  const snapshot = repoSnapshot(repo.repo, parseCache());
  for (const path of snapshot.index('/r')) {
    const text = snapshot.text(path);
    const found = text === undefined ? undefined : classify(path, text);
    if (found?.kind === undefined) continue;
    kinds.set(path.slice('/r/'.length), found.kind);
    if (found.skipped !== null) skipped.set(path.slice('/r/'.length), found.skipped);
  }
  return { kinds, skipped };
}

describe.skipIf(repos.length === 0)('files of the corpus (skipped where ../shared is absent)', () => {
  it('every listed file has its kind, nothing else is taken for one of ours', () => {
    const wrong: string[] = [];
    const more: string[] = [];
    const skips: string[] = [];
    let count = 0;
    for (const repo of repos) {
      const expected = listed(repo);
      const { kinds, skipped } = seen(repo);
      count += expected.size;
      for (const [path, kind] of expected) {
        if (kinds.get(path) !== kind)
          wrong.push(`${repo.repo} ${path}: ${kinds.get(path)} instead of ${kind}`);
      }
      for (const [path, kind] of kinds) if (!expected.has(path)) more.push(`${repo.repo} ${path}: ${kind}`);
      for (const path of repo.dockerfiles) {
        const stated = ['template', 'fragment'].find((kind) => kind === repo.kinds[path]);
        if (skipped.get(path) !== stated) {
          skips.push(`${repo.repo} ${path}: ${skipped.get(path)} instead of ${stated}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(more).toEqual([]);
    expect(skips).toEqual([]);
    expect(count).toBe(1504);
  });
});
