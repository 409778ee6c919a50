import { opacity } from "../core/colour";
import { h } from "../core/dom";
import { brief } from "../core/format";
import { abs } from "../core/math";
import type { Doc } from "./doc";
import type { View } from "./plan";

const SHARES = [-1, -0.5, -0.25, -0.1, -0.03, 0, 0.03, 0.1, 0.25, 0.5, 1];

/** The colour scale as a strip, drawn with the curve that the tokens are drawn with. */
export const legend = (view: View, { top, diverging, raw }: Doc): HTMLElement => {
  const stops = SHARES.slice(diverging ? 0 : 5).map((share) => {
    const at = diverging ? 50 + 50 * share : 100 * share;
    const alpha = abs(share * top) < view.threshold ? 0 : opacity(share, 1, view.curve);
    return `rgb(var(--npw-${share < 0 ? "neg" : "pos"}) / ${alpha.toFixed(3)}) ${at}%`;
  });
  const strip = h("i", "strip");
  strip.style.backgroundImage = `linear-gradient(to right,${stops})`;
  const end = view.scale === "row" ? "peak" : brief(top);
  const node = h("span", "legend", brief(diverging ? -top : 0), strip, end);
  for (const key of ["dfa", "loss"] as const)
    if (raw[key]) node.append(h("span", `key-${key}`, key));
  return node;
};
