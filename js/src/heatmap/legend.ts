import { opacity } from "../core/colour";
import { h } from "../core/dom";
import { brief } from "../core/format";
import type { View } from "./plan";

const STEPS = [0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1];

/** The colour scale as a strip, drawn with the curve that the tokens are drawn with. */
export function legend(view: View, top: number, diverging: boolean): HTMLElement {
  const side = (name: string, sign: number): string[] =>
    STEPS.map((share) => {
      const at = diverging ? 50 + sign * 50 * share : share * 100;
      const a = share && share * top >= view.threshold ? opacity(share, 1, view.curve) : 0;
      return `rgb(var(--npw-${name}) / ${a.toFixed(3)}) ${at.toFixed(1)}%`;
    });
  const stops = diverging ? [...side("neg", -1).reverse(), ...side("pos", 1)] : side("pos", 1);
  const strip = h("i", "strip");
  strip.style.backgroundImage = `linear-gradient(to right, ${stops.join(",")})`;
  const own = view.scale === "row";
  const ends = own ? ["0", "own peak"] : ["0", brief(top)];
  if (diverging) ends[0] = own ? "\u2212 own" : brief(-top);
  const node = h("span", "legend", h("span", "", ends[0]), strip, h("span", "", ends[1]));
  node.title = `colour scale, ${view.curve === "log" ? "logarithmic" : "linear"}; ticks at a quarter, half and three quarters`;
  return node;
}
