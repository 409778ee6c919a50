import { attrs, focusable, h, listen, refill } from "../core/dom";
import { max, min } from "../core/math";
import type { HeatmapView } from "../core/types";
import { onKey } from "./keys";
import { lettersOf, lineHead } from "./line";
import { createPlane, type Plane } from "./plane";
import { EMPTY, type Line, type Table } from "./table";

export interface Scene {
  table: Table;
  lines: Line[];
  positions: number[];
  curve: HeatmapView["curve"];
  /** What names a line's source; nothing where all come from one. */
  sourceOf(line: Line): string;
}

export interface Hooks {
  /** The cell under the pointer or the keys: number of the line and of the token; -1 for none. */
  over(line: number, token: number, byKey: boolean): void;
  choose(ref: string): void;
  pick(token: number): void;
}

/** Features by tokens. The values are one picture; a cell is found by its place. */
export interface Matrix {
  el: HTMLElement;
  hooks: Hooks;
  scene: Scene;
  plane: Plane;
  /** The picture, with what is laid over it. */
  field: HTMLElement;
  over: HTMLElement;
  picked: HTMLElement;
  heads: HTMLElement;
  caption: HTMLElement;
  list: HTMLElement;
  lines: HTMLElement[];
  /** What is marked. */
  line: number;
  token: number;
  chosen: HTMLElement | undefined;
}

export const NOTHING: Scene = {
  table: EMPTY,
  lines: [],
  positions: [],
  curve: "log",
  sourceOf: () => "",
};

/** The line and the token under the pointer; -1 for what is not under it. */
const cellAt = ({ field, scene }: Matrix, { clientX, clientY }: MouseEvent): [number, number] => {
  const { left, top, width, height } = field.getBoundingClientRect();
  const count = scene.table.tokens.length;
  const line = min(scene.lines.length - 1, ~~(((clientY - top) / height) * scene.lines.length));
  return [line, clientX < left ? -1 : min(count - 1, ~~(((clientX - left) / width) * count))];
};

const tokenAt = ({ target }: Event): number =>
  Number((target as Element).closest<HTMLElement>("[data-token]")?.dataset["token"] ?? -1);

const listenTo = (matrix: Matrix, signal: AbortSignal): void => {
  const { el, heads, list, field, hooks } = matrix;
  const move = (event: MouseEvent): void => hooks.over(...cellAt(matrix, event), false);
  const choose = (event: MouseEvent): void => {
    const line = matrix.scene.lines[cellAt(matrix, event)[0]];
    if (line) hooks.choose(line.ref);
  };
  for (const part of [list, field]) {
    listen(part, "pointermove", move, signal);
    listen(part, "click", choose, signal);
  }
  listen(list, "keydown", (event) => onKey(matrix, event), signal);
  listen(
    list,
    "focusin",
    ({ target }) => hooks.over(matrix.lines.indexOf(target as HTMLElement), matrix.token, true),
    signal,
  );
  listen(heads, "pointermove", (event) => hooks.over(-1, tokenAt(event), false), signal);
  listen(heads, "click", (event) => tokenAt(event) >= 0 && hooks.pick(tokenAt(event)), signal);
  listen(el, "pointerleave", () => hooks.over(-1, -1, false), signal);
};

export const createMatrix = (root: HTMLElement, signal: AbortSignal, hooks: Hooks): Matrix => {
  const plane = createPlane(root, signal);
  const [over, picked] = [h("div", "matrix-overlay"), h("div", "matrix-overlay matrix-lines")];
  over.append(h("i", "matrix-column"), h("i", "matrix-band"), h("i", "matrix-cell"));
  const field = h("div", "matrix-field", plane.el, picked, over);
  const [heads, caption, list] = [
    h("div", "matrix-heads"),
    h("div", "matrix-corner"),
    h("div", "matrix-list"),
  ];
  attrs(heads, { "aria-hidden": "true" });
  attrs(list, {
    role: "listbox",
    "aria-label":
      "features: up and down go from one to the next, left and right read its tokens, Enter opens it",
  });
  const el = h("div", "matrix", h("div", "matrix-grid", caption, heads, list, field));
  const matrix: Matrix = {
    ...{ el, hooks, plane, field, over, picked, heads, caption, list },
    ...{ scene: NOTHING, lines: [], line: -1, token: -1, chosen: undefined },
  };
  listenTo(matrix, signal);
  return matrix;
};

const headsOf = ({ table, positions }: Scene): HTMLElement[] =>
  table.tokens.map(({ name, isSpecial }, at) => {
    const look = `${isSpecial ? " special" : ""}${positions.includes(at) ? " picked" : ""}`;
    return attrs(h("span", `matrix-head${look}`, name), { "data-token": at, title: name });
  });

export const place = (node: HTMLElement, name: string, at: number): HTMLElement => {
  node.style.setProperty(name, `${at}`);
  return node;
};

/** Draws the rows anew; what is marked is the caller's to say. */
export const fillMatrix = (matrix: Matrix, scene: Scene): void => {
  const { el, plane, heads, caption, list, picked } = matrix;
  const { table, lines, positions, curve } = scene;
  const isSum = positions.length > 0;
  matrix.scene = scene;
  matrix.lines = lines.map((line, n) => {
    const isStop = n === max(0, min(matrix.line, lines.length - 1));
    return focusable(lineHead(line, scene), isStop ? 0 : -1);
  });
  place(place(el, "--tokens", table.tokens.length), "--rows", lines.length);
  place(el, "--which", lettersOf(scene));
  // The longest names decide how much room they have; those of the tokens within limits that CSS sets.
  place(el, "--letters", max(...table.tokens.map(({ name }) => name.length)));
  heads.replaceChildren(...headsOf(scene));
  const strength = h("span", "line-strength", isSum ? "sum" : "peak");
  caption.replaceChildren(h("span", "", "feature"), h("span", "line-density", "density"), strength);
  refill(list, ...matrix.lines);
  picked.replaceChildren(
    ...positions.map((at) => place(h("i", "matrix-column picked"), "--at", at)),
  );
  plane.draw(table, lines, curve);
};

/** Marks the cell that is read out, and the feature that was chosen. */
export const markMatrix = (
  matrix: Matrix,
  line: number,
  token: number,
  selected: string | null,
): void => {
  const { over, heads, lines } = matrix;
  // Only what changes is touched: a pointer passes over many cells.
  lines[matrix.line]?.classList.remove("npw-under");
  lines[line]?.classList.add("npw-under");
  heads.children[matrix.token]?.classList.remove("npw-under");
  heads.children[token]?.classList.add("npw-under");
  if (matrix.chosen) attrs(matrix.chosen, { "aria-selected": "false" });
  const chosen = lines.find((node) => node.dataset["arg"] === selected);
  if (chosen) attrs(chosen, { "aria-selected": "true" });
  Object.assign(matrix, { line, token, chosen });
  place(place(over, "--line", line), "--at", token);
  over.classList.toggle("npw-has-line", line >= 0);
  over.classList.toggle("npw-has-token", token >= 0);
};
