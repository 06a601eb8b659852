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
