import { opacity } from "../core/colour";
import { h } from "../core/dom";
import { brief } from "../core/format";
import type { Doc } from "./doc";
import type { View } from "./plan";

const STEPS = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1];

/** The colour scale as a strip, drawn with the curve that the tokens are drawn with. */
export const legend = (view: View, { top, diverging, raw }: Doc): HTMLElement => {
  const shares = [...(diverging ? STEPS.map((s) => -s).reverse() : []), 0, ...STEPS];
  const stops = shares.map((share) => {
    const at = diverging ? 50 + 50 * share : 100 * share;
    const alpha = Math.abs(share * top) < view.threshold ? 0 : opacity(share, 1, view.curve);
    return `rgb(var(--npw-${share < 0 ? "neg" : "pos"}) / ${alpha.toFixed(3)}) ${at}%`;
  });
  const strip = h("i", "strip");
  strip.style.backgroundImage = `linear-gradient(to right,${stops})`;
  const end = view.scale === "row" ? "own peak" : brief(top);
  const node = h("span", "legend", diverging ? brief(-top) : "0", strip, end);
  if (raw.dfa) node.append(h("span", "key-dfa", "DFA"));
  if (raw.loss) node.append(h("span", "key-loss", "loss"));
  node.title = `${view.curve} scale, ticks at quarters`;
  return node;
};
