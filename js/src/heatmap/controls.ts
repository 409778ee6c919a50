import { attrs, button, h } from "../core/dom";
import { span } from "../core/format";
import type { WindowName } from "../core/types";
import type { Doc } from "./doc";
import { type Plan, tally, type View } from "./plan";
import { printable } from "./readout";

const WINDOWS: Record<WindowName, [label: string, title: string]> = {
  snippet: ["snippet", "the tokens around the peak"],
  full: ["full", "whole texts"],
  stacked: ["aligned", "one line each, aligned on the peak"],
};

export const windowButtons = (view: View): HTMLElement[] =>
  Object.entries(WINDOWS).map(([arg, [label, title]]) =>
    button(label, "window", { arg, title, look: "segment", pressed: view.window === arg }),
  );

const quoted = (doc: Doc, raw: string): string =>
  `“${doc.shown[doc.raw.vocab.indexOf(raw)] ?? printable(raw)}”`;

/** What the examples are filtered by, each with a way back. */
export function chips({ value_range: range, next_token: next }: View, doc: Doc): HTMLElement[] {
  const chip = (text: string, arg: string): HTMLElement =>
    h(
      "span",
      "chip",
      text,
      button("×", "clear", { arg, look: "clear", title: "clear this filter" }),
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

const NOTES = [
  ["duplicate", "repeated texts", "folded"],
  ["not-positive", "texts without a positive value", "left out"],
  ["mended", "intervals", "mended"],
] as const;

/** What was folded, left out or mended: one quiet line, each part undone by a click. */
export function notes({ raw }: Doc, { show_hidden: show }: View): (Node | string)[] {
  const kinds: string[] = Object.values(raw.hidden ?? {});
  raw.given?.forEach((given, i) => given !== raw.group[i] && kinds.push("mended"));
  return NOTES.flatMap(([kind, what, done]) => {
    const n = kinds.filter((k) => k === kind).length;
    const undone = show.includes(kind);
    const name = n > 1 ? what : what.replace(/s\b/, "");
    const way = button(undone ? "undo" : "show", "hidden", { arg: kind });
    return n ? [`${n} ${name} ${undone ? "shown as given" : done} · `, way, "   "] : [];
  });
}

/** What most often stands around the peaks, as three short lists. */
export function tallies(doc: Doc, plan: Plan): HTMLElement[] {
  return tally(doc, plan).map((some, i) => {
    const items = some.map(([id, n]) => {
      const name = h("bdi", "token", doc.shown[id]!.replace(/^ | $/g, "·"));
      return attrs(h("span", "common", name, h("b", "", `${n}`)), {
        title: printable(doc.raw.vocab[id]!),
      });
    });
    return h(
      "div",
      "tally",
      h("span", "quiet", ["before the peak", "at the peak", "after it"][i]),
      ...items,
    );
  });
}
