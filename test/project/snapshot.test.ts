import { describe, expect, it } from 'vitest';
import { overlaySnapshot } from '../../server/src/engine/overlay.js';
import { derive } from '../../server/src/project/memo.js';
import {
  type Entry,
  entryNamed,
  parseCache,
  remembered,
  type Snapshot,
  trackedSnapshot,
} from '../../server/src/project/snapshot.js';
import { compareBytes } from '../../server/src/text/order.js';

describe('derive', () => {
  it('computes again only when an answer changed, and still notes what is lacking', () => {
    const texts = new Map<string, string | null>([['/a', '1']]);
    const cache = parseCache();
    let runs = 0;
    const sum = () => {
      const snapshot = trackedSnapshot({ texts, folders: new Map(), indexes: new Map() }, [], cache);
      const value = derive(snapshot, 'sum', (s) => {
        runs++;
        return Number(s.text('/a') ?? 0) + (s.parse('/b', Number) ?? 0);
      });
      return { value, wanted: snapshot.wanted().map(({ path }) => path), runs };
    };
    expect(sum()).toEqual({ value: 1, wanted: ['/b'], runs: 1 });
    expect(sum()).toEqual({ value: 1, wanted: ['/b'], runs: 1 });
    texts.set('/b', '2');
    expect(sum()).toEqual({ value: 3, wanted: [], runs: 2 });
    texts.set('/c', '9');
    expect(sum()).toEqual({ value: 3, wanted: [], runs: 2 });
    texts.set('/a', '5');
    expect(sum()).toEqual({ value: 7, wanted: [], runs: 3 });
    texts.set('/a', '1');
    expect(sum()).toEqual({ value: 3, wanted: [], runs: 3 });
  });
});

describe('derive over written files', () => {
  const entry = (name: string, kind: Entry['kind'] = 'file'): Entry => ({ name, kind });
  const facts = {
    texts: new Map<string, string | null>([
      ['/p/a/Dockerfile', 'A'],
      ['/p/b/Dockerfile', 'B'],
    ]),
    folders: new Map<string, readonly Entry[]>([
      ['/p', [entry('a', 'folder'), entry('b', 'folder')]],
      ['/p/a', [entry('Dockerfile')]],
      ['/p/b', [entry('Dockerfile')]],
    ]),
    indexes: new Map([['/p', ['/p/a/Dockerfile', '/p/b/Dockerfile']]]),
  };

  /** What is concluded of two folders and of both together, and how often each was worked out since the last call. */
  function watched() {
    const base = trackedSnapshot(facts, ['/p']);
    let runs: string[] = [];
    const folder = (of: Snapshot, name: string): string =>
      derive(of, name, (s) => {
        runs.push(name);
        const names = (s.list(`/p/${name}`) ?? []).map((e) => e.name);
        return `${s.text(`/p/${name}/Dockerfile`) ?? ''}:${names.join()}`;
      });
    const both = (of: Snapshot): string =>
      derive(of, 'both', (s) => {
        runs.push('both');
        return `${folder(s, 'a')} ${folder(s, 'b')} ${s.index('/p').length}`;
      });
    const look = (written: Readonly<Record<string, string>>, below = base) => {
      const snapshot = overlaySnapshot(below, new Map(Object.entries(written)));
      const value = both(snapshot);
      const worked = runs;
      runs = [];
      return { value, worked, snapshot };
    };
    both(base);
    runs = [];
    return look;
  }

  it('works out only what asked for a changed answer', () => {
    const look = watched();
    const rest = { worked: [] };
    expect(look({ '/p/other': 'x' })).toMatchObject({ value: 'A:Dockerfile B:Dockerfile 2', ...rest });
    expect(look({ '/p/a/Dockerfile': 'A' })).toMatchObject({ value: 'A:Dockerfile B:Dockerfile 2', ...rest });
    const changed = { value: 'A2:Dockerfile B:Dockerfile 2', worked: ['both', 'a'] };
    expect(look({ '/p/a/Dockerfile': 'A2' })).toMatchObject(changed);
    expect(look({ '/p/a/Dockerfile': 'A2' })).toMatchObject({ ...changed, ...rest });
    expect(look({})).toMatchObject({ value: 'A:Dockerfile B:Dockerfile 2', ...rest });
    const created = { value: 'A:Dockerfile B:Dockerfile,new 2', worked: ['both', 'b'] };
    expect(look({ '/p/b/new': '' })).toMatchObject(created);
    // Where a file appears that builds are found by, the index is another one.
    expect(look({ '/p/c/Dockerfile': 'C' })).toMatchObject({
      value: 'A:Dockerfile B:Dockerfile 3',
      worked: ['both'],
    });
  });

  it('over an overlay too', () => {
    const look = watched();
    const { snapshot } = look({ '/p/a/Dockerfile': 'A2' });
    expect(look({ '/p/b/Dockerfile': 'B2' }, snapshot)).toMatchObject({
      value: 'A2:Dockerfile B2:Dockerfile 2',
      worked: ['both', 'b'],
    });
    expect(look({ '/p/a/Dockerfile': 'A' }, snapshot)).toMatchObject({
      value: 'A:Dockerfile B:Dockerfile 2',
      worked: [],
    });
  });
});

describe('entryNamed', () => {
  const names = ['.env', '.git', 'A', 'a', 'a.b', 'ab', 'é', '\uFFFD', '\u{1F600}'];
  const entries = [...names].sort(compareBytes).map((name): Entry => ({ name, kind: 'file' }));

  it.each(names)('finds %s', (name) => {
    expect(entryNamed(entries, name)).toEqual({ name, kind: 'file' });
  });

  it.each(['', '.gi', '.gitignore', 'b', '\u{1F601}'])('does not find "%s"', (name) => {
    expect(entryNamed(entries, name)).toBeUndefined();
    expect(entryNamed([], name)).toBeUndefined();
    expect(entryNamed(undefined, name)).toBeUndefined();
  });
});

describe('remembered', () => {
  it('works out once per object and function', () => {
    const facts = { texts: new Map(), folders: new Map(), indexes: new Map() };
    const snapshot = trackedSnapshot(facts, []);
    let runs = 0;
    const size = (list: readonly string[]): number => {
      runs++;
      return list.length;
    };
    const list = ['a', 'b'];
    expect([remembered(snapshot, list, size), remembered(snapshot, list, size), runs]).toEqual([2, 2, 1]);
    expect([remembered(snapshot, ['c'], size), runs]).toEqual([1, 2]);
    expect(remembered(snapshot, list, (l) => l.join())).toBe('a,b');
  });
});

describe('a parse cache with limits', () => {
  const facts = (texts: ReadonlyMap<string, string>) => ({ texts, folders: new Map(), indexes: new Map() });

  it('forgets the texts used longest ago and still gives the same answers', () => {
    const parsed: string[] = [];
    const parser = (text: string): string => {
      parsed.push(text);
      return text.toUpperCase();
    };
    const cache = parseCache({ characters: 3000, conclusions: 1 });
    const read = (path: string): string => cache.get(path, path.repeat(500), parser);
    const long = (path: string): string => path.repeat(500).toUpperCase();
    for (const path of ['a', 'b', 'c', 'a', 'd', 'a', 'b', 'b']) expect(read(path)).toBe(long(path));
    expect(parsed.map((text) => text[0])).toEqual(['a', 'b', 'c', 'd', 'b']);
    expect(cache.get('a', 'other', parser)).toBe('OTHER');
    expect(read('a')).toBe(long('a'));
  });

  it('always keeps the text used last, however long', () => {
    let runs = 0;
    const size = (text: string): number => {
      runs++;
      return text.length;
    };
    const cache = parseCache({ characters: 10, conclusions: 1 });
    const text = 'x'.repeat(5000);
    expect([cache.get('/a', text, size), cache.get('/a', text, size), runs]).toEqual([5000, 5000, 1]);
  });

  it('forgets conclusions and draws them again', () => {
    const texts = new Map([
      ['/a', '1'],
      ['/b', '2'],
      ['/c', '3'],
    ]);
    const drawn: string[] = [];
    const cache = parseCache({ characters: 1000, conclusions: 2 });
    const draw = (path: string): number =>
      derive(trackedSnapshot(facts(texts), [], cache), path, (snapshot) => {
        drawn.push(path);
        return Number(snapshot.text(path));
      });
    expect(['/a', '/b', '/a', '/c', '/a', '/b'].map(draw)).toEqual([1, 2, 1, 3, 1, 2]);
    expect(drawn).toEqual(['/a', '/b', '/c', '/b']);
  });
});
