import { attrs, h } from "../core/dom";
import { brief, span } from "../core/format";
import { onEnd } from "../core/life";
import type { Group } from "../core/types";
import { type Doc, textOf } from "./doc";
import { breaksIn, painter, type Run, runs } from "./paint";
import { filterOf, type Part, type Plan, type Row, type View } from "./plan";

/** A row on the page. */
export interface Placed extends Row {
  el: HTMLElement & { npwRow?: Placed };
  /** Where the tokens stand: one cell, or two when rows are aligned on the peak. */
  cells: HTMLElement[];
  done: boolean;
}

export interface Scene {
  doc: Doc;
  view: View;
  plan: Plan;
  /** End of the colour scale. */
  top: number;
  /** Examples shown in full whatever the window. */
  open: Set<number>;
}

const EAGER_TOKENS = 2500;
const SYNC_TOKENS = 24_000;
const SLICE_MS = 25;

function heading({ kind, low, high, fraction }: Group): HTMLElement | "" {
  if (kind === "none") return "";
  const bounds = low === null || high === null ? "" : span(low, high);
  const title = kind === "top" ? "Strongest" : bounds;
  const share = fraction === null ? "" : `${brief(fraction * 100)} % of tokens`;
  return h("h4", "group", title, h("span", "quiet", share));
}

function gutter({ doc, view, plan }: Scene, { text, first, parts }: Row): HTMLElement {
  if (!first) return h("span", "gutter position", `${parts[0]![0] - doc.starts[text]!}`);
  const value = doc.values[plan.anchors.get(text)!] ?? 0;
  const copies = doc.raw.copies?.[text];
  const node = h(
    "span",
    value < 0 ? "gutter below" : "gutter",
    Number.isNaN(value) ? "?" : brief(value),
  );
  if (copies) node.append(h("span", "copies", `×${copies + 1}`));
  if (view.window === "full") return node;
  return attrs(node, { "data-act": "open", title: "show the whole text, or only its window" });
}

function fill({ stacked, cells, parts }: Placed, nodes: (part: Part) => Run[]): void {
  const all = parts.map(nodes);
  if (stacked) all.forEach((runs, i) => cells[i]!.replaceChildren(...runs));
  else
    cells[0]!.replaceChildren(
      ...all.flatMap((runs, i) => (i ? [h("span", "gap", " ⋯ "), ...runs] : runs)),
    );
}

/** A row as plain text; `width` is how many characters fit on a line, to guess heights not laid out yet. */
function build(scene: Scene, row: Row, width: number): Placed {
  const { doc, view, open } = scene;
  const { text, parts, first, stacked } = row;
  const cell = h(stacked ? "span" : "div", stacked ? "" : "line");
  const cells = stacked ? [cell, h("span", "after")] : [cell];
  const body = stacked ? h("div", "kwic", h("span", "before", cell), cells[1]) : cell;
  const el: Placed["el"] = h("div", first ? "row" : "row more", gutter(scene, row), body);
  const placed = { ...row, el, cells, done: false };
  el.npwRow = placed;
  fill(placed, (part) => runs(doc, part, breaksIn(view, row), () => null));
  el.classList.toggle("npw-unhidden", !!doc.raw.hidden?.[text]);
  if (stacked) return placed;
  const cut = view.window !== "full" && !open.has(text);
  const ends = parts.at(-1)![1] === doc.starts[text + 1];
  cell.classList.toggle("npw-cut-a", first && parts[0]![0] > doc.starts[text]!);
  cell.classList.toggle("npw-cut-z", cut && !ends);
  if (ends || cut) el.append(h("span", "origin", doc.raw.origin?.[text]));
  const lines = cell.textContent!.split("\n");
  const height = lines.reduce((n, line) => n + Math.ceil(line.length / width || 1), 0);
  el.style.setProperty("--n", `${height}`);
  return placed;
}

/** The rows of a heatmap: built across frames, coloured when they come near the viewport. */
export interface Rows {
  list: HTMLElement;
  scene: Scene | undefined;
  byText: Map<number, Placed[]>;
  paint: (row: Row) => (p: number) => Run | null;
  frame: number;
  width: number;
}

const CAN_SKIP = "oncontentvisibilityautostatechange";

export function createRows(list: HTMLElement, signal: AbortSignal): Rows {
  const rows: Rows = {
    list,
    scene: undefined,
    byText: new Map(),
    paint: () => () => null,
    frame: 0,
    width: 80,
  };
  const onState = (event: Event): void => {
    const placed = rowOf(event.target as Node);
    if (placed && !(event as Event & { skipped: boolean }).skipped) colour(rows, placed);
  };
  const all = (): void =>
    rows.byText.forEach((some) => some.forEach((placed) => colour(rows, placed)));
  list.addEventListener(CAN_SKIP.slice(2), onState, { signal });
  window.addEventListener("beforeprint", all, { signal });
  onEnd(signal, () => cancelAnimationFrame(rows.frame));
  return rows;
}

export const rowOf = (node: Node): Placed | undefined =>
  (node instanceof Element ? node : node.parentElement)?.closest<Placed["el"]>(".npw-row")?.npwRow;

function colour({ scene, paint }: Rows, placed: Placed): void {
  if (placed.done || !scene) return;
  placed.done = true;
  const token = paint(placed);
  fill(placed, (part) => runs(scene.doc, part, breaksIn(scene.view, placed), token));
}

function add(rows: Rows, row: Row, eager: boolean): HTMLElement {
  const placed = build(rows.scene!, row, rows.width);
  if (!rows.byText.get(row.text)?.push(placed)) rows.byText.set(row.text, [placed]);
  // Where the browser cannot tell which rows are near, all are coloured at once.
  if (eager || !(CAN_SKIP in rows.list)) colour(rows, placed);
  return placed.el;
}

/** The first frame holds everything a usual feature has; only what is longer is spread over frames. */
function extend(rows: Rows, from: number, tokens: number): void {
  const { plan, open } = rows.scene!;
  const slice = new DocumentFragment();
  const until = performance.now() + SLICE_MS;
  let [i, seen] = [from, tokens];
  for (; i < plan.items.length && (seen < SYNC_TOKENS || performance.now() < until); i++) {
    const item = plan.items[i]!;
    if ("kind" in item) slice.append(heading(item));
    else {
      const some = open.has(item.text) ? plan.rowsOf(item.text, true) : [item];
      for (const row of some) slice.append(add(rows, row, seen < EAGER_TOKENS));
      for (const [a, b] of item.parts) seen += b - a;
    }
  }
  rows.list.append(slice);
  if (i < plan.items.length) rows.frame = requestAnimationFrame(() => extend(rows, i, seen));
}

export function drawRows(rows: Rows, scene: Scene): void {
  const { doc, view, top } = scene;
  const filter = filterOf(doc, view);
  cancelAnimationFrame(rows.frame);
  rows.scene = scene;
  rows.paint = (row) => painter(doc, view, top, filter, row);
  rows.width = Math.max(20, (rows.list.clientWidth || 700) / 8 - 8);
  rows.byText.clear();
  rows.list.replaceChildren();
  extend(rows, 0, 0);
}

/** Draws one example anew, after it was opened or closed. */
export function redraw(rows: Rows, text: number): void {
  const { plan, open } = rows.scene!;
  const old = rows.byText.get(text) ?? [];
  rows.byText.delete(text);
  old[0]?.el.before(...plan.rowsOf(text, open.has(text)).map((row) => add(rows, row, true)));
  for (const { el } of old) el.remove();
}

/** The row that shows a token. */
export const showing = ({ byText, scene }: Rows, p: number): Placed | undefined =>
  scene && p >= 0
    ? byText
        .get(textOf(scene.doc, p))
        ?.find(({ parts }) => parts.some(([from, to]) => p >= from && p < to))
    : undefined;

/** The ranges of an example that are on the page, in reading order. */
export const partsOf = ({ byText }: Rows, text: number): Part[] =>
  (byText.get(text) ?? []).flatMap(({ parts }) => parts);
