import { unpack } from "../core/decode";
import { isRare } from "../core/density";
import type { FeatureLine } from "../core/line";
import { abs, max } from "../core/math";
import { type Token, tokensOf } from "../core/tokens";
import type { MatrixAnswer, Model } from "./types";

/** What the colours and the read-out need to know of a feature's values. */
export interface Extent {
  peak: number;
  /** The token of the peak. */
  peakAt: number;
  /** The largest magnitude. */
  size: number;
}

/** An answer, decoded once. Values lie row by row: that of feature `f` at token `t` at `f * tokens.length + t`. */
export interface Table {
  answer: MatrixAnswer;
  tokens: Token[];
  values: Float32Array;
  extents: Extent[];
  size: number;
}

/** A feature as it is shown: its row of the table, what sorts it, and where its colours end. */
export interface Line extends FeatureLine, Extent {
  row: number;
  /** The sum at the picked tokens, or the largest value. */
  strength: number;
  top: number;
}

export const EMPTY = {
  ...{ answer: { features: [] }, tokens: [], values: [], extents: [], size: 0 },
} as unknown as Table;

// Plain loops: there may be as many values as a page has letters.
const extentOf = (values: Float32Array): Extent => {
  let [peak, peakAt, size] = [0, 0, 0];
  for (let t = 0; t < values.length; t++) {
    const value = values[t]!;
    if (value > peak) [peak, peakAt] = [value, t];
    if (abs(value) > size) size = abs(value);
  }
  return { peak, peakAt, size };
};

const rowOf = (values: Float32Array, wide: number, row: number): Float32Array =>
  values.subarray(row * wide, (row + 1) * wide);

export const tableOf = (answer: MatrixAnswer): Table => {
  const tokens = tokensOf(answer);
  const wide = tokens.length;
  const values = unpack(answer.values, wide * answer.features.length);
  const extents = answer.features.map((_, row) => extentOf(rowOf(values, wide, row)));
  return { answer, tokens, values, extents, size: max(0, ...extents.map(({ size }) => size)) };
};

export const rowValues = ({ values, tokens }: Table, row: number): Float32Array =>
  rowOf(values, tokens.length, row);

/** The features that the threshold lets pass, strongest first. */
export const linesOf = (table: Table, model: Model): Line[] => {
  const positions = model.get("positions");
  const scale = model.get("scale");
  const lines = table.answer.features.flatMap((feature, row) => {
    if (!isRare(feature, model)) return [];
    const extent = table.extents[row]!;
    const { size, peak } = extent;
    const top = { all: table.size, row: size, feature: feature.max_activation || size }[scale];
    const values = rowValues(table, row);
    const sum = positions.reduce((total, at) => total + (values[at]! || 0), 0);
    return [{ ...feature, ...extent, row, top, strength: positions.length ? sum : peak }];
  });
  return lines.sort((a, b) => b.strength - a.strength);
};
