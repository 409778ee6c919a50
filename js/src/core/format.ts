import { abs, max, min } from "./math";

const tidy = (text: string): string => text.replace("-", "\u2212");

/** A value in full: two decimals, more where two would print a zero that is none. */
export const number = (value: number, decimals = 2): string => {
  if (Number.isNaN(value)) return "unknown";
  const leading = value && Math.ceil(-Math.log10(abs(value)) - 0.3);
  return tidy(value.toFixed(min(12, max(decimals, leading))));
};

export const signed = (value: number): string => (value > 0 ? "+" : "") + number(value);

/** A value for a narrow gutter or an axis. */
export const brief = (value: number): string => {
  const size = abs(value);
  return value ? number(value, size >= 100 ? 0 : size >= 1 ? 1 : 2) : "0";
};

export const count = (value: number): string => `${value}`.replace(/\B(?=(\d{3})+$)/g, ",");

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

export const percent = (fraction: number): string => {
  const value = fraction * 100;
  return `${value ? number(value, value >= 10 ? 1 : value >= 0.1 ? 2 : 3) : 0} %`;
};

/** Both ends with just enough decimals to tell neighbouring bins apart. */
export const span = (low: number, high: number): string => {
  const step = (high - low || abs(high)) * 0.02;
  let digits = 0;
  const off = (v: number): boolean => abs(v - Number(v.toFixed(digits))) > step;
  while (digits < 6 && (off(low) || off(high))) digits++;
  const ends = [low, high].map((v) => tidy((Number(v.toFixed(digits)) || 0).toFixed(digits)));
  return low === high ? ends[0]! : ends.join(" – ");
};
