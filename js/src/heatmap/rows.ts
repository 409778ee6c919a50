import { h } from "../core/dom";
import { brief } from "../core/format";
import type { Group } from "../core/types";
import { textOf } from "./doc";
import type { List } from "./list";
import { breaksIn, painter, type Run, runs } from "./paint";
import { type Part, peakOf, type Row } from "./plan";

/** A row on the page. */
export interface Placed extends Row {
  box: HTMLElement & { npwRow?: Placed };
  /** Where the tokens stand: one cell, or two when rows are aligned on the peak. */
  cells: HTMLElement[];
  done?: boolean;
}

/** Tokens up to which all rows are laid out and coloured at once: scrolling then costs nothing. */
const isSmall = ({ doc }: List): boolean => doc.codes.length < 24_000;

const heading = ({ kind, low, high, fraction }: Group): HTMLElement | "" =>
  kind === "none"
    ? ""
    : h(
        "h4",
        "group",
        kind === "top" ? "Strongest" : `${brief(low!)} – ${brief(high!)}`,
        fraction !== null && h("span", "quiet", `${brief(fraction * 100)} % of tokens`),
      );

/** The peak, whatever the window stands around, as texts are grouped and ordered by it; a dash where none is known. */
const gutter = ({ doc, view }: List, { which, first, parts }: Row): HTMLElement => {
  if (!first) return h("span", "gutter position", `${parts[0]![0] - doc.starts[which]!}`);
  const value = doc.values[peakOf(doc, which)];
  const copies = doc.raw.copies?.[which];
  const node = h(
    "span",
    value! < 0 ? "gutter below" : "gutter",
    value ? brief(value) : "–",
    copies && h("span", "copies", `×${copies + 1}`),
  );
  if (view.window !== "full") node.title = "peak · whole text or window";
  return node;
};

const fill = ({ kwic, cells, parts }: Placed, nodes: (part: Part) => Run[]): void => {
  const all = parts.map(nodes);
  const gaps = (some: Run[], i: number): Run[] => (i ? [h("span", "gap", " ⋯ "), ...some] : some);
  cells.forEach((cell, i) => cell.replaceChildren(...(kwic ? all[i]! : all.flatMap(gaps))));
};

/** A row as plain text. */
const build = (list: List, row: Row): Placed => {
  const { doc, view, open, width } = list;
  const { which: text, parts, first, kwic } = row;
  const [from, to] = [parts[0]![0], parts.at(-1)![1]];
  const ends = to === doc.starts[text + 1];
  const cut = view.window !== "full" && !open.has(text);
  const looks = `${first && from > doc.starts[text]! ? " cut-a" : ""}${cut && !ends ? " cut-z" : ""}`;
  const cell = kwic ? h("span") : h("div", `line${looks}`);
  const cells = kwic ? [cell, h("span", "after")] : [cell];
  const line = kwic ? h("div", "kwic", h("span", "before", cell), cells[1]) : cell;
  const origin = doc.raw.origin?.[text];
  const note = origin && (ends || cut) && !kwic && h("span", "origin", origin);
  const kind = `row${first ? "" : " more"}${doc.raw.hidden?.[text] ? " unhidden" : ""}`;
  const box: Placed["box"] = h("div", kind, gutter(list, row), line, note);
  const placed: Placed = { ...row, box, cells };
  box.npwRow = placed;
  fill(placed, (part) => runs(doc, part, breaksIn(view, row), () => null));
  if (isSmall(list)) return placed;
  // A guess at its height lets the browser pass over a row, and the scrollbar still tells the truth.
  const written = cell.textContent!;
  box.style.setProperty("--n", `${~~(written.length / width) + written.split("\n").length}`);
  return placed;
};

export const rowOf = (target: EventTarget | null): Placed | undefined =>
  (target as Element).closest<Placed["box"]>(".npw-row")?.npwRow;

/** Colours a row; rows come one by one, when they come near the viewport. */
export const colour = ({ doc, view, paint }: List, placed: Placed | undefined): void => {
  if (!placed || placed.done) return;
  placed.done = true;
  const token = paint(placed);
  fill(placed, (part) => runs(doc, part, breaksIn(view, placed), token));
};

export const NEAR = "contentvisibilityautostatechange";

const add = (list: List, row: Row, now = isSmall(list)): HTMLElement => {
  const placed = build(list, row);
  if (!list.byText.get(row.which)?.push(placed)) list.byText.set(row.which, [placed]);
  // Where the browser cannot tell which rows are near, all are coloured at once.
  if (now || !(`on${NEAR}` in list.box)) colour(list, placed);
  return placed.box;
};

/** The first frame holds everything a usual feature has; only what is longer is spread over frames. */
const extend = (list: List, from: number, tokens: number): void => {
  const { plan, open, box } = list;
  const enough = tokens + 30_000;
  const slice: (Node | string)[] = [];
  let [i, seen] = [from, tokens];
  for (; i < plan.items.length && seen < enough; i++) {
    const item = plan.items[i]!;
    if ("kind" in item) slice.push(heading(item));
    else {
      const some = open.has(item.which) ? plan.rowsOf(item.which, true) : [item];
      for (const row of some) slice.push(add(list, row));
      for (const [a, b] of item.parts) seen += b - a;
    }
  }
  box.append(...slice);
  if (i < plan.items.length) list.frame = requestAnimationFrame(() => extend(list, i, seen));
};

/** The rows of a heatmap: built across frames, coloured when they come near the viewport. */
export const drawRows = (list: List): void => {
  const { doc, view, plan, box } = list;
  cancelAnimationFrame(list.frame);
  list.paint = (row) => painter(doc, view, list.end, plan.passes, row);
  // About eight pixels to a character.
  list.width = box.clientWidth / 8 || 90;
  list.byText.clear();
  box.replaceChildren();
  extend(list, 0, 0);
};

/** Draws one example anew, after it was opened or closed. */
export const redraw = (list: List, text: number): void => {
  const old = list.byText.get(text) ?? [];
  const rows = list.plan.rowsOf(text, list.open.has(text));
  list.byText.delete(text);
  old[0]?.box.before(...rows.map((row) => add(list, row, true)));
  for (const { box } of old) box.remove();
};

/** The row that shows a token. */
export const showing = ({ byText, doc }: List, p: number): Placed | undefined =>
  p < 0
    ? undefined
    : byText
        .get(textOf(doc, p))
        ?.find(({ parts }) => parts.some(([from, to]) => p >= from && p < to));

/** The ranges of an example that are on the page, in reading order. */
export const partsOf = ({ byText }: List, text: number): Part[] =>
  (byText.get(text) ?? []).flatMap(({ parts }) => parts);
