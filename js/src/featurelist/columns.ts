import { attrs, button, h, link } from "../core/dom";
import { brief, count, number, percent } from "../core/format";
import { spark } from "../core/spark";
import { strip } from "../heatmap/strip";
import { EXAMPLE, HISTOGRAM, REF } from "./order";
import { type Column, columnOf, type Sheet } from "./sheet";
import type { Kind } from "./types";

/** A column as it stands on the page. */
export interface Shown {
  key: string;
  label: string;
  look: "ref" | "main" | "text" | "number" | "spark" | "strip";
  /** Its narrowest, in pixels, and its share of what is left. */
  least: number;
  share: number;
  cell(row: number): Node | string;
}

const UNKNOWN = "–";
/** Between two columns, in pixels, as in the style sheet. */
const GAP = 10;

const WRITE: Record<Exclude<Kind, "text">, (value: number) => string> = {
  density: percent,
  integer: count,
  number: (value) => (Math.abs(value) < 1 ? number(value, 3) : brief(value)),
};

const written = (column: Column, row: number): string => {
  if (column.kind === "text") return column.values[row] ?? UNKNOWN;
  const value = column.values[row]!;
  return Number.isNaN(value) ? UNKNOWN : WRITE[column.kind](value);
};

const isKnown = ({ values }: Column): boolean =>
  values.length === 0 || [...values].some((value) => value !== null && !Number.isNaN(value));

/** What tells the rows of this list apart: the index alone, where all are of one source. */
const nameOf = ({ raw, refs, from, indices }: Sheet, row: number): string => {
  const models = new Set(raw.sources.map(([model]) => model));
  if (raw.sources.length === 1) return `${indices[row]}`;
  return models.size === 1 ? `${raw.sources[from[row]!]![1]}/${indices[row]}` : refs[row]!;
};

const refColumn = (sheet: Sheet, live: boolean): Shown => {
  const { refs, raw } = sheet;
  const names = refs.map((_, row) => nameOf(sheet, row));
  const longest = names.reduce((most, name) => Math.max(most, name.length), 8);
  const cell = (row: number): Node => {
    if (!live)
      return raw.site ? link(names[row]!, `${raw.site}/${refs[row]}`) : h("span", "", names[row]!);
    const name = attrs(button(names[row]!, "show", refs[row]!), { title: `open ${refs[row]}` });
    // Keys go row by row; the name is for the pointer.
    name.tabIndex = -1;
    return name;
  };
  return {
    key: REF,
    label: "feature",
    look: "ref",
    least: Math.min(longest, 34) * 7.4 + 6,
    share: 0,
    cell,
  };
};

const dataColumn = (column: Column): Shown => {
  const { key, label, kind } = column;
  const main = key === "explanation";
  const text = kind === "text";
  return {
    key,
    label,
    look: main ? "main" : text ? "text" : "number",
    least: main ? 140 : text ? 90 : Math.max(52, label.length * 6.4 + 16),
    share: main ? 2 : text ? 1 : 0,
    cell: (row) => written(column, row),
  };
};

const sparkColumn = (sheet: Sheet): Shown => ({
  key: HISTOGRAM,
  label: "histogram",
  look: "spark",
  least: 74,
  share: 0,
  cell(row) {
    const bars = sheet.barsOf(row);
    return bars ? spark(bars, "activation histogram") : UNKNOWN;
  },
});

const stripColumn = (sheet: Sheet): Shown => {
  const peaks = columnOf(sheet, "max_activation");
  return {
    key: EXAMPLE,
    label: "top example",
    look: "strip",
    least: 160,
    share: 3,
    cell(row) {
      const text = sheet.exampleOf(row);
      const top = peaks?.values[row];
      return text < 0
        ? UNKNOWN
        : strip(sheet.doc!, text, typeof top === "number" && top > 0 ? top : 0);
    },
  };
};

/** What is shown of a list, from left to right; a column in which nothing is known is left out. */
export const columnsOf = (sheet: Sheet, live: boolean): Shown[] => {
  const said = new Set(["explanation", "density", "max_activation"]);
  const data = sheet.columns.filter(isKnown);
  const others = data.filter(({ key }) => !said.has(key)).map(dataColumn);
  const standard = data.filter(({ key }) => said.has(key)).map(dataColumn);
  return [
    refColumn(sheet, live),
    ...standard.filter(({ look }) => look === "main"),
    ...others.filter(({ look }) => look === "number"),
    ...standard.filter(({ look }) => look === "number"),
    ...(sheet.raw.heights ? [sparkColumn(sheet)] : []),
    ...(sheet.doc ? [stripColumn(sheet)] : []),
    ...others.filter(({ look }) => look === "text"),
  ];
};

/** The columns as a grid's: those that grow share what the others leave. */
export const template = (columns: Shown[]): string =>
  columns
    .map(({ least, share }) => (share ? `minmax(${least}px,${share}fr)` : `${least}px`))
    .join(" ");

export const narrowest = (columns: Shown[]): number =>
  columns.reduce((sum, { least }) => sum + least + GAP, GAP);

/** How many lines a row takes where it is folded: its name and meaning, its example, its figures. */
export const lines = (columns: Shown[]): number => {
  const has = (...looks: Shown["look"][]): number =>
    Number(columns.some(({ look }) => looks.includes(look)));
  return 1 + has("strip") + (has("main") && has("number", "spark", "text"));
};
