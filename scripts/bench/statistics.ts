/** The value below which `share` (0–1) of `values` lie; NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** `value` with three significant digits, as people read it. */
export function round(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
