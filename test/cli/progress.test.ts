import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Io } from '../../server/src/cli/io.js';
import { working } from '../../server/src/cli/progress.js';

function io(status: Io['status']): Io {
  return {
    cwd: '/',
    out: () => {},
    complain: () => {},
    input: async () => '',
    colour: false,
    status,
    env: {},
    dist: '/dist',
  };
}

describe('progress', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const wait = (ms: number): Promise<string> =>
    new Promise((resolve) => setTimeout(() => resolve('done'), ms));

  test('shows nothing within the first second', async () => {
    const lines: string[] = [];
    const task = working(
      io((line) => lines.push(line)),
      'reading',
      () => wait(900),
    );
    await vi.advanceTimersByTimeAsync(900);
    expect(await task).toBe('done');
    expect(lines).toEqual([]);
  });

  test('says what goes on after it, and removes the line at the end', async () => {
    const lines: string[] = [];
    const task = working(
      io((line) => lines.push(line)),
      'reading',
      () => wait(2100),
    );
    await vi.advanceTimersByTimeAsync(2100);
    await task;
    expect(lines).toEqual(['reading … 1 s', 'reading … 2 s', 'reading … 2 s', '']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('says how far the walk has come', async () => {
    const lines: string[] = [];
    const task = working(
      io((line) => lines.push(line)),
      'reading',
      (progress) => {
        progress({ folders: 20, files: 1234, bytes: 14_000_000 });
        return wait(1200);
      },
    );
    await vi.advanceTimersByTimeAsync(1200);
    await task;
    expect(lines).toEqual(['reading … 14 MB in 1,234 files, 1 s', '']);
  });

  test('removes the line after a failure too, and listens no more for Ctrl-C', async () => {
    const lines: string[] = [];
    const listeners = process.listenerCount('SIGINT');
    const task = working(
      io((line) => lines.push(line)),
      'reading',
      async () => {
        await wait(1500);
        throw new Error('gone');
      },
    );
    const failed = expect(task).rejects.toThrow('gone');
    expect(process.listenerCount('SIGINT')).toBe(listeners + 1);
    await vi.advanceTimersByTimeAsync(1500);
    await failed;
    expect(lines.at(-1)).toBe('');
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  test('is silent where standard error is no terminal', async () => {
    const listeners = process.listenerCount('SIGINT');
    const task = working(io(undefined), 'reading', () => wait(5000));
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await task).toBe('done');
  });
});
