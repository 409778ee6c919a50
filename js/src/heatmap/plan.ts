import type { Group, HeatmapView } from "../core/types";
import { BREAK, type Doc, flagAt } from "./doc";

export type Part = [from: number, to: number];

/** One row on the page: an example, or one block of a long one. */
export interface Row {
  text: number;
  parts: Part[];
  first: boolean;
  stacked: boolean;
}

export interface Plan {
  /** Rows in order of display, each group's heading before its own. */
  items: (Row | Group)[];
  /** The rows of one example, in its window or in full. */
  rowsOf(text: number, full: boolean): Row[];
  /** The token that each shown example's window stands around; -1 when none fires. */
  anchors: Map<number, number>;
  total: number;
}

export type View = Omit<HeatmapView, "selected" | "hovered" | "scheme">;

const LONG = 400;
const BLOCK = 256;

const bare = (token: string): string => token.replace(/^[ Ġ▁]/, "");

export type Filter = (p: number) => boolean;

/** Whether the token at `p` is what the reader filtered for; null without a filter. */
export function filterOf({ raw, ids, values, starts }: Doc, view: View): Filter | null {
  const { value_range: range, next_token: next } = view;
  if (!range && next === null) return null;
  const follows = raw.vocab.map((token) => bare(token) === bare(next ?? ""));
  const ends = new Set(starts);
  return (p) => {
    const v = values[p]!;
    if (range && !(v && v >= range[0] && v <= range[1])) return false;
    return next === null || (v > 0 && !ends.has(p + 1) && follows[ids[p + 1]!]!);
  };
}

function merge(parts: Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && part[0] <= last[1]) last[1] = Math.max(last[1], part[1]);
    else out.push(part);
  }
  return out;
}

/** Long texts in blocks, so that the browser can skip those out of sight; a block ends after a line break if one is near. */
function blocks(doc: Doc, from: number, to: number): Part[] {
  const out: Part[] = [];
  for (let start = from; start < to || !out.length; ) {
    const most = to - start > LONG ? start + BLOCK : to;
    let end = most;
    while (most < to && end > most - 64 && !(flagAt(doc, end - 1) & BREAK)) end--;
    if (end === most - 64) end = most;
    out.push([start, end]);
    start = end;
  }
  return out;
}

function rowsOf(doc: Doc, text: number, anchor: number, window: View["window"]): Row[] {
  const [from, to] = [doc.starts[text]!, doc.starts[text + 1]!];
  const stacked = window === "stacked";
  if (window === "full") {
    return blocks(doc, from, to).map((part, i) => ({ text, parts: [part], first: !i, stacked }));
  }
  const reach = stacked ? 12 : 16;
  const around = (p: number): Part => [Math.max(from, p - reach + 1), Math.min(to, p + reach)];
  const middle = anchor < 0 ? (from + to) >> 1 : anchor;
  const [a, b] = around(middle);
  if (stacked)
    return [
      {
        text,
        parts: [
          [a, middle],
          [middle, b],
        ],
        first: true,
        stacked,
      },
    ];
  const { source = -1, target = -1 } = doc.raw.dfa?.[text] ?? {};
  const more = [source, target].filter((p) => p >= 0).map((p) => around(from + p));
  return [{ text, parts: merge([[a, b], ...more]), first: true, stacked }];
}

/** The token that an example's window stands around: its peak, or the strongest one that was filtered for. */
function anchorOf(
  { raw, starts, values }: Doc,
  text: number,
  passes: Filter | null,
): number | null {
  const start = starts[text]!;
  const peak = raw.peaks[text]!;
  if (!passes) return peak < 0 ? -1 : start + peak;
  let best: number | null = null;
  for (let p = start; p < starts[text + 1]!; p++) {
    if (passes(p) && (best === null || values[p]! > values[best]!)) best = p;
  }
  return best;
}

export function planOf(doc: Doc, view: View): Plan {
  const { raw } = doc;
  const { show_hidden: show } = view;
  const passes = filterOf(doc, view);
  const group = (show.includes("mended") && raw.given) || raw.group;
  const anchors: Plan["anchors"] = new Map();
  const rows = (text: number, full: boolean): Row[] =>
    rowsOf(doc, text, anchors.get(text)!, full ? "full" : view.window);
  const seen = raw.lengths
    .map((_, text) => text)
    .filter((text) => {
      const why = raw.hidden?.[text];
      return !why || show.includes(why);
    });
  for (const text of seen) {
    const anchor = anchorOf(doc, text, passes);
    if (anchor !== null) anchors.set(text, anchor);
  }
  const items = raw.groups.flatMap((heading, at) => {
    const own = [...anchors.keys()].filter((text) => group[text] === at);
    return own.length ? [heading, ...own.flatMap((text) => rows(text, false))] : [];
  });
  return { items, anchors, total: seen.length, rowsOf: rows };
}

/** The most common tokens before, at and after the peaks of the rows on the page: token number, count. */
export function tally({ ids, starts }: Doc, { anchors }: Plan): [id: number, n: number][][] {
  return [-1, 0, 1].map((step) => {
    const seen = new Map<number, number>();
    for (const [text, anchor] of anchors) {
      const p = anchor + step;
      const id = ids[p]!;
      if (anchor >= 0 && p >= starts[text]! && p < starts[text + 1]!)
        seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    return [...seen].sort((a, b) => b[1] - a[1]).slice(0, 4);
  });
}
