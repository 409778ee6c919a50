import { attrs, button, h } from "../core/dom";
import { span } from "../core/format";
import type { Doc } from "../heatmap/doc";
import type { View } from "../heatmap/plan";

const quoted = (doc: Doc, raw: string): string =>
  `“${doc.shown[doc.raw.vocab.indexOf(raw)] ?? JSON.stringify(raw).slice(1, -1)}”`;

/** What the examples are filtered by, each with a way back. */
export function chips({ value_range: range, next_token: next }: View, doc: Doc): HTMLElement[] {
  const chip = (text: string, arg: string): HTMLElement =>
    h(
      "span",
      "chip",
      text,
      attrs(button("×", "clear", arg, "clear"), { title: "clear this filter" }),
    );
  const out: HTMLElement[] = [];
  if (range) out.push(chip(`values ${span(...range)}`, "value_range"));
  if (next !== null) out.push(chip(`next token ${quoted(doc, next)}`, "next_token"));
  return out;
}

/** Says plainly why there is nothing to see. */
export function emptyText({ value_range: range, next_token: next }: View, doc: Doc): string {
  const value = range ? ` between ${span(...range).replace("–", "and")}` : " that fires";
  const then = next === null ? "" : ` with ${quoted(doc, next)} right after it`;
  return `no example has a token${value}${then}`;
}
