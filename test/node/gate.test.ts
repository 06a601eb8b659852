import { describe, expect, it } from 'vitest';
import { gate } from '../../server/src/node/gate.js';

describe('a gate', () => {
  it('lets a few run at once, all of them in the end, also after failures', async () => {
    const pass = gate(2);
    let running = 0;
    let most = 0;
    const work = (i: number) => async (): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      if (i % 3 === 0) throw new Error('broken');
      return i;
    };
    const done = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => pass(work(i))));
    expect(done.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
      ...['failed', 1, 2, 'failed', 4, 5, 'failed', 7, 8],
    ]);
    expect([most, running]).toEqual([2, 0]);
  });
});
