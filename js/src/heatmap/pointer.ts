import type { Doc } from "./doc";
import { charsInRun, type Run, tokenInRun } from "./paint";
import type { View } from "./plan";
import { breaksIn, type Placed, type Rows } from "./rows";

type CaretDocument = Document & {
  caretPositionFromPoint?: (
    x: number,
    y: number,
    options?: { shadowRoots: ShadowRoot[] },
  ) => { offsetNode: Node; offset: number } | null;
};

function caret(list: HTMLElement, x: number, y: number): [Node, number] | null {
  const page = list.ownerDocument as CaretDocument;
  const root = list.getRootNode();
  const options = root instanceof ShadowRoot ? { shadowRoots: [root] } : undefined;
  const found = page.caretPositionFromPoint?.(x, y, options);
  if (found) return [found.offsetNode, found.offset];
  const range = page.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : null;
}

const covers = (rect: DOMRect, x: number, y: number): boolean =>
  x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom;

/** A caret stands between two characters; the one under the pointer is on either side of it. */
function charUnder(node: Node, offset: number, x: number, y: number): number {
  const range = node.ownerDocument!.createRange();
  for (const at of [offset, offset - 1]) {
    if (at < 0 || at >= (node.textContent ?? "").length) continue;
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    if ([...range.getClientRects()].some((rect) => covers(rect, x, y))) return at;
  }
  return -1;
}

/** The token under the pointer, or -1. Tokens without an element are found by caret position. */
export function tokenAt(
  event: MouseEvent,
  list: HTMLElement,
  rows: Rows,
  doc: Doc,
  view: View,
): number {
  const target = event.composedPath()[0] as Run;
  if (target.nodeType === Node.ELEMENT_NODE && target.npwAt !== undefined) return target.npwAt;
  const placed = rows.of(target);
  if (!placed) return -1;
  const found = caret(list, event.clientX, event.clientY);
  if (!found || !placed.el.contains(found[0])) return -1;
  const node = found[0] as Run;
  if (node.npwAt === undefined || node.nodeType !== Node.TEXT_NODE) return -1;
  const at = charUnder(node, found[1], event.clientX, event.clientY);
  return at < 0 ? -1 : tokenInRun(doc, node, at, breaksIn(view, placed.row));
}

/** Where a token is drawn, whether or not it has an element. */
export function rectsOf(placed: Placed, p: number, doc: Doc, view: View): DOMRect[] {
  let found: Run | undefined;
  for (const cell of placed.cells) {
    for (const node of cell.childNodes as NodeListOf<Run>) {
      if (node.npwAt !== undefined && node.npwAt <= p) found = node;
    }
  }
  if (!found) return [];
  if (found instanceof Element) return [...found.getClientRects()];
  const [from, to] = charsInRun(doc, found, p, breaksIn(view, placed.row));
  const range = found.ownerDocument!.createRange();
  range.setStart(found, from);
  range.setEnd(found, Math.min(to, (found.textContent ?? "").length));
  return [...range.getClientRects()];
}
