import type { List } from "./list";
import { breaksIn, charsOf, type Run, tokenOf } from "./paint";
import { type Placed, rowOf } from "./rows";

type Caret = Partial<Range & { offsetNode: Node; offset: number }>;
type CaretDocument = {
  caretPositionFromPoint?: (x: number, y: number, options: { shadowRoots: Node[] }) => Caret | null;
  caretRangeFromPoint?: (x: number, y: number) => Caret | null;
};

const caretAt = (list: HTMLElement, x: number, y: number): [Node | undefined, number] => {
  const page = document as unknown as CaretDocument;
  const root = list.getRootNode();
  const shadowRoots = root instanceof ShadowRoot ? [root] : [];
  const caret =
    page.caretPositionFromPoint?.(x, y, { shadowRoots }) ?? page.caretRangeFromPoint?.(x, y);
  return [caret?.offsetNode ?? caret?.startContainer, caret?.offset ?? caret?.startOffset ?? 0];
};

const rectsIn = (node: Node, [, from, to]: [number, number, number]): DOMRect[] => {
  const range = new Range();
  range.setStart(node, from);
  range.setEnd(node, to);
  return [...range.getClientRects()];
};

/** The token under the pointer, or -1. Tokens without an element are found by caret position. */
export const tokenAt = (event: MouseEvent, { box, doc, view }: List): number => {
  const { clientX: x, clientY: y } = event;
  const { npwAt } = event.target as Run;
  const placed = rowOf(event.target);
  if (npwAt !== undefined || !placed) return npwAt ?? -1;
  const [node, offset] = caretAt(box, x, y);
  if (!(node instanceof Text && (node as Run).npwAt !== undefined && placed.box.contains(node)))
    return -1;
  // A caret stands between two characters; the one under the pointer is on either side of it.
  for (const char of [offset, offset - 1]) {
    if (char < 0 || char >= node.length) continue;
    for (const { left, right, top, bottom } of rectsIn(node, [0, char, char + 1])) {
      if (x >= left && x <= right && y >= top && y <= bottom)
        return tokenOf(doc, node as Run, char, breaksIn(view, placed));
    }
  }
  return -1;
};

/** Where a token is drawn, whether or not it has an element. */
export const rectsOf = (placed: Placed, p: number, { doc, view }: List): DOMRect[] => {
  const nodes = placed.cells.flatMap((cell) => [...cell.childNodes] as Run[]);
  const node = nodes.findLast(({ npwAt }) => npwAt !== undefined && npwAt <= p);
  if (!node) return [];
  return node instanceof Text
    ? rectsIn(node, charsOf(doc, node, p, breaksIn(view, placed)))
    : [...(node as unknown as Element).getClientRects()];
};
