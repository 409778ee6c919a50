import { attrs, focusable, h, keepFocus, onAct } from "../core/dom";
import { brief, plural } from "../core/format";
import { save, watch } from "../core/life";
import type { AnyModel, CommonTraits, HeatmapView, HiddenKind, Place, Texts } from "../core/types";
import { chips, emptyText, notes, optionFields, tallyLine, windowButtons } from "./controls";
import { type Doc, decode, flat, place } from "./doc";
import { legend } from "./legend";
import { createList } from "./list";
import { type Plan, planOf, tally, type View } from "./plan";
import { drawReadout } from "./readout";

export type HeatmapModel = AnyModel<HeatmapView & CommonTraits>;

export interface Ports {
  texts(): Texts | null;
  /** Traits that `texts` reads. */
  from: string[];
  title: string;
  /** Said in place of the examples when there are none. */
  none(): string;
  /** Where tokens are read out. */
  out: HTMLElement;
  hover?(at: Place, value: number | null): void;
}

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

export function viewOf(model: HeatmapModel): View {
  return {
    window: model.get("window") ?? "snippet",
    value_range: model.get("value_range") ?? null,
    next_token: model.get("next_token") ?? null,
    threshold: model.get("threshold") ?? 0,
    scale: model.get("scale") ?? "feature",
    curve: model.get("curve") ?? "log",
    breaks: model.get("breaks") ?? true,
    show_hidden: model.get("show_hidden") ?? [],
  };
}

function drawCount(node: HTMLElement, view: View, plan: Plan): void {
  const filtered = view.value_range || view.next_token !== null;
  const all = plural(plan.total, "example");
  node.textContent = filtered ? `${plan.shown} of ${all}` : all;
}

function toggled(kinds: HiddenKind[], kind: string): HiddenKind[] {
  const rest = kinds.filter((k) => k !== kind);
  return rest.length < kinds.length ? rest : [...kinds, kind as HiddenKind];
}

function acts(model: HeatmapModel): Record<string, (arg: string) => void> {
  return {
    window: (arg) => save(model, { window: arg as View["window"] }),
    hidden: (arg) => save(model, { show_hidden: toggled(model.get("show_hidden") ?? [], arg) }),
    "clear-range": () => save(model, { value_range: null }),
    "clear-next": () => save(model, { next_token: null }),
  };
}

/** Selects, a box and a slider in a part that unfolds; one listener for all of them. */
function options(model: HeatmapModel, signal: AbortSignal, top: () => number): HTMLElement {
  const fields = h("div", "fields");
  const onChange = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    const value =
      { checkbox: field.checked, range: Number(field.value) }[field.type] ?? field.value;
    if (event.type === "change") save(model, { [field.name]: value });
    else if (field.type === "range")
      field.nextElementSibling!.textContent = brief(Number(field.value));
  };
  fields.addEventListener("change", onChange, { signal });
  fields.addEventListener("input", onChange, { signal });
  const details = h("details", "options", focusable(h("summary", "link", "options")), fields);
  const draw = (): void => {
    const view = { ...viewOf(model), scheme: model.get("scheme") } as HeatmapView;
    fields.replaceChildren(...optionFields(view, top()));
  };
  details.addEventListener("toggle", draw, { signal });
  return details;
}

/** Toolbar, examples, notes and read-out of a heatmap, drawn from the model's traits. */
export function mountHeatmap(model: HeatmapModel, signal: AbortSignal, ports: Ports): Panel {
  const amount = h("span", "quiet");
  const tools = h("span", "tools");
  const scale = h("span");
  const filters = attrs(h("div", "chips"), { role: "status" });
  const common = h("div");
  const below = h("div", "notes quiet");
  const title = ports.title && h("h3", "title", ports.title);
  const bar = h("div", "bar", title, amount, tools, scale);
  let doc: Doc | null = null;
  let source: Texts | null = null;

  const setHovered = (at: Place): void => {
    const p = doc && at ? flat(doc, at) : -1;
    if (ports.hover) ports.hover(at, p < 0 ? null : doc!.values[p]!);
    else save(model, { hovered: at });
  };
  const same = (a: Place, b: Place): boolean =>
    a === b || (!!a && !!b && a[0] === b[0] && a[1] === b[1]);
  const list = createList(signal, {
    hover(p, byKey) {
      const at = doc && p >= 0 ? place(doc, p) : null;
      if (same(at, model.get("hovered") ?? null)) return;
      drawReadout(ports.out, doc, p, byKey);
      setHovered(at);
    },
    pick(p) {
      const at = doc && p >= 0 ? place(doc, p) : null;
      save(model, { selected: same(at, model.get("selected") ?? null) ? null : at });
    },
  });

  const mark = (): void => {
    const at = (name: "hovered" | "selected"): number => (doc ? flat(doc, model.get(name)) : -1);
    const [hovered, selected] = [at("hovered"), at("selected")];
    list.mark(hovered, selected);
    drawReadout(ports.out, doc, hovered < 0 ? selected : hovered, ports.out.ariaLive === "polite");
  };
  const drawList = (view: View, plan: Plan): void => {
    list.draw(doc!, view, plan, doc!.top);
    attrs(list.el, {
      "aria-label": `${amount.textContent}: arrow keys move, Enter picks, Space shows the whole text`,
    });
    list.el.hidden = !plan.shown;
    common.replaceChildren(
      ...(view.window === "stacked" && plan.shown ? [tallyLine(tally(doc!, plan, 4))] : []),
    );
  };
  const draw = (): void => {
    const texts = ports.texts();
    if (texts !== source) doc = texts && decode(texts);
    source = texts;
    const view = viewOf(model);
    if (!doc) return;
    const plan = planOf(doc, view);
    drawCount(amount, view, plan);
    drawList(view, plan);
    keepFocus(bar, () => tools.replaceChildren(windowButtons(view)));
    scale.replaceChildren(doc.top > 0 ? legend(view, doc.top, doc.diverging) : "");
    filters.replaceChildren(...chips(view, doc));
    if (!plan.shown) filters.append(h("p", "empty", emptyText(view, doc, plan, ports.none())));
    const flatText =
      doc.top > 0 || !plan.shown ? "" : "every value is zero, so nothing is coloured  ";
    keepFocus(below, () => below.replaceChildren(flatText, ...notes(doc!, view)));
    mark();
  };
  const body = h(
    "div",
    "heatmap",
    options(model, signal, () => doc?.top ?? 1),
    filters,
    common,
    list.el,
    below,
  );
  onAct(bar, signal, acts(model));
  onAct(body, signal, acts(model));
  watch(model, [...SETTINGS, ...(ports.from as never[])], draw, signal);
  watch(model, ["hovered", "selected"], mark, signal);
  return { bar, body, doc: () => doc };
}
