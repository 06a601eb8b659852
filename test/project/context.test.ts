import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextView } from '../../server/src/project/context.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { cleanSource } from '../../server/src/project/tree.js';
import { memory } from './memory.js';

function viewOf(files: Parameters<typeof memory>[0], dockerfile = '/w/Dockerfile') {
  const snapshot = memory({ '/w/.git/HEAD': '', [dockerfile]: 'FROM a\n', ...files }, ['/w']);
  const [build] = buildsOf(snapshot, dockerfile);
  const view = build === undefined ? undefined : contextView(snapshot, build);
  if (view === undefined) throw new Error('no context');
  return view;
}

describe('contextView', () => {
  it('tells what is there and what is ignored', () => {
    const view = viewOf({
      '/w/.dockerignore': '# x\nnode_modules\n*.md\n!README.md\n',
      '/w/src/a.js': 'a',
      '/w/README.md': '',
      '/w/node_modules/x/y.js': '',
    });
    expect(view.exists('src/a.js')).toBe(true);
    expect(view.exists('./src/')).toBe(true);
    expect(view.exists('src/b.js')).toBe(false);
    expect(view.text('/src/a.js')).toBe('a');
    expect(view.isIgnored('node_modules/x/y.js')).toBe(true);
    expect(view.decidedBy('node_modules/x/y.js')?.line).toBe(1);
    expect(view.decidedBy('README.md')).toMatchObject({ line: 3, exception: true });
    expect(view.isIgnored('.')).toBe(false);
    expect(view.entries('src')?.map(({ name }) => name)).toEqual(['a.js']);
    expect(view.entries('src/a.js')).toBeUndefined();
    expect(view.expand('*')).toEqual(['.dockerignore', '.git', 'Dockerfile', 'README.md', 'src']);
    expect(view.expand('s?c/*.js')).toEqual(['src/a.js']);
    expect(view.expand('../src')).toEqual(['src']);
  });

  it('follows links inside the context only', () => {
    const view = viewOf({
      '/w/real/a.txt': 'a',
      '/w/link': { link: 'real' },
      '/w/deep/back': { link: '../real/a.txt' },
      '/w/out': { link: '../etc' },
      '/w/loop': { link: 'loop' },
      '/etc/x': '',
    });
    expect(view.text('link/a.txt')).toBe('a');
    expect(view.text('deep/back')).toBe('a');
    expect(view.kindOf('link')).toBe('folder');
    expect(view.kindOf('out')).toBe('link');
    expect(view.kindOf('loop')).toBe('link');
    expect(view.exists('out/x')).toBe(false);
  });

  it('knows no remote context, and says what breaks the ignore file', () => {
    const snapshot = memory({}, []);
    const remote = buildsOf(snapshot, '/w/Dockerfile').map((build) => ({ ...build, remote: true }));
    expect(remote.map((build) => contextView(snapshot, build))).toEqual([undefined]);
    expect(viewOf({ '/w/.dockerignore': 'a\n[\n' }).error).toMatch(/build fails/);
  });

  it('asks the local ignore file also for a git context', () => {
    const view = viewOf({
      '/w/.dockerignore': 'secret\n',
      '/w/.github/workflows/ci.yml': 'jobs: { b: { steps: [{ uses: docker/build-push-action@v6 }] } }\n',
    });
    expect(view.isIgnored('secret')).toBe(true);
  });
});

describe('cleanSource', () => {
  it('never leaves the context', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'b', '*');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const clean = cleanSource(parts.join('/'));
        expect(clean === '.' || !/(^|\/)(\.{0,2})(\/|$)/.test(clean)).toBe(true);
        expect(cleanSource(clean)).toBe(clean);
      }),
    );
  });
});
