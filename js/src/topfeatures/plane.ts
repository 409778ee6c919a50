import { opacity } from "../core/colour";
import { h } from "../core/dom";
import { onEnd } from "../core/life";
import type { HeatmapView } from "../core/types";
import { type Line, rowValues, type Table } from "./table";

/** Pixels of a row. The picture is one pixel wide for each token; CSS stretches it to its cells. */
const HIGH = 24;
/** Pixels of a row that stay empty, so that the bars of two rows do not touch. */
const GAP = 3;
/** How much of a bar's colour fills its cell. */
const HAZE = 0.28;

export interface Plane {
  el: HTMLCanvasElement;
  draw(table: Table, lines: Line[], curve: HeatmapView["curve"]): void;
}

/** A colour of the theme, as the bytes of a pixel without its opacity. */
const ink = (node: Element, name: string): number => {
  const [red = 0, green = 0, blue = 0] = getComputedStyle(node)
    .getPropertyValue(name)
    .split(" ")
    .map(Number);
  return (blue << 16) | (green << 8) | red;
};

const paint = (
  node: HTMLCanvasElement,
  table: Table,
  lines: Line[],
  curve: HeatmapView["curve"],
): void => {
  const wide = table.tokens.length;
  const context = node.getContext("2d");
  Object.assign(node, { width: wide || 1, height: lines.length * HIGH || 1 });
  if (!context || !wide || !lines.length) return;
  const image = context.createImageData(node.width, node.height);
  const pixels = new Uint32Array(image.data.buffer);
  const [up, down, unknown] = [ink(node, "--npw-pos"), ink(node, "--npw-neg"), 0x808080];
  const column = (at: number, from: number, to: number, colour: number): void => {
    for (let y = from; y < to; y++) pixels[at + y * wide] = colour;
  };
  lines.forEach((line, n) => {
    const values = rowValues(table, line.row);
    const start = n * HIGH * wide;
    for (let t = 0; t < wide; t++) {
      const value = values[t]!;
      if (value === 0) continue;
      const at = start + t;
      if (Number.isNaN(value)) {
        for (let y = GAP; y < HIGH; y += 4) column(at, y, y + 1, unknown | (255 << 24));
        continue;
      }
      const share = opacity(value, line.top, curve);
      const colour = value > 0 ? up : down;
      const size = Math.round(share * (HIGH - GAP));
      column(at, GAP, HIGH, colour | ((share * HAZE * 255) << 24));
      // What is negative hangs from the top.
      if (value > 0) column(at, HIGH - size, HIGH, colour | ((share * 255) << 24));
      else column(at, GAP, GAP + size, colour | ((share * 255) << 24));
    }
  });
  context.putImageData(image, 0, 0);
};

/** The values of all rows as one picture: however many there are, it is one element. */
export const createPlane = (root: HTMLElement, signal: AbortSignal): Plane => {
  const el = h("canvas", "matrix-plane");
  let again = (): void => {};
  // Colours are the theme's, so there are none before the picture is in the page, and others after a change of theme.
  const placed = new ResizeObserver(() => again());
  placed.observe(el);
  const dressed = new MutationObserver(() => again());
  dressed.observe(root, { attributes: true, attributeFilter: ["data-theme", "data-scheme"] });
  onEnd(signal, () => {
    placed.disconnect();
    dressed.disconnect();
  });
  return {
    el,
    draw(table, lines, curve) {
      again = () => paint(el, table, lines, curve);
      if (el.isConnected) again();
    },
  };
};
