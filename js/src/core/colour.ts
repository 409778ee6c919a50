import { abs, min } from "./math";
import type { HeatmapView } from "./types";

/** Opacity of a value's colour on a scale that ends at `top`: the site's curve, or a straight one. */
export const opacity = (value: number, top: number, curve: HeatmapView["curve"]): number => {
  // Below this the site draws nothing; so do we, so that both show the same tokens.
  const nothing = 0.00005;
  const size = abs(value);
  if (size <= nothing) return 0;
  const share = min(1, size / top);
  return 0.05 + 0.95 * (curve === "linear" ? share : Math.log10(1 + 9 * share));
};
