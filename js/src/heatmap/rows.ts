import { h } from "../core/dom";
import { brief, plural, span } from "../core/format";
import type { Group } from "../core/types";
import { type Doc, textOf } from "./doc";
import { painted, painter, plainRun, type Run } from "./paint";
import type { Part, Plan, Row, View } from "./plan";

export interface Placed {
  row: Row;
  el: HTMLElement;
  /** Where the tokens stand: one cell, or two when rows are aligned on the peak. */
  cells: HTMLElement[];
  done: boolean;
}

export interface Rows {
  draw(doc: Doc, view: View, plan: Plan, open: Set<number>, top: number): void;
  reopen(text: number): void;
  placed(p: number): Placed | undefined;
  of(node: Node | null): Placed | undefined;
  first(): Placed | undefined;
  neighbour(placed: Placed, step: number): Placed | undefined;
}

const EAGER_TOKENS = 2500;
const SYNC_TOKENS = 24_000;
const SLICE_MS = 25;

interface Scene {
  doc: Doc;
  view: View;
  plan: Plan;
  open: Set<number>;
  paint: (row: Row) => (p: number) => Run | null;
  /** Characters that fit on a line; good enough to guess the height of rows not laid out yet. */
  width: number;
}

export const breaksIn = (view: View, row: Row): boolean => view.breaks && !row.stacked;

export function heading(group: Group): HTMLElement | null {
  const { kind, low, high, fraction } = group;
  if (kind === "none") return null;
  const bounds = low === null || high === null ? "" : span(low, high);
  const share = fraction === null ? "" : `${brief(fraction * 100)} % of tokens`;
  const title = kind === "top" ? "Strongest" : bounds || "Interval";
  return h("h4", "group", title, share && h("span", "quiet", share));
}

function gutter(scene: Scene, row: Row): HTMLElement {
  const { doc, view } = scene;
  const start = doc.starts[row.text]!;
  if (!row.first) return h("span", "gutter position", String(row.parts[0]![0] - start));
  const value = row.anchor < 0 ? 0 : doc.values[row.anchor]!;
  const node = h("span", "gutter", Number.isNaN(value) ? "?" : brief(value));
  if (value < 0) node.classList.add("npw-below");
  const copies = doc.raw.copies?.[row.text];
  if (copies) {
    const same = h("span", "copies", `×${copies + 1}`);
    same.title = `${plural(copies, "more example has", "more examples have")} exactly this text`;
    node.append(same);
  }
  if (view.window !== "full") {
    node.dataset["act"] = "open";
    node.dataset["arg"] = String(row.text);
    node.title = "show the whole text";
  }
  return node;
}

function cellsOf(row: Row): HTMLElement[] {
  return row.stacked ? [h("span"), h("span", "after")] : [h("div", "line")];
}

function fillCells({ row, cells }: Placed, nodes: (part: Part) => Run[]): void {
  if (row.stacked) {
    cells.forEach((cell, i) => {
      cell.replaceChildren(...nodes(row.parts[i]!));
    });
    return;
  }
  const runs = row.parts.map(nodes);
  cells[0]!.replaceChildren(
    ...runs.flatMap((run, i) => (i ? [h("span", "gap", " ⋯ "), ...run] : run)),
  );
}

function place(scene: Scene, row: Row): Placed {
  const { doc, view } = scene;
  const cells = cellsOf(row);
  const text = row.stacked ? h("div", "kwic", h("span", "before", cells[0]), cells[1]) : cells[0]!;
  const el = h("div", row.first ? "row" : "row more", gutter(scene, row), text);
  if (doc.raw.hidden?.[row.text]) el.classList.add("npw-unhidden");
  const [from, to] = [row.parts[0]![0], row.parts.at(-1)![1]];
  if (!row.stacked && from > doc.starts[row.text]! && row.first) text.classList.add("npw-cut-a");
  if (!row.stacked && view.window !== "full" && to < doc.starts[row.text + 1]!)
    text.classList.add("npw-cut-z");
  const origin = doc.raw.origin?.[row.text];
  if (origin && !row.stacked && to === doc.starts[row.text + 1]!)
    el.append(h("span", "origin", origin));
  const placed = { row, el, cells, done: false };
  fillCells(placed, (part) => [plainRun(doc, part, breaksIn(view, row))]);
  if (!row.stacked) {
    const lines = (text.textContent ?? "").split("\n");
    const height = lines.reduce(
      (n, line) => n + Math.max(1, Math.ceil(line.length / scene.width)),
      0,
    );
    el.style.setProperty("--n", String(height));
  }
  return placed;
}

/** The rows of a heatmap: built across frames, coloured when they come near the viewport. */
export function createRows(list: HTMLElement, signal: AbortSignal): Rows {
  const byEl = new Map<Element, Placed>();
  const byText = new Map<number, Placed[]>();
  let scene: Scene | null = null;
  let frame = 0;

  const paint = (placed: Placed): void => {
    if (placed.done || !scene) return;
    placed.done = true;
    const { doc, view } = scene;
    const token = scene.paint(placed.row);
    fillCells(placed, (part) => painted(doc, part, breaksIn(view, placed.row), token));
  };
  const watchRow = lazily(list, signal, (el) => {
    const placed = byEl.get(el);
    if (placed) paint(placed);
  });
  window.addEventListener("beforeprint", () => byEl.forEach(paint), { signal });
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));

  const add = (row: Row, eager: boolean): HTMLElement => {
    const placed = place(scene!, row);
    byEl.set(placed.el, placed);
    const same = byText.get(row.text);
    if (same) same.push(placed);
    else byText.set(row.text, [placed]);
    if (eager) paint(placed);
    else watchRow(placed.el);
    return placed.el;
  };

  function* items(plan: Plan, open: Set<number>): Generator<Group | Row> {
    for (const { group, rows } of plan.sections) {
      if (group) yield group;
      for (const row of rows) {
        if (!open.has(row.text)) yield row;
        else if (row.first) yield* plan.rowOf(row.text, true);
      }
    }
  }

  function build(queue: Generator<Group | Row>, tokens: number): void {
    const slice = document.createDocumentFragment();
    const until = performance.now() + SLICE_MS;
    let seen = tokens;
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const item = next.value;
      if ("kind" in item) slice.append(heading(item) ?? "");
      else {
        slice.append(add(item, seen < EAGER_TOKENS));
        seen += item.parts.reduce((n, [a, b]) => n + b - a, 0);
      }
      // The first frame holds everything a usual feature has; only what is longer is spread over frames.
      if (seen > SYNC_TOKENS && performance.now() > until) {
        frame = requestAnimationFrame(() => build(queue, seen));
        break;
      }
    }
    list.append(slice);
  }

  return {
    draw(doc, view, plan, open, top) {
      cancelAnimationFrame(frame);
      const width = Math.max(20, Math.floor((list.clientWidth || 700) / 8) - 8);
      scene = { doc, view, plan, open, paint: painter(doc, view, top), width };
      byEl.clear();
      byText.clear();
      list.replaceChildren();
      build(items(plan, open), 0);
    },
    reopen(text) {
      const old = byText.get(text);
      if (!old || !scene) return;
      byText.delete(text);
      for (const { el } of old) byEl.delete(el);
      const rows = scene.plan.rowOf(text, scene.open.has(text));
      old[0]!.el.before(...rows.map((row) => add(row, true)));
      for (const { el } of old) el.remove();
    },
    placed(p) {
      if (!scene) return undefined;
      const within = ({ row }: Placed): boolean => row.parts.some(([a, b]) => p >= a && p < b);
      return p < 0 ? undefined : byText.get(textOf(scene.doc, p))?.find(within);
    },
    of: (node) => {
      const el = node instanceof Element ? node : node?.parentElement;
      const row = el?.closest(".npw-row");
      return row ? byEl.get(row) : undefined;
    },
    first: () => byEl.get(list.querySelector(".npw-row")!),
    neighbour(placed, step) {
      let el: Element | null = placed.el;
      do el = step > 0 ? el.nextElementSibling : el.previousElementSibling;
      while (el && !byEl.get(el)?.row.first);
      return el ? byEl.get(el) : undefined;
    },
  };
}

type SkipEvent = Event & { skipped?: boolean };

/** Calls back when a row comes near the viewport; at once where the browser cannot tell. */
function lazily(
  list: HTMLElement,
  signal: AbortSignal,
  show: (el: Element) => void,
): (el: Element) => void {
  if ("oncontentvisibilityautostatechange" in list) {
    const onState = (event: SkipEvent): void => {
      if (!event.skipped) show(event.target as Element);
    };
    list.addEventListener("contentvisibilityautostatechange", onState, { signal });
    return () => {};
  }
  if (typeof IntersectionObserver === "undefined") return show;
  const seen = (entries: IntersectionObserverEntry[]): void => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      show(entry.target);
    }
  };
  const observer = new IntersectionObserver(seen, { rootMargin: "100%" });
  signal.addEventListener("abort", () => observer.disconnect());
  return (el) => observer.observe(el);
}
