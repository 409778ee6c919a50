import { abs, max, min } from "../core/math";
import type { Group, HeatmapView } from "../core/types";
import { BREAK, type Doc, flagAt } from "./doc";

export type Part = [from: number, to: number];

/** One row on the page: an example, or one block of a long one. */
export interface Row {
  /** Number of the text that it shows. */
  which: number;
  parts: Part[];
  first: boolean;
  /** Aligned on the peak, on one line. */
  kwic: boolean;
}

export interface Plan {
  /** Rows in order of display, each group's heading before its own. */
  items: (Row | Group)[];
  /** The rows of one example, in its window or in full. */
  rowsOf(text: number, full: boolean): Row[];
  /** The token that each shown example's window stands around; -1 when none fires. */
  anchors: Map<number, number>;
  /** Whether a token is what the reader filtered for; null without a filter. */
  passes: Filter | null;
  total: number;
}

export type View = Omit<HeatmapView, "selected" | "hovered" | "scheme">;

const bare = (token: string): string => token.replace(/^[ Ġ▁]/, "");

export type Filter = (p: number) => boolean;

const filterOf = ({ raw, codes, values, starts }: Doc, view: View): Filter | null => {
  const next = view.next_token;
  // The values travelled as 32-bit floats, so a range's ends are rounded as they were.
  const range = view.value_range?.map(Math.fround);
  if (!range && next === null) return null;
  const follows = raw.vocab.map((token) => bare(token) === bare(next ?? ""));
  const ends = new Set(starts);
  return (p) => {
    const v = values[p]!;
    if (range && (!v || v < range[0]! || v > range[1]!)) return false;
    return next === null || (v > 0 && !ends.has(p + 1) && follows[codes[p + 1]!]!);
  };
};

/** Long texts in blocks, so that the browser can skip those out of sight; a block ends after a line break if one is near. */
const blocks = (doc: Doc, from: number, to: number): Part[] => {
  const long = 400;
  const block = 256;
  const out: Part[] = [];
  for (let start = from; start < to || !out.length; ) {
    const most = to - start > long ? start + block : to;
    let end = most;
    while (most < to && end > most - 64 && !(flagAt(doc, end - 1) & BREAK)) end--;
    if (end === most - 64) end = most;
    out.push([start, end]);
    start = end;
  }
  return out;
};

export const rowsOf = (doc: Doc, text: number, anchor: number, window: View["window"]): Row[] => {
  const [from, to] = [doc.starts[text]!, doc.starts[text + 1]!];
  const kwic = window === "stacked";
  const row = { which: text, first: true, kwic };
  const middle = anchor < 0 ? (from + to) >> 1 : anchor;
  if (window === "full") {
    return blocks(doc, from, to).map((part, i) => ({ ...row, parts: [part], first: !i }));
  }
  if (kwic) {
    return [
      {
        ...row,
        parts: [
          [max(from, middle - 11), middle],
          [middle, min(to, middle + 12)],
        ],
      },
    ];
  }
  // Around the anchor, and where attention comes from and goes to.
  const { source, target } = doc.raw.dfa?.[text] ?? {};
  const centres = [middle - from, source, target];
  const parts: Part[] = [];
  for (let p = from; p < to; p++) {
    const last = parts.at(-1);
    if (!centres.some((at = -99) => abs(from + at - p) < 16)) continue;
    if (last?.[1] === p) last[1]++;
    else parts.push([p, p + 1]);
  }
  return [{ ...row, parts: parts.length ? parts : [[from, from]] }];
};

/** Where a text peaks; -1 when nothing in it fires. */
export const peakOf = ({ raw, starts }: Doc, text: number): number => {
  const peak = raw.peaks[text]!;
  return peak < 0 ? -1 : starts[text]! + peak;
};

/** The token that an example's window stands around: its peak, or the strongest one that was filtered for. */
const anchorOf = (doc: Doc, text: number, passes: Filter | null): number | null => {
  const { starts, values } = doc;
  if (!passes) return peakOf(doc, text);
  let best: number | null = null;
  for (let p = starts[text]!; p < starts[text + 1]!; p++) {
    if (passes(p) && (best === null || values[p]! > values[best]!)) best = p;
  }
  return best;
};

export const planOf = (doc: Doc, view: View): Plan => {
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
  return { items, anchors, passes, total: seen.length, rowsOf: rows };
};

/** The most common tokens before, at and after where the windows on the page stand: token number, count. */
export const tally = ({ codes, starts }: Doc, { anchors }: Plan): [id: number, n: number][][] => {
  return [-1, 0, 1].map((step) => {
    const seen = new Map<number, number>();
    for (const [text, anchor] of anchors) {
      const p = anchor + step;
      const id = codes[p]!;
      if (anchor >= 0 && p >= starts[text]! && p < starts[text + 1]!)
        seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    return [...seen].sort((a, b) => b[1] - a[1]).slice(0, 4);
  });
};
