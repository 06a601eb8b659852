/** A time for people: `0.4 s`, `9.3 s`, `48 s`, `119 s`, `2 min 40 s`, `1 h 12 min`. */
export function secondsText(seconds: number): string {
  const least = Math.max(0, seconds);
  if (least < 9.95) return `${Math.round(least * 10) / 10} s`;
  const whole = Math.round(least);
  if (whole < 120) return `${whole} s`;
  if (whole < 3600) return paired(whole, 60, 'min', 's');
  return paired(Math.round(whole / 60), 60, 'h', 'min');
}

/** `15 – 90 s`, `40 s – 2 min`; one time where both read the same. */
export function rangeText(low: number, high: number): string {
  const [from, to] = [secondsText(low), secondsText(high)];
  if (from === to) return from;
  const bare = / s$/;
  const sameUnit = bare.test(from) && bare.test(to) && !/min/.test(from + to);
  return `${sameUnit ? from.replace(bare, '') : from} – ${to}`;
}

function paired(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size;
  const whole = `${Math.floor(amount / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
