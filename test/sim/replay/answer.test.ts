import { describe, expect, it } from 'vitest';
import type { HistoryAnswer, HistoryQuery } from '../../../server/src/project/history.js';
import type { SourceQuery } from '../../../server/src/project/measure.js';
import { answerHistory } from '../../../server/src/sim/replay/answer.js';
import type { RawChange, RawHistory } from '../../../server/src/sim/replay/commits.js';
import { type TreeItem, treeOf } from '../../harness/tree.js';

function source(path: string, more: Partial<SourceQuery> = {}): SourceQuery {
  return { path, wildcards: true, parents: false, exclude: [], ...more };
}

function query(sources: readonly SourceQuery[], more: Partial<HistoryQuery> = {}): HistoryQuery {
  return {
    ...{ root: '/app', commits: 100, since: null, ignore: [], follow: null, sources, modes: false },
    ...more,
  };
}

function change(path: string, more: Partial<RawChange> = {}): RawChange {
  return { path, modeBefore: 0o100644, modeAfter: 0o100644, sameContent: false, ...more };
}

type Change = string | RawChange;

function history(commits: readonly (readonly Change[])[], more: Partial<RawHistory> = {}): RawHistory {
  return {
    commits: commits.map((changes, i) => ({
      id: `c${i}`,
      time: 1000 - i,
      changes: changes.map((one) => (typeof one === 'string' ? change(one) : one)),
    })),
    ownFiles: [],
    tracked: null,
    notes: [],
    ...more,
  };
}

/** For each commit the places by source, as `0: src/`; `sent` where it touches only what no source takes, `-` where nothing. */
function told({ commits, places }: HistoryAnswer): readonly string[] {
  return commits.map(({ touches, sources }) => {
    const parts = sources.map(
      (one) =>
        `${one.source}: ${one.places.map((i) => places[i]).join(' ')}${one.modesOnly ? ' (modes)' : ''}`,
    );
    if (parts.length > 0) return parts.join('; ');
    return touches ? 'sent' : '-';
  });
}

function ask(
  sources: readonly SourceQuery[],
  commits: readonly (readonly Change[])[],
  { files = {}, ...more }: Partial<HistoryQuery> & { files?: Readonly<Record<string, TreeItem>> } = {},
): readonly string[] {
  return told(answerHistory(query(sources, more), history(commits), treeOf(files)));
}

describe('what commits change of what a build takes', () => {
  it('is told by source, whether or not it is on the disk now', () => {
    const found = ask(
      [source('package.json'), source('src'), source('docs/*.md')],
      [['src/a.ts', 'src/b.ts'], ['package.json'], ['docs/a.md', 'docs/deep/b.md'], ['README.md'], []],
    );
    expect(found).toEqual(['1: src/a.ts src/b.ts', '0: package.json', '2: docs/a.md', 'sent', '-']);
  });

  it('leaves out what the ignore file hides, exceptions heeded', () => {
    const ignore = ['docs', '!docs/keep.md', '**/*.log'];
    const found = ask([source('.')], [['docs/a.md'], ['docs/keep.md'], ['a/b/c.log'], ['x']], { ignore });
    expect(found).toEqual(['-', '0: docs/keep.md', '-', '0: x']);
  });

  it('leaves out what no step needs', () => {
    expect(ask([source('src')], [['README.md'], ['src/a']], { follow: ['src'] })).toEqual(['-', '0: src/a']);
  });

  it('heeds --exclude and --parents', () => {
    const sources = [source('src', { exclude: ['**/*.md'] }), source('*/package.json', { parents: true })];
    const found = ask(sources, [['src/a.md'], ['src/a.ts'], ['web/package.json'], ['web/index.html']]);
    expect(found).toEqual(['sent', '0: src/a.ts', '1: web/package.json', 'sent']);
  });

  it('counts modes alone, and says so', () => {
    const mode = change('run.sh', { modeAfter: 0o100755, sameContent: true });
    const group = change('run.sh', { modeAfter: 0o100664, sameContent: true });
    const found = ask([source('.')], [[mode], [mode, 'a'], [group]]);
    expect(found).toEqual(['0: run.sh (modes)', '0: run.sh a', '-']);
  });

  it('counts links and submodules that a source goes through', () => {
    const link = change('current', { modeBefore: 0o120000, modeAfter: 0o120000 });
    const module = change('vendor/lib', { modeBefore: 0o160000, modeAfter: 0o160000 });
    const files = { current: { symlink: 'v2' }, 'v2/a': 1, 'v1/a': 1, 'vendor/lib/': 0 } as const;
    const sources = [source('current/a'), source('vendor/lib/x.c'), source('v1')];
    const found = ask(sources, [[link], [module], ['v2/a'], ['v1/a']], { files });
    expect(found).toEqual(['0: current', '1: vendor/lib/', '0: v2/a', '2: v1/a']);
  });

  it('counts a submodule below a folder that is copied, and not one that is hidden', () => {
    const module = change('vendor/lib', { modeBefore: 0o160000, modeAfter: 0o160000 });
    expect(ask([source('.')], [[module]])).toEqual(['0: vendor/lib/']);
    expect(ask([source('.')], [[module]], { ignore: ['vendor'] })).toEqual(['-']);
  });

  it('names the repository itself where a source takes it', () => {
    const own = { ownFiles: ['.git/index', '.git/logs/HEAD', '.git/refs/heads/main'] };
    const asked = (sources: readonly SourceQuery[], ignore: readonly string[] = []): readonly string[] =>
      told(answerHistory(query(sources, { ignore }), history([['a'], []], own), treeOf({})));
    expect(asked([source('.')])).toEqual(['0: .git/ a', '0: .git/']);
    expect(asked([source('.')], ['.git'])).toEqual(['0: a', '-']);
    expect(asked([source('.git/HEAD')])).toEqual(['sent', 'sent']);
    expect(asked([source('.git/refs')])).toEqual(['0: .git/', '0: .git/']);
  });

  it('uses no ignore file where the build refuses it', () => {
    expect(ask([source('.')], [['a']], { ignore: ['!', 'a'] })).toEqual(['0: a']);
  });
});

describe('places', () => {
  it('are the folders of the context, and single files', () => {
    const found = ask([source('.')], [['src/a', 'src/b/c'], ['docs/x'], ['package.json']]);
    expect(found).toEqual(['0: src/', '0: docs/x', '0: package.json']);
  });

  it('lie one level deeper where all is in one folder', () => {
    const found = ask(
      [source('.')],
      [['src/api/a', 'src/api/b'], ['src/web/a', 'src/web/b'], ['src/main.ts']],
    );
    expect(found).toEqual(['0: src/api/', '0: src/web/', '0: src/main.ts']);
  });

  it('are one folder where much changed in it', () => {
    const many = Array.from({ length: 40 }, (_, i) => `src/file${i}.ts`);
    expect(ask([source('src')], [many])).toEqual(['0: src/']);
  });

  it('keep the files of the root apart that change most, not hundreds', () => {
    const many = Array.from({ length: 40 }, (_, i) => `file${i}`);
    const often = many.slice(20, 39);
    const found = ask([source('.')], [many, often, ['src/a', 'src/b'], ['file39'], ['file39']]);
    expect(found[0]).toContain('./');
    expect(found[0]?.split(' ')).toHaveLength(22);
    expect(found[1]).not.toContain('./');
    expect(found.slice(2)).toEqual(['0: src/', '0: file39', '0: file39']);
  });
});

describe('modes on the disk', () => {
  const drift = (mode: number, tracked: number): readonly unknown[] | null => {
    const tree = treeOf({ 'src/a': { kind: 'file', stat: { mode: 0o100000 | mode } }, b: 1 });
    const modes = [
      { path: 'b', mode: 0o100755 },
      { path: 'src/a', mode: tracked },
    ];
    const found = answerHistory(
      query([source('src')], { modes: true }),
      history([], { tracked: modes }),
      tree,
    );
    return found.modeDrift;
  };

  it('drift where no usual umask makes them of those git keeps', () => {
    expect(drift(0o755, 0o100644)).toEqual([{ path: 'src/a', tracked: 0o644, disk: 0o755, sources: [0] }]);
    expect(drift(0o644, 0o100755)).toEqual([{ path: 'src/a', tracked: 0o755, disk: 0o644, sources: [0] }]);
    expect(drift(0o666, 0o100644)).toEqual([{ path: 'src/a', tracked: 0o644, disk: 0o666, sources: [0] }]);
  });

  it.each([0o644, 0o664, 0o600, 0o640, 0o660])('do not where a umask explains %i', (mode) => {
    expect(drift(mode, 0o100644)).toEqual([]);
  });
});
