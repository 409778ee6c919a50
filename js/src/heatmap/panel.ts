import { attrs, h, onAct, refill } from "../core/dom";
import { save, watch } from "../core/life";
import type { AnyModel, CommonTraits, HeatmapView, HiddenKind, Place, Texts } from "../core/types";
import { notes, tallies, windowButtons } from "./controls";
import { type Doc, decode, flat, place } from "./doc";
import { legend } from "./legend";
import { createList, drawList, mark } from "./list";
import { type Plan, planOf, type View } from "./plan";
import { drawReadout } from "./readout";

export const GUIDE = "Read the marked tokens, not the gist; then what stands just before them.";

export type HeatmapModel = AnyModel<HeatmapView & CommonTraits>;

export interface Ports {
  texts(): Texts | null;
  /** Trait that `texts` reads. */
  trait: string;
  /** Stands first in the toolbar. */
  heading?: HTMLElement;
  /** Said in place of the examples when there are none, or none that passes the filters. */
  none(doc: Doc, view: View, total: number): string;
  /** Where tokens are read out. */
  out: HTMLElement;
  hover(hovered: Place, value: number | null): void;
  /** What the examples are filtered by, each with a way back. */
  chips?(doc: Doc, view: View): Node[];
}

/** Toolbar, examples and notes of a heatmap. */
export interface Panel {
  bar: HTMLElement;
  body: HTMLElement;
  doc(): Doc | null;
}

const SETTINGS = [
  "window",
  "value_range",
  "next_token",
  "threshold",
  "scale",
  "curve",
  "breaks",
  "show_hidden",
] as const;

export const viewOf = (model: HeatmapModel): View =>
  Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)])) as unknown as View;

const actsOf = (model: HeatmapModel) => ({
  window: (arg: string) => save(model, { window: arg as View["window"] }),
  hidden(arg: string) {
    const kinds = new Set<string>(model.get("show_hidden"));
    if (!kinds.delete(arg)) kinds.add(arg);
    save(model, { show_hidden: [...kinds] as HiddenKind[] });
  },
});

/** What stands around the examples; drawn anew with them. */
const createFrame = (model: HeatmapModel, signal: AbortSignal, ports: Ports, list: HTMLElement) => {
  const [amount, tools, scale] = [h("span", "quiet"), h("span", "segments"), h("span")];
  const [filters, common, below] = [
    h("div", "chips"),
    h("div", "tallies"),
    h("div", "notes quiet"),
  ];
  const bar = h(
    "div",
    "bar",
    ports.heading,
    amount,
    attrs(tools, { role: "group", "aria-label": "window" }),
    scale,
  );
  const body = h("div", "", filters, common, list, below);
  const acts = actsOf(model);
  onAct(bar, signal, acts);
  onAct(body, signal, acts);
  const draw = (doc: Doc, view: View, plan: Plan): void => {
    const shown = plan.anchors.size;
    const all = `${plan.total} example${plan.total === 1 ? "" : "s"}`;
    amount.textContent = shown < plan.total ? `${shown} of ${all}` : all;
    attrs(list, {
      hidden: !shown,
      "aria-label": `${amount.textContent}: arrows move, Enter picks, Space unfolds`,
    });
    refill(tools, ...(plan.total ? windowButtons(view) : []));
    refill(scale, doc.top ? legend(view, doc) : "");
    const chips = ports.chips?.(doc, view) ?? [];
    refill(filters, ...chips, shown ? "" : h("p", "empty", ports.none(doc, view, plan.total)));
    refill(common, ...(view.window === "stacked" ? tallies(doc, plan) : []));
    const zero = shown && doc.values.every((value) => value === 0);
    refill(below, zero ? "every value is zero   " : "", ...notes(doc, view));
  };
  return { bar, body, draw };
};

/** A heatmap drawn from the model's traits. */
export const mountHeatmap = (model: HeatmapModel, signal: AbortSignal, ports: Ports): Panel => {
  let source: Texts | null = null;
  let doc: Doc | null = null;
  const at = (p: number): Place => (doc && p >= 0 ? place(doc, p) : null);
  const list = createList(signal, {
    hover(p, byKey) {
      if (p === list.over) return;
      // A pointer that wanders over text must not talk; a cursor moved by keys must.
      attrs(ports.out, { "aria-live": byKey && "polite" });
      ports.hover(at(p), doc?.values[p] ?? null);
    },
    pick: (p) =>
      save(model, { selected: `${at(p)}` === `${model.get("selected")}` ? null : at(p) }),
  });
  const around = createFrame(model, signal, ports, list.box);
  const marks = (): void => {
    const [hovered, selected] = [flat(doc, model.get("hovered")), flat(doc, model.get("selected"))];
    mark(list, hovered, selected);
    drawReadout(ports.out, doc, hovered < 0 ? selected : hovered);
  };
  const draw = (): void => {
    const texts = ports.texts();
    if (texts !== source) doc = texts && decode(texts);
    source = texts;
    if (!doc) return;
    const view = viewOf(model);
    const plan = planOf(doc, view);
    drawList(list, { doc, view, plan, end: doc.top });
    around.draw(doc, view, plan);
    marks();
  };
  watch(model, [...SETTINGS, ports.trait as never], draw, signal);
  watch(model, ["hovered", "selected"], marks, signal);
  return { bar: around.bar, body: around.body, doc: () => doc };
};
