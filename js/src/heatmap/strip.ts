import { h } from "../core/dom";
import type { Doc } from "./doc";
import { painter, runs } from "./paint";
import { peakOf, rowsOf, type View } from "./plan";

export const LINE: View = {
  window: "stacked",
  value_range: null,
  next_token: null,
  threshold: 0,
  scale: "feature",
  curve: "log",
  show_hidden: [],
  breaks: false,
};

/**
 * A text on one line: the tokens around its peak, coloured as in a heatmap. Strips below one another have their peaks
 * in one column. The colour scale ends at `top`; without, at the text's own largest value.
 */
export const strip = (doc: Doc, text: number, top = 0): HTMLElement => {
  const [row] = rowsOf(doc, text, peakOf(doc, text), LINE.window);
  const paint = painter(doc, top ? LINE : { ...LINE, scale: "row" }, top, null, row!);
  const [before, after] = row!.parts.map((part) => runs(doc, part, false, paint));
  return h(
    "div",
    "kwic",
    h("span", "before", h("span", "", ...before!)),
    h("span", "after", ...after!),
  );
};
