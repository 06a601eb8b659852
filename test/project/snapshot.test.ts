import { describe, expect, it } from 'vitest';
import {
  derive,
  type Entry,
  entryNamed,
  parseCache,
  remembered,
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
