import { attrs, h } from "../core/dom";
import { brief, number } from "../core/format";
import { meaning, rarity } from "../core/line";
import { max } from "../core/math";
import { quoted } from "../core/tokens";
import type { Scene } from "./matrix";
import type { Line, Table } from "./table";

/** The feature in one sentence, for those who do not see the row. */
const sentence = (line: Line, table: Table, isSum: boolean): string => {
  const token = table.tokens[line.peakAt];
  const where = token && line.peak ? `, peak ${number(line.peak)} at ${quoted(token)}` : "";
  const sum = isSum ? `, ${number(line.strength)} at the picked tokens` : "";
  return `${line.ref}: ${meaning(line)}${where}${sum}, density ${rarity(line)}`;
};

/** The head of a row: which feature, what it might be, how rare it is, and the value that sorts it. */
/** A feature's name in its row: its index, after its source where the rows come from several. */
export const nameOf = ({ index }: Line, source: string): string =>
  source ? `${source} · ${index}` : `${index}`;

/** How many letters the longest name has, so that what follows stands in one column. */
export const lettersOf = ({ lines, sourceOf }: Scene): number =>
  max(0, ...lines.map((line) => nameOf(line, sourceOf(line)).length));

export const lineHead = (line: Line, { table, positions, sourceOf }: Scene): HTMLElement => {
  const what = h("span", line.explanation ? "line-meaning" : "line-meaning quiet", meaning(line));
  const node = h(
    "div",
    "line-head",
    h("span", "line-which", nameOf(line, sourceOf(line))),
    attrs(what, { title: meaning(line) }),
    h("span", line.density == null ? "line-density quiet" : "line-density", rarity(line)),
    h("span", "line-strength", brief(line.strength)),
  );
  return attrs(node, {
    role: "option",
    "aria-selected": "false",
    "data-arg": line.ref,
    "aria-label": sentence(line, table, positions.length > 0),
  });
};
