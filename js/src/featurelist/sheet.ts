import { bytes, doubles, integers } from "../core/decode";
import { type Doc, decode } from "../heatmap/doc";
import type { Kind, RowsData } from "./types";

/** A column, decoded. */
export type Column = { key: string; label: string } & (
  | { kind: "text"; values: (string | null)[] }
  | { kind: Exclude<Kind, "text">; values: Float64Array }
);

/** The rows of a list, decoded once; rows go by their number in the order in which they were given. */
export interface Sheet {
  raw: RowsData;
  refs: string[];
  indices: Float64Array;
  /** Which of the sources each row is of. */
  from: ArrayLike<number>;
  columns: Column[];
  doc: Doc | null;
  /** The text that is a row's strongest example; -1 for none. */
  exampleOf(row: number): number;
  /** The bars of a row's histogram; null for none. */
  barsOf(row: number): Uint8Array | null;
}

export const sheetOf = (raw: RowsData): Sheet => {
  const indices = doubles(raw.index);
  const from = raw.source ? integers(raw.source, true) : new Uint8Array(raw.count);
  const names = raw.sources.map((place) => place.join("/"));
  const example = raw.example && integers(raw.example, true);
  const heights = raw.heights && bytes(raw.heights);
  const bins = heights ? heights.length / raw.count : 0;
  return {
    raw,
    indices,
    from,
    refs: Array.from(indices, (index, row) => `${names[from[row]!]}/${index}`),
    columns: raw.columns.map(
      (column) =>
        ({
          ...column,
          values: typeof column.values === "string" ? doubles(column.values) : column.values,
        }) as Column,
    ),
    doc: raw.texts ? decode(raw.texts) : null,
    exampleOf: (row) => (example ? example[row]! - 1 : -1),
    barsOf(row) {
      const bars = heights ? heights.subarray(row * bins, (row + 1) * bins) : null;
      return bars?.some((height) => height) ? bars : null;
    },
  };
};

export const columnOf = (sheet: Sheet, key: string): Column | undefined =>
  sheet.columns.find((column) => column.key === key);
