import { opacity } from "../core/colour";
import { h } from "../core/dom";
import { onEnd } from "../core/life";
import type { HeatmapView } from "../core/types";
import { type Line, rowValues, type Table } from "./table";

/** Pixels of a row. The picture is one pixel wide for each token; CSS stretches it to its cells. */
const HIGH = 24;
/** Pixels of a row that stay empty, so that the bars of two rows do not touch. */
const GAP = 3;
const UNKNOWN = 0x808080;
/** How much of a bar's colour fills its cell. */
const HAZE = 0.28;

type Curve = HeatmapView["curve"];

export interface Plane {
  el: HTMLCanvasElement;
  draw(table: Table, lines: Line[], curve: Curve): void;
}

/** A colour of the theme, as the bytes of a pixel without its opacity. */
const ink = (node: Element, name: string): number => {
  const [red = 0, green = 0, blue = 0] = getComputedStyle(node)
    .getPropertyValue(name)
    .split(" ")
    .map(Number);
  return (blue << 16) | (green << 8) | red;
};

const fade = (colour: number, share: number): number => colour | ((share * 255) << 24);

/** What is not known is hatched; `at` is where a row's last pixels begin. */
const hatch = (pixels: Uint32Array, values: Float32Array, at: number): void =>
  values.forEach((value, t) => {
    if (!Number.isNaN(value)) return;
    for (let y = 1; y < HIGH - GAP; y += 4) pixels[at + t - y * values.length] = fade(UNKNOWN, 1);
  });

/**
 * Writes the pixels of one row from the top: each cell changes its colour once on the way down, where its bar begins.
 * So whole lines of pixels can be copied, and no pixel is looked at by itself.
 */
const createPen = (pixels: Uint32Array, wide: number, inks: number[], curve: Curve) => {
  const [now, next] = [new Uint32Array(wide), new Uint32Array(wide)];
  const turns: number[][] = Array.from({ length: HIGH + 1 }, () => []);
  return (values: Float32Array, top: number, start: number): void => {
    for (const turn of turns) turn.length = 0;
    for (let t = 0; t < wide; t++) {
      const value = values[t]!;
      const isBelow = value < 0;
      const share = value ? opacity(value, top, curve) : 0;
      const colour = inks[isBelow ? 1 : 0]!;
      const size = Math.round(share * (HIGH - GAP));
      const [bar, haze] = share ? [fade(colour, share), fade(colour, share * HAZE)] : [0, 0];
      // What is negative hangs from the top.
      now[t] = isBelow ? bar : haze;
      next[t] = isBelow ? haze : bar;
      if (size) turns[isBelow ? GAP + size : HIGH - size]!.push(t);
    }
    for (let y = GAP; y < HIGH; y++) {
      for (const t of turns[y]!) now[t] = next[t]!;
      pixels.set(now, start + y * wide);
    }
    hatch(pixels, values, start + (HIGH - 1) * wide);
  };
};

const paint = (node: HTMLCanvasElement, table: Table, lines: Line[], curve: Curve): void => {
  const wide = table.tokens.length;
  const context = node.getContext("2d");
  Object.assign(node, { width: wide || 1, height: lines.length * HIGH || 1 });
  if (!context || !wide || !lines.length) return;
  const image = context.createImageData(node.width, node.height);
  const inks = [ink(node, "--npw-pos"), ink(node, "--npw-neg")];
  const write = createPen(new Uint32Array(image.data.buffer), wide, inks, curve);
  lines.forEach(({ row, top }, n) => write(rowValues(table, row), top, n * HIGH * wide));
  context.putImageData(image, 0, 0);
};

/** The values of all rows as one picture: however many there are, it is one element. */
export const createPlane = (root: HTMLElement, signal: AbortSignal): Plane => {
  const el = h("canvas", "matrix-plane");
  let again = (): void => {};
  let dress = "";
  // Colours are the theme's, so there are none before the picture is in the page, and others after a change of theme.
  const placed = new ResizeObserver(() => again());
  placed.observe(el);
  // A theme may be set anew without being another.
  const look = (): string => `${root.dataset["theme"]} ${root.dataset["scheme"]}`;
  const dressed = new MutationObserver(() => dress !== look() && again());
  dressed.observe(root, { attributes: true, attributeFilter: ["data-theme", "data-scheme"] });
  onEnd(signal, () => {
    placed.disconnect();
    dressed.disconnect();
  });
  return {
    el,
    draw(table, lines, curve) {
      again = () => {
        dress = look();
        paint(el, table, lines, curve);
      };
      if (el.isConnected) again();
    },
  };
};
