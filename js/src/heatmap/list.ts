import { attrs, focusable, h, listen } from "../core/dom";
import { onEnd } from "../core/life";
import { textOf } from "./doc";
import { entry, onKey } from "./keys";
import { tokenAt } from "./pointer";
import { drawRings } from "./rings";
import { createRows, drawRows, type Rows, redraw, rowOf, type Scene, showing } from "./rows";

export interface Hooks {
  /** The token under the pointer or the keys changed; -1 when there is none. */
  hover(p: number, byKey: boolean): void;
  pick(p: number): void;
}

/** A list of examples: tokens are found by pointer and keys, and marked by rings laid over them. */
export interface List {
  el: HTMLElement;
  rows: Rows;
  hooks: Hooks;
  /** Examples shown in full whatever the window. */
  open: Set<number>;
  hovered: number;
  selected: number;
}

export function createList(signal: AbortSignal, hooks: Hooks): List {
  const el = focusable(h("div", "list"));
  attrs(el, { role: "application", "aria-roledescription": "activation heatmap" });
  const list: List = {
    el,
    rows: createRows(el, signal),
    hooks,
    open: new Set(),
    hovered: -1,
    selected: -1,
  };
  const onMove = (event: PointerEvent): void => {
    // A finger that scrolls the page is not pointing; its tap arrives as a click.
    if (event.pointerType !== "touch") hooks.hover(tokenAt(event, list.rows), false);
  };
  const onFocus = (): void => {
    // A click focuses too, but then the token is already marked.
    if (list.hovered < 0 && el.matches(":focus-visible")) hooks.hover(entry(list.rows), true);
  };
  listen(el, "pointermove", onMove, signal);
  listen(el, "pointerleave", () => hooks.hover(-1, false), signal);
  listen(el, "click", (event) => onClick(list, event), signal);
  listen(el, "keydown", (event) => onKey(list, event), signal);
  listen(el, "focus", onFocus, signal);
  const resized = new ResizeObserver(() => drawRings(list));
  resized.observe(el);
  onEnd(signal, () => resized.disconnect());
  return list;
}

function onClick(list: List, event: MouseEvent): void {
  const target = event.target as Element;
  const row = rowOf(target);
  if (!row || getSelection()?.type === "Range") return;
  const p = tokenAt(event, list.rows);
  if (p >= 0) {
    list.hooks.hover(p, false);
    list.hooks.pick(p);
  }
  if (list.rows.scene?.view.window === "stacked" || target.closest("[data-act]"))
    toggle(list, row.text);
}

/** Shows an example in full, or in its window again. */
export function toggle(list: List, text: number): void {
  if (list.rows.scene?.view.window === "full") return;
  if (!list.open.delete(text)) list.open.add(text);
  redraw(list.rows, text);
  drawRings(list);
}

export function drawList(list: List, scene: Omit<Scene, "open">): void {
  const { open, rows } = list;
  if (scene.doc !== rows.scene?.doc || scene.view.window !== rows.scene.view.window) open.clear();
  drawRows(rows, { ...scene, open });
  drawRings(list);
}

/** Marks what is hovered and what is selected (flat positions, -1 for none). */
export function mark(list: List, hovered: number, selected: number): void {
  const { scene } = list.rows;
  Object.assign(list, { hovered, selected });
  // A token picked elsewhere must be visible, even where the window would cut it off.
  const text = scene && selected >= 0 ? textOf(scene.doc, selected) : -1;
  if (scene?.plan.anchors.has(text) && !list.open.has(text) && !showing(list.rows, selected))
    toggle(list, text);
  drawRings(list);
}
