/** The first value of `look` that is neither undefined nor false, asked for every 50 ms; rejects after `limit` ms. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  limit = 40_000,
): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
    if (Date.now() > end) throw new Error(`no ${what} within ${limit / 1000} s`);
    await sleep(50);
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
