const MINUS = "\u2212";

const tidy = (text: string): string => text.replace("-", MINUS);

/** A value in full: two decimals, more where two would print a zero that is none. */
export function number(value: number, decimals = 2): string {
  if (Number.isNaN(value)) return "unknown";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 1e-5)) return tidy(value.toExponential(1));
  let digits = decimals;
  while (size > 0 && size < 0.5 * 10 ** -digits) digits++;
  return tidy(value.toFixed(digits));
}

export const signed = (value: number): string => (value > 0 ? "+" : "") + number(value);

/** A value for a narrow gutter or an axis. */
export function brief(value: number): string {
  const size = Math.abs(value);
  return value === 0 ? "0" : number(value, size >= 100 ? 0 : size >= 1 ? 1 : 2);
}

export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

export function percent(fraction: number): string {
  const value = fraction * 100;
  if (value === 0) return "0 %";
  const digits = value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return `${number(value, digits)} %`;
}

/** Both ends with just enough decimals to tell neighbouring bins apart. */
export function span(low: number, high: number): string {
  const width = Math.abs(high - low) || Math.abs(high) || 1;
  let digits = 0;
  const off = (v: number): boolean => Math.abs(v - Number(v.toFixed(digits))) > width * 0.02;
  while (digits < 6 && (off(low) || off(high))) digits++;
  const write = (v: number): string => tidy(Number(v.toFixed(digits)).toFixed(digits));
  return low === high ? write(low) : `${write(low)} – ${write(high)}`;
}
