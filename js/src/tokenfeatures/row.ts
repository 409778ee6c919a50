import { attrs, h } from "../core/dom";
import { brief, number, plural } from "../core/format";
import { meaning, rarity } from "../core/line";
import type { Row, Shown } from "./lists";

/** The feature in one sentence. */
export const sentence = (row: Row, { tokens }: Shown): string =>
  `${row.ref}: ${meaning(row)}, ${number(row.value)}, known to fire at ${row.frequency} of ` +
  `${plural(tokens.length, "token")}, density ${rarity(row)}`;

/** A feature; the bar of the strongest in its list is the `longest`: what it might be, how strongly it fires there, at how many tokens, and how rare it is. */
export const rowOf = (
  row: Row,
  shown: Shown,
  longest: number,
  selected: string | null,
): HTMLElement => {
  const what = h("span", row.explanation ? "line-meaning" : "line-meaning quiet", meaning(row));
  const bar = h("i", "found-bar");
  bar.style.width = `${((100 * row.value) / (longest || 1)).toFixed(1)}%`;
  const node = h(
    "div",
    "found",
    h("span", "line-which", `${row.index}`),
    attrs(what, { title: meaning(row) }),
    h("span", "found-track", bar),
    h("span", "line-strength", brief(row.value)),
    h("span", "found-count", `${row.frequency}`),
    h("span", row.density == null ? "line-density quiet" : "line-density", rarity(row)),
  );
  return attrs(node, {
    role: "option",
    "aria-selected": `${row.ref === selected}`,
    "aria-label": sentence(row, shown),
    "data-arg": row.ref,
  });
};
