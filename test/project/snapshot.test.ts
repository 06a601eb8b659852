import { describe, expect, it } from 'vitest';
import { derive, parseCache, trackedSnapshot } from '../../server/src/project/snapshot.js';

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
