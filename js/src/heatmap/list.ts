import { attrs, focusable, h } from "../core/dom";
import { type Doc, extrasOf, textOf } from "./doc";
import { onKeys } from "./keys";
import type { Plan, View } from "./plan";
import { rectsOf, tokenAt } from "./pointer";
import { createRows } from "./rows";

export interface Hooks {
  /** The token under the pointer or the keys changed; -1 when there is none. */
  hover(p: number, byKey: boolean): void;
  pick(p: number): void;
  /** The reader opened or closed an example. */
  toggle?(): void;
}

export interface List {
  el: HTMLElement;
  draw(doc: Doc, view: View, plan: Plan, top: number): void;
  /** Marks what is hovered and what is selected (flat positions, -1 for none). */
  mark(hovered: number, selected: number): void;
}

type Ring = [p: number, look: string, strength?: number];

/** A list of examples: tokens are found by pointer and keys, and marked by rings laid over them. */
export function createList(signal: AbortSignal, hooks: Hooks): List {
  const el = focusable(h("div", "list"), 0);
  attrs(el, { role: "application", "aria-roledescription": "activation heatmap" });
  const rows = createRows(el, signal);
  const open = new Set<number>();
  let scene: { doc: Doc; view: View } | null = null;
  let marks = [-1, -1] as [number, number];

  const rings = (): Ring[] => {
    const [hovered, selected] = marks;
    const out: Ring[] = [
      [selected, "selected"],
      [hovered, "hovered"],
    ];
    if (!scene || hovered < 0) return out;
    const text = textOf(scene.doc, hovered);
    const start = scene.doc.starts[text]!;
    const z = extrasOf(scene.doc, text)?.z;
    const most = Math.max(0, ...(z?.value ?? []).map((v) => Math.abs(v ?? 0)));
    z?.target.forEach((target, i) => {
      if (start + target === hovered)
        out.push([start + z.source[i]!, "attended", Math.abs(z.value[i] ?? 0) / most]);
    });
    return out;
  };
  // Rings lie over the text: wrapping a token in a new element would undo a selection the reader is dragging.
  const drawRings = (): void => {
    for (const ring of el.querySelectorAll(".npw-ring")) ring.remove();
    for (const [p, look, strength] of rings()) {
      const placed = scene && rows.placed(p);
      if (!placed || !scene) continue;
      const box = placed.el.getBoundingClientRect();
      for (const rect of rectsOf(placed, p, scene.doc, scene.view)) {
        const ring = h("i", `ring ${look}`);
        Object.assign(ring.style, {
          left: `${rect.left - box.left - 1}px`,
          top: `${rect.top - box.top - 1}px`,
          width: `${rect.width + 2}px`,
          height: `${rect.height + 2}px`,
        });
        if (strength !== undefined) ring.style.setProperty("--a", strength.toFixed(2));
        placed.el.append(ring);
      }
    }
  };
  const toggle = (p: number): void => {
    if (!scene || p < 0 || scene.view.window === "full") return;
    const text = textOf(scene.doc, p);
    if (!open.delete(text)) open.add(text);
    rows.reopen(text);
    drawRings();
  };

  const under = (event: MouseEvent): number =>
    scene ? tokenAt(event, el, rows, scene.doc, scene.view) : -1;
  const onMove = (event: PointerEvent): void => {
    // A finger that scrolls the page is not pointing; its tap arrives as a click.
    if (event.pointerType !== "touch") hooks.hover(under(event), false);
  };
  const onClick = (event: MouseEvent): void => {
    const gutter = (event.target as Element).closest<HTMLElement>("[data-act=open]");
    const placed = rows.of(event.target as Node);
    if (!scene || !placed || el.ownerDocument.getSelection()?.type === "Range") return;
    const p = under(event);
    if (p >= 0) {
      hooks.hover(p, false);
      hooks.pick(p);
    }
    if (gutter || scene.view.window === "stacked") toggle(placed.row.parts[0]![0]);
  };
  el.addEventListener("pointermove", onMove, { signal });
  el.addEventListener("pointerleave", () => hooks.hover(-1, false), { signal });
  el.addEventListener("click", onClick, { signal });
  onKeys(el, signal, { rows, marks: () => marks, doc: () => scene?.doc, toggle, hooks });

  if (typeof ResizeObserver !== "undefined") {
    const resized = new ResizeObserver(drawRings);
    resized.observe(el);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  return {
    el,
    draw(doc, view, plan, top) {
      if (doc !== scene?.doc || view.window !== scene.view.window) open.clear();
      scene = { doc, view };
      rows.draw(doc, view, plan, open, top);
      drawRings();
    },
    mark(hovered, selected) {
      marks = [hovered, selected];
      // A token picked elsewhere must be visible, even where the window would cut it off.
      if (
        selected >= 0 &&
        scene &&
        !rows.placed(selected) &&
        !open.has(textOf(scene.doc, selected))
      ) {
        toggle(selected);
      }
      drawRings();
    },
  };
}
