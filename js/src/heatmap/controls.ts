import { attrs, button, focusable, h } from "../core/dom";
import { brief, plural, span } from "../core/format";
import type { HeatmapView, HiddenKind, WindowName } from "../core/types";
import type { Doc } from "./doc";
import type { Plan, Tally, View } from "./plan";
import { printable } from "./readout";

const WINDOWS: [WindowName, string, string][] = [
  ["snippet", "snippet", "16 tokens on either side of the peak"],
  ["full", "full", "the whole text of every example"],
  ["stacked", "aligned", "one line each, aligned on the peak"],
];

export function windowButtons(view: View): HTMLElement {
  const buttons = WINDOWS.map(([arg, label, title]) =>
    button(label, "window", { arg, title, look: "segment", pressed: view.window === arg }),
  );
  return attrs(h("span", "segments", ...buttons), { role: "group", "aria-label": "window" });
}

function choice(name: string, label: string, options: string[], chosen: string): HTMLElement {
  const select = focusable(h("select", "input"));
  select.name = name;
  select.append(...options.map((value) => new Option(value, value, false, value === chosen)));
  return h("label", "field", label, select);
}

/** Scale, curve, colours, line breaks and threshold, folded away until asked for. */
export function optionFields(view: HeatmapView, top: number): HTMLElement[] {
  const breaks = focusable(h("input"));
  Object.assign(breaks, { type: "checkbox", name: "breaks", checked: view.breaks });
  const slider = focusable(h("input", "slider"));
  Object.assign(slider, {
    type: "range",
    name: "threshold",
    min: "0",
    max: String(top || 1),
    step: "any",
  });
  slider.value = String(view.threshold);
  const shown = h("output", "", brief(view.threshold));
  return [
    choice("scale", "scale", ["feature", "row"], view.scale),
    choice("curve", "curve", ["log", "linear"], view.curve),
    choice("scheme", "colours", ["emerald", "cividis"], view.scheme),
    h("label", "field", breaks, "line breaks"),
    h("label", "field", "colour from", slider, shown),
  ];
}

const quoted = (raw: string, shown?: string): string => `“${shown ?? printable(raw)}”`;

/** What the examples are filtered by, each with a way back. */
export function chips(view: View, doc: Doc): HTMLElement[] {
  const out: HTMLElement[] = [];
  const chip = (text: string, act: string): void => {
    out.push(
      h("span", "chip", text, button("×", act, { look: "clear", title: "clear this filter" })),
    );
  };
  if (view.value_range) chip(`values ${span(...view.value_range)}`, "clear-range");
  const next = view.next_token;
  if (next !== null) chip(`next token ${quoted(next, shownForm(doc, next))}`, "clear-next");
  return out;
}

export function shownForm(doc: Doc, raw: string): string | undefined {
  return doc.shown[doc.raw.vocab.indexOf(raw)];
}

/** Says plainly why there is nothing to see. */
export function emptyText(view: View, doc: Doc, plan: Plan, none: string): string {
  if (!plan.total) return none;
  const { value_range: range, next_token: next } = view;
  const value = range ? ` between ${span(...range).replace(" – ", " and ")}` : "";
  if (next === null) return `no example has a token${value}`;
  const which = value ? `a token${value}` : "a firing token";
  return `in no example ${quoted(next, shownForm(doc, next))} comes right after ${which}`;
}

type Note = [kind: HiddenKind, count: number, one: string, many: string, hide: string];

/** What was folded, left out or mended: one quiet line, each part undone by a click. */
export function notes(doc: Doc, view: View): (Node | string)[] {
  const { hidden, given, group } = doc.raw;
  const kinds = Object.values(hidden ?? {});
  const of = (kind: HiddenKind): number => kinds.filter((k) => k === kind).length;
  const mended = given ? given.filter((g, i) => g !== group[i]).length : 0;
  const all: Note[] = [
    ["duplicate", of("duplicate"), "repeated text folded", "repeated texts folded", "fold"],
    [
      "not-positive",
      of("not-positive"),
      "example without a positive value left out",
      "examples without a positive value left out",
      "leave out",
    ],
    ["mended", mended, "interval mended", "intervals mended", "mend"],
  ];
  return all
    .filter(([, n]) => n > 0)
    .flatMap(([kind, n, one, many, hide], i) => {
      const undone = view.show_hidden.includes(kind);
      const label = undone ? hide : kind === "mended" ? "show as given" : "show";
      const text = undone
        ? plural(n, one, many).replace(
            /folded|left out|mended/,
            kind === "mended" ? "as given" : "shown",
          )
        : plural(n, one, many);
      return [`${i ? "   " : ""}${text} · `, button(label, "hidden", { arg: kind })];
    });
}

const WHERE = ["before the peak", "at the peak", "after it"];

/** What most often stands around the peaks, as three short lists. */
export function tallyLine(tallies: Tally[]): HTMLElement {
  const lists = tallies.map((tally, i) => {
    const items = tally.map(([raw, shown, n]) => {
      const name = h("bdi", "token", shown.replace(/^ /, "·").replace(/ $/, "·"));
      return attrs(h("span", "common", name, h("b", "", `${n}`)), { title: printable(raw) });
    });
    return h("div", "tally", h("span", "quiet", WHERE[i]!), ...items);
  });
  return h("div", "tallies", ...lists);
}
