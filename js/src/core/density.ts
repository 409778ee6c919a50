import { attrs, button, focusable, h, listen, onAct, refill } from "./dom";
import { percent, plural } from "./format";
import { save, watch } from "./life";
import type { AnyModel } from "./types";

export interface DensityTraits {
  density_threshold: number | null;
  keep_unknown: boolean;
}

interface Dense {
  density?: number | null;
}

/** Ends of the slider, as powers of ten; at its right end nothing is hidden. */
const [LOW, HIGH] = [-6, 0];

/** Whether the threshold lets a feature pass; `null` for one of unknown density that is not kept. */
export const isRare = (
  { density = null }: Dense,
  model: AnyModel<DensityTraits>,
): boolean | null => {
  const most = model.get("density_threshold") ?? null;
  if (most === null) return true;
  if (density === null) return model.get("keep_unknown") || null;
  return density <= most;
};

/** A slider on a scale of powers; what it hides is seen while it moves, and known in Python when it is let go. */
export const densityFilter = (model: AnyModel<DensityTraits>, signal: AbortSignal): HTMLElement => {
  const slider = focusable(h("input", "slider"));
  Object.assign(slider, { type: "range", min: `${LOW}`, max: `${HIGH}`, step: "0.1" });
  const out = h("output");
  const node = h("label", "field", "density up to", slider, out);
  const preview = (): void => {
    const power = slider.valueAsNumber;
    model.set("density_threshold", power < HIGH ? Number((10 ** power).toPrecision(2)) : null);
  };
  listen(slider, "input", preview, signal);
  listen(slider, "change", () => model.save_changes(), signal);
  const draw = (): void => {
    const most = model.get("density_threshold") ?? null;
    const power = most === null ? HIGH : most ? Math.log10(most) : LOW;
    if (Math.abs(power - slider.valueAsNumber) > 0.06) slider.value = `${power}`;
    out.textContent = most === null ? "any" : percent(most);
    attrs(slider, { "aria-valuetext": out.textContent });
  };
  watch(model, ["density_threshold"], draw, signal);
  return node;
};

export interface DensityNotes {
  el: HTMLElement;
  draw(features: Dense[]): void;
}

/** What the threshold hides and what it cannot judge, each with a way back. */
export const densityNotes = (model: AnyModel<DensityTraits>, signal: AbortSignal): DensityNotes => {
  const el = h("span");
  onAct(el, signal, {
    any: () => save(model, { density_threshold: null }),
    unknown: () => save(model, { keep_unknown: !model.get("keep_unknown") }),
  });
  return {
    el,
    draw(features) {
      const dense = features.filter((feature) => isRare(feature, model) === false).length;
      const unknown = features.filter(({ density = null }) => density === null).length;
      const isKept = model.get("keep_unknown") ?? true;
      const parts: (Node | string)[] = [];
      if (dense)
        parts.push(`${plural(dense, "denser feature")} hidden · `, button("show", "any"), "   ");
      if (unknown && model.get("density_threshold") !== null)
        parts.push(
          `${count(unknown, isKept)} · `,
          button(isKept ? "hide" : "show", "unknown"),
          "   ",
        );
      refill(el, ...parts);
    },
  };
};

const count = (n: number, isKept: boolean): string =>
  `${plural(n, "feature")} of unknown density ${isKept ? "kept" : "hidden"}`;
