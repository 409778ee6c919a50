import { attrs, focusable, h, listen } from "../core/dom";
import { onEnd } from "../core/life";
import { type Doc, textOf } from "./doc";
import { onKey } from "./keys";
import type { Run } from "./paint";
import type { Plan, Row, View } from "./plan";
import { tokenAt } from "./pointer";
import { drawRings } from "./rings";
import { colour, drawRows, NEAR, type Placed, redraw, rowOf, showing } from "./rows";

export interface Hooks {
  /** The token under the pointer or the keys changed; -1 when there is none. */
  hover(p: number, byKey?: boolean): void;
  pick(p: number): void;
}

export interface Scene {
  doc: Doc;
  view: View;
  plan: Plan;
  /** Where the colour scale ends. */
  end: number;
}

/** A list of examples: tokens are found by pointer and keys, and marked by rings laid over them. */
export interface List extends Scene {
  box: HTMLElement;
  hooks: Hooks;
  /** Examples shown in full whatever the window. */
  open: Set<number>;
  over: number;
  held: number;
  byText: Map<number, Placed[]>;
  paint(row: Row): (p: number) => Run | null;
  frame: number;
  /** Characters that fit on a line, roughly. */
  width: number;
}

export const createList = (signal: AbortSignal, hooks: Hooks): List => {
  const box = focusable(h("div", "list"));
  attrs(box, { role: "application" });
  // Nothing else of the scene is read before the first draw: without rows there is no token to find.
  const list = {
    box,
    hooks,
    open: new Set(),
    byText: new Map(),
    over: -1,
    held: -1,
    plan: { items: [] },
  } as unknown as List;
  const near = (event: Event & { skipped?: boolean }): void => {
    if (!event.skipped) colour(list, rowOf(event.target));
  };
  const all = (): void => list.byText.forEach((rows) => rows.forEach((row) => colour(list, row)));
  const resized = new ResizeObserver(() => drawRings(list));
  resized.observe(box);
  onEnd(signal, () => {
    resized.disconnect();
    cancelAnimationFrame(list.frame);
  });
  listen(window, "beforeprint", all, signal);
  listen(box, NEAR, near, signal);
  listen(box, "pointermove", (e) => hooks.hover(tokenAt(e, list)), signal);
  listen(box, "pointerleave", () => hooks.hover(-1), signal);
  listen(box, "click", (e) => onClick(list, e), signal);
  listen(box, "keydown", (e) => onKey(list, e), signal);
  return list;
};

const onClick = (list: List, event: MouseEvent): void => {
  const target = event.target as Element;
  const row = rowOf(target);
  if (!row || `${getSelection()}`) return;
  const p = tokenAt(event, list);
  if (p >= 0) {
    list.hooks.hover(p);
    list.hooks.pick(p);
  }
  if (list.view.window === "stacked" || target.closest(".npw-gutter")) toggle(list, row.which);
};

/** Shows an example in full, or in its window again. */
export const toggle = (list: List, text: number): void => {
  if (list.view.window === "full") return;
  if (!list.open.delete(text)) list.open.add(text);
  redraw(list, text);
  drawRings(list);
};

/** Draws the rows anew; their marks are the caller's to set. */
export const drawList = (list: List, scene: Scene): void => {
  if (scene.doc !== list.doc || scene.view.window !== list.view.window) list.open.clear();
  Object.assign(list, scene);
  drawRows(list);
};

/** Marks what is hovered and what is selected (flat positions, -1 for none). */
export const mark = (list: List, over: number, held: number): void => {
  list.over = over;
  list.held = held;
  // A token picked elsewhere must be visible, even where the window would cut it off.
  const text = held < 0 ? -1 : textOf(list.doc, held);
  if (list.byText.has(text) && !showing(list, held)) toggle(list, text);
  drawRings(list);
};
