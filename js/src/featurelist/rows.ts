import { attrs, h, listen } from "../core/dom";
import { onEnd } from "../core/life";
import type { Shown } from "./columns";
import type { Sheet } from "./sheet";

/** Rows drawn beyond what is in sight, on either side: the next frame finds them ready. */
const AHEAD = 14;
/** Rows that are printed at most. */
const PRINTED = 500;
/** The height of what is seen, in pixels, where there is no layout yet. */
const VIEW = 600;

/** The rows of a list, of which only those near the eye are on the page. Places count in the order that is shown. */
export interface Table {
  sheet: Sheet;
  columns: Shown[];
  order: number[];
  selected: Set<string>;
  opened: string | null;
  /** The place that keys start from; -1 for none. */
  cursor: number;
  /** What scrolls, and what the rows stand in. */
  scroller: HTMLElement;
  body: HTMLElement;
  head: HTMLElement;
  drawn: Map<number, HTMLElement>;
  high: number;
}

export const refAt = ({ sheet, order }: Table, place: number): string => sheet.refs[order[place]!]!;

const build = ({ columns, order, high }: Table, place: number): HTMLElement => {
  const row = order[place]!;
  const cells = columns.map(({ look, label, cell }) => {
    const node = attrs(h("div", `list-cell list-${look}`, cell(row)), { role: "gridcell" });
    // Where rows are folded into lines, a number says what it is.
    return look === "number" ? attrs(node, { "data-label": label }) : node;
  });
  const node = attrs(h("div", "list-row", ...cells), { role: "row", "aria-rowindex": place + 2 });
  node.style.top = `${place * high}px`;
  node.dataset["place"] = `${place}`;
  return node;
};

const dress = (table: Table, node: HTMLElement, place: number): void => {
  const ref = refAt(table, place);
  attrs(node, { "aria-selected": `${table.selected.has(ref)}` });
  node.classList.toggle("npw-list-cursor", place === table.cursor);
  node.classList.toggle("npw-list-opened", ref === table.opened);
};

/** The first place in sight and the one after the last. */
const sight = ({ scroller, head, high, order }: Table): [number, number] => {
  const seen = (scroller.clientHeight || VIEW) - head.offsetHeight;
  const first = Math.floor(scroller.scrollTop / high);
  return [
    Math.max(0, first - AHEAD),
    Math.min(order.length, first + Math.ceil(seen / high) + AHEAD),
  ];
};

/** Puts the rows of these places on the page, in their order, and takes the others off it. */
const place = (table: Table, [first, last]: [number, number]): void => {
  const { drawn, body } = table;
  for (const [at, node] of drawn) {
    if (at >= first && at < last) continue;
    node.remove();
    drawn.delete(at);
  }
  let before: ChildNode | null = body.firstChild;
  for (let at = first; at < last; at++) {
    const there = drawn.get(at);
    if (there) {
      before = there.nextSibling;
      continue;
    }
    const node = build(table, at);
    dress(table, node, at);
    drawn.set(at, node);
    body.insertBefore(node, before);
  }
};

export const drawNear = (table: Table): void => place(table, sight(table));

/** Draws all anew: other rows, another order, other columns. */
export const drawAll = (table: Table): void => {
  const { body, scroller, drawn, order, high } = table;
  drawn.clear();
  body.replaceChildren();
  body.style.height = `${order.length * high}px`;
  attrs(scroller, { "aria-rowcount": order.length + 1 });
  drawNear(table);
};

export const mark = (table: Table): void =>
  table.drawn.forEach((node, at) => dress(table, node, at));

/** Scrolls as little as it takes for a row to be seen below the head. */
export const reveal = (table: Table, at: number): void => {
  const { scroller, head, high } = table;
  const seen = (scroller.clientHeight || VIEW) - head.offsetHeight;
  const top = at * high;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + high > scroller.scrollTop + seen) scroller.scrollTop = top + high - seen;
  drawNear(table);
};

export const pageOf = ({ scroller, head, high }: Table): number =>
  Math.max(1, Math.floor(((scroller.clientHeight || VIEW) - head.offsetHeight) / high) - 1);

/** The style sheet says how high a row is, by how many lines it takes; what is drawn shows it. */
export const measure = (table: Table): void => {
  const { scroller, drawn, high } = table;
  const [row] = drawn.values();
  const now = row?.offsetHeight || high;
  if (now !== high) {
    table.high = now;
    scroller.scrollTop *= now / high;
    drawAll(table);
  } else drawNear(table);
};

/** Keeps the rows near the eye on the page while it scrolls, changes its size, or is printed. */
export const follow = (table: Table, signal: AbortSignal): void => {
  const { scroller } = table;
  const resized = new ResizeObserver(() => measure(table));
  resized.observe(scroller);
  onEnd(signal, () => resized.disconnect());
  listen(scroller, "scroll", () => drawNear(table), signal);
  listen(
    window,
    "beforeprint",
    () => place(table, [0, Math.min(PRINTED, table.order.length)]),
    signal,
  );
};
