import { h } from "../core/dom";
import { abs, max } from "../core/math";
import { place } from "./doc";
import type { List } from "./list";
import { rectsOf } from "./pointer";
import { showing } from "./rows";

/** Rings lie over the text: wrapping a token in a new element would undo a selection the reader is dragging. */
const ring = (list: List, p: number, look: string, strength = 1): void => {
  const placed = showing(list, p);
  if (!placed) return;
  const box = placed.box.getBoundingClientRect();
  for (const { left, top, width, height } of rectsOf(placed, p, list)) {
    const node = h("i", `ring ${look}`);
    node.style.cssText = `--a:${strength};left:${left - box.left}px;top:${top - box.top}px;width:${width}px;height:${height}px`;
    placed.box.append(node);
  }
};

export const drawRings = (list: List): void => {
  const { box, doc, over, held } = list;
  for (const old of box.querySelectorAll(".npw-ring")) old.remove();
  ring(list, held, "selected");
  ring(list, over, "hovered");
  if (over < 0) return;
  // Attention: a token tints the ones that it attends to.
  const [text, position] = place(doc, over);
  const z = doc.raw.z?.[text];
  const sizes = z?.value.map((v) => abs(v ?? 0)) ?? [];
  z?.target.forEach((at, i) => {
    const from = over - position + z.source[i]!;
    if (at === position) ring(list, from, "attended", sizes[i]! / max(...sizes));
  });
};
