import { attrs } from "./dom";
import { max } from "./math";

const SVG = "http://www.w3.org/2000/svg";
const HIGH = 20;

const svg = (tag: string, values: Record<string, string | number>): Element =>
  attrs(document.createElementNS(SVG, tag), values);

/** A histogram as small bars: one path, however many bins; a bin with little in it is not an empty one. */
export const spark = (counts: ArrayLike<number | null>, label: string): Element => {
  const bins = Array.from(counts, (n) => n || 0);
  const most = max(...bins, 0) || 1;
  const bar = (n: number, at: number): string => {
    const top = Number((HIGH - max(1, (n / most) * HIGH)).toFixed(1));
    return n > 0 ? `M${at} ${HIGH}V${top}h.85V${HIGH}z` : "";
  };
  const node = svg("svg", {
    class: "npw-spark",
    viewBox: `0 0 ${bins.length || 1} ${HIGH}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": label,
  });
  node.append(svg("path", { d: bins.map(bar).join("") }));
  return node;
};
