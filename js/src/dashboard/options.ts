import { focusable, h, listen } from "../core/dom";
import { brief } from "../core/format";
import { save, watch } from "../core/life";
import type { HeatmapView } from "../core/types";
import type { Model } from "./traits";

function choice(
  name: keyof HeatmapView,
  label: string,
  options: string[],
  chosen: string,
): HTMLElement {
  const select = focusable(h("select", "input"));
  select.name = name;
  select.append(...options.map((value) => h("option", "", value)));
  select.value = chosen;
  return h("label", "field", label, select);
}

function fields(model: Model, top: number): HTMLElement[] {
  const breaks = focusable(h("input"));
  Object.assign(breaks, { type: "checkbox", name: "breaks", checked: model.get("breaks") });
  const slider = focusable(h("input", "slider"));
  Object.assign(slider, { type: "range", name: "threshold", min: "0", max: `${top}`, step: "any" });
  slider.value = `${model.get("threshold")}`;
  return [
    choice("scale", "scale", ["feature", "row"], model.get("scale")),
    choice("curve", "curve", ["log", "linear"], model.get("curve")),
    choice("scheme", "colours", ["emerald", "cividis"], model.get("scheme")),
    h("label", "field", breaks, "line breaks"),
    h("label", "field", "colour from", slider, h("output", "", brief(model.get("threshold")))),
  ];
}

/** Scale, curve, colours, line breaks and threshold, folded away until asked for. */
export function mountOptions(model: Model, signal: AbortSignal, top: () => number): HTMLElement {
  const host = h("div", "fields");
  const details = h("details", "options", focusable(h("summary", "", "options")), host);
  // The slider previews its number while it moves and commits when it is let go: a redraw costs more than a number.
  const preview = ({ target }: Event): void => {
    const field = target as HTMLInputElement;
    if (field.type === "range") field.nextElementSibling!.textContent = brief(field.valueAsNumber);
  };
  const commit = ({ target }: Event): void => {
    const { name, type, value, checked, valueAsNumber } = target as HTMLInputElement;
    save(model, {
      [name]: type === "checkbox" ? checked : type === "range" ? valueAsNumber : value,
    });
  };
  listen(host, "input", preview, signal);
  listen(host, "change", commit, signal);
  const draw = (): void => {
    const root = host.getRootNode() as Document;
    const { name } =
      (host.contains(root.activeElement) && (root.activeElement as HTMLInputElement)) || {};
    host.replaceChildren(...fields(model, top()));
    if (name) host.querySelector<HTMLElement>(`[name=${name}]`)?.focus();
  };
  watch(model, ["_feature", "scale", "curve", "scheme", "breaks", "threshold"], draw, signal);
  return details;
}
