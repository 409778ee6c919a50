import { columnOf, type Sheet } from "./sheet";

/** The columns that are drawn and have no values of their own. */
export const [REF, HISTOGRAM, EXAMPLE] = ["ref", "histogram", "top_example"] as const;

type Key = string | number | null;

const known = (value: number): Key => (Number.isNaN(value) ? null : value);

/** Where the middle of a histogram's mass lies: whether a feature mostly fires weakly or strongly. */
const middle = (bars: Uint8Array | null): Key => {
  if (!bars) return null;
  let [mass, moment] = [0, 0];
  bars.forEach((height, bin) => {
    mass += height;
    moment += height * bin;
  });
  return moment / mass;
};

const peakToken = ({ doc, exampleOf }: Sheet, row: number): Key => {
  const text = exampleOf(row);
  const peak = doc && text >= 0 ? doc.raw.peaks[text]! : -1;
  return peak < 0 ? null : doc!.shown[doc!.codes[doc!.starts[text]! + peak]!]!.toLowerCase();
};

/** Model, source and index as one text that sorts as the three do. */
const named = ({ raw, from, indices }: Sheet, row: number): Key =>
  [...raw.sources[from[row]!]!, `${indices[row]}`.padStart(20, "0")].join("\0").toLowerCase();

/** What the rows are sorted by; null where it is unknown. */
const keysOf = (sheet: Sheet, key: string): Key[] => {
  const rows = sheet.refs.map((_, row) => row);
  if (key === REF) return rows.map((row) => named(sheet, row));
  if (key === HISTOGRAM) return rows.map((row) => middle(sheet.barsOf(row)));
  if (key === EXAMPLE) return rows.map((row) => peakToken(sheet, row));
  const column = columnOf(sheet, key);
  if (column?.kind === "text") return column.values.map((text) => text?.toLowerCase() ?? null);
  return column ? Array.from(column.values, known) : rows;
};

/** All rows by one column: what is unknown comes last in both directions, what is equal keeps its order. */
const sorted = (sheet: Sheet, sort: string): number[] => {
  const rows = sheet.refs.map((_, row) => row);
  if (!sort) return rows;
  const falling = sort.startsWith("-");
  const keys = keysOf(sheet, falling ? sort.slice(1) : sort);
  const [after, before] = falling ? [-1, 1] : [1, -1];
  const by = (a: number, b: number): number =>
    keys[a] === keys[b] ? 0 : keys[a]! > keys[b]! ? after : before;
  const some = rows.filter((row) => keys[row] !== null);
  return [...some.sort(by), ...rows.filter((row) => keys[row] === null)];
};

/** What a row's words are looked for in. */
const saidOf = (sheet: Sheet): string[] => {
  const texts = sheet.columns.flatMap((column) => (column.kind === "text" ? [column.values] : []));
  return sheet.refs.map((ref, row) =>
    [ref, ...texts.map((values) => values[row] ?? "")].join("\n").toLowerCase(),
  );
};

/** Which rows are shown, and in which order; `np_widgets/widgets/order.py` does the same. */
export const orderOf = (sheet: Sheet, sort: string, filter: string): number[] => {
  const rows = sorted(sheet, sort);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return rows;
  const said = saidOf(sheet);
  return rows.filter((row) => words.every((word) => said[row]!.includes(word)));
};
