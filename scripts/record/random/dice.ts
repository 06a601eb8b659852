/** Random choices that are the same for the same seed. */
export interface Dice {
  /** 0 … n-1. */
  below(n: number): number;
  /** True in `percent` of 100. */
  chance(percent: number): boolean;
  /** One of them; throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** One of them, by weight. */
  weighted<T>(items: readonly (readonly [number, T])[]): T;
}

/** Dice for one case of a run (mulberry32). */
export function dice(seed: number, index: number): Dice {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error('nothing to choose from');
    return items[below(items.length)] as T;
  };
  return {
    below,
    pick,
    chance: (percent) => next() * 100 < percent,
    weighted(items) {
      let left = next() * items.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, item] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return pick(items)[1];
    },
  };
}
