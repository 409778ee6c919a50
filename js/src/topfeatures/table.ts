import { unpack } from "../core/decode";
import { isRare } from "../core/density";
import type { FeatureLine } from "../core/line";
import { abs, max } from "../core/math";
import { type Token, tokensOf } from "../core/tokens";
import type { MatrixAnswer, Model } from "./types";

/** An answer, decoded once. Values lie row by row: that of feature `f` at token `t` at `f * tokens.length + t`. */
export interface Table {
  answer: MatrixAnswer;
  tokens: Token[];
  values: Float32Array;
  /** Where each feature's value is largest, as a token's number. */
  peaks: number[];
}

/** A feature as it is shown: its row of the table, what sorts it, and where its colours end. */
export interface Line extends FeatureLine {
  row: number;
  /** The sum at the picked tokens, or the largest value. */
  strength: number;
  /** The largest value in the row. */
  peak: number;
  peakAt: number;
  top: number;
}

export const EMPTY = {
  answer: { features: [] },
  tokens: [],
  values: [],
  peaks: [],
} as unknown as Table;

export const tableOf = (answer: MatrixAnswer): Table => {
  const tokens = tokensOf(answer);
  const n = tokens.length;
  const values = unpack(answer.values, n * answer.features.length);
  const peaks = answer.features.map((_, f) => {
    let best = 0;
    for (let t = 1; t < n; t++)
      if ((values[f * n + t]! || 0) > (values[f * n + best]! || 0)) best = t;
    return best;
  });
  return { answer, tokens, values, peaks };
};

export const rowValues = ({ values, tokens: { length } }: Table, row: number): Float32Array =>
  values.subarray(row * length, (row + 1) * length);

const strengthOf = (values: Float32Array, positions: number[]): number =>
  positions.length
    ? positions.reduce((sum, at) => sum + (values[at]! || 0), 0)
    : values.reduce((top, value) => max(top, value || 0), 0);

const sizeOf = (values: Float32Array): number =>
  values.reduce((top, value) => max(top, abs(value) || 0), 0);

/** The features that the threshold lets pass, strongest first. */
export const linesOf = (table: Table, model: Model): Line[] => {
  const positions = model.get("positions");
  const scale = model.get("scale");
  const end = sizeOf(table.values);
  const lines = table.answer.features.flatMap((feature, row) => {
    if (!isRare(feature, model)) return [];
    const values = rowValues(table, row);
    const peakAt = table.peaks[row]!;
    const own = sizeOf(values);
    const top = { all: end, row: own, feature: feature.max_activation || own }[scale];
    const strength = strengthOf(values, positions);
    return [{ ...feature, row, strength, peakAt, top, peak: values[peakAt] ?? 0 }];
  });
  return lines.sort((a, b) => b.strength - a.strength);
};
