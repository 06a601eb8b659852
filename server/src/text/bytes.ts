/** Steps of a thousand, as people and BuildKit (`transferring context: 1.23MB`) count them. */
const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `amount` to two significant digits below ten, to a whole number from there on. */
function rounded(amount: number): number {
  return amount < 9.95 ? Math.round(amount * 10) / 10 : Math.round(amount);
}

/**
 * A number of bytes for people, in decimal units: `0 B`, `999 B`, `1.2 kB`, `14 MB`, `450 MB`, `1.3 GB`. At most three
 * significant digits, and never `1000` of a unit.
 */
export function bytesText(bytes: number): string {
  let amount = Math.max(0, Math.round(bytes));
  let unit = 0;
  while (unit + 1 < units.length && (unit === 0 ? amount : rounded(amount)) >= 1000) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 ? amount : rounded(amount)} ${units[unit]}`;
}
