import type { Group, HeatmapView, HiddenKind } from "../core/types";
import { BREAK, type Doc, flagAt } from "./doc";

export type Part = [from: number, to: number];

/** One row on the page: an example, or one block of a long one. */
export interface Row {
  text: number;
  /** The token that the window stands around; -1 when none fires. */
  anchor: number;
  parts: Part[];
  first: boolean;
  stacked: boolean;
}

export interface Section {
  group: Group | null;
  rows: Row[];
}

export interface Plan {
  sections: Section[];
  shown: number;
  total: number;
  rowOf(text: number, full: boolean): Row[];
}

export type View = Omit<HeatmapView, "selected" | "hovered" | "scheme">;

const REACH = { snippet: 16, stacked: 12 } as const;
const LONG = 400;
const BLOCK = 256;

const bare = (token: string): string => token.replace(/^[ \u0120\u2581]/, "");

/** Whether the token at `p` is what the reader filtered for. */
export function hitTest(doc: Doc, view: View): ((p: number) => boolean) | null {
  const { value_range: range, next_token: next } = view;
  if (!range && next === null) return null;
  const wanted = next === null ? "" : bare(next);
  const follows = new Uint8Array(next === null ? 0 : doc.raw.vocab.length);
  if (next !== null) {
    doc.raw.vocab.forEach((token, id) => {
      follows[id] = bare(token) === wanted ? 1 : 0;
    });
  }
  const { values, ids } = doc;
  return (p) => {
    const v = values[p]!;
    if (range && !(v !== 0 && v >= range[0] && v <= range[1])) return false;
    return next === null || (v > 0 && follows[ids[p + 1]!] === 1);
  };
}

/** The strongest token that passes the filters; null when the example has none. */
function strongest(
  doc: Doc,
  text: number,
  passes: (p: number) => boolean,
  last: number,
): number | null {
  let best: number | null = null;
  for (let p = doc.starts[text]!; p < last; p++) {
    if (passes(p) && (best === null || doc.values[p]! > doc.values[best]!)) best = p;
  }
  return best;
}

function merge(parts: Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts.sort((a, b) => a[0] - b[0])) {
    const previous = out.at(-1);
    if (previous && part[0] <= previous[1]) previous[1] = Math.max(previous[1], part[1]);
    else out.push(part);
  }
  return out;
}

/** Long texts in blocks, so that the browser can skip those out of sight; a block ends after a line break if one is near. */
function blocks(doc: Doc, from: number, to: number): Part[] {
  if (to - from <= LONG) return [[from, to]];
  const out: Part[] = [];
  let start = from;
  while (start < to) {
    let end = Math.min(to, start + BLOCK);
    for (let p = end; end < to && p > end - BLOCK / 4; p--) {
      if (flagAt(doc, p - 1) & BREAK) {
        end = p;
        break;
      }
    }
    out.push([start, end]);
    start = end;
  }
  return out;
}

function rowsOf(doc: Doc, text: number, anchor: number, view: View, full: boolean): Row[] {
  const from = doc.starts[text]!;
  const to = doc.starts[text + 1]!;
  if (full || view.window === "full") {
    const parts = blocks(doc, from, to);
    return parts.map((part, i) => ({
      text,
      anchor,
      parts: [part],
      first: i === 0,
      stacked: false,
    }));
  }
  const stacked = view.window === "stacked";
  const reach = stacked ? REACH.stacked : REACH.snippet;
  const around = (p: number): Part => [Math.max(from, p - reach + 1), Math.min(to, p + reach)];
  const middle = anchor < 0 ? (from + to) >> 1 : anchor;
  const [a, b] = around(middle);
  if (stacked)
    return [
      {
        text,
        anchor: middle,
        parts: [
          [a, middle],
          [middle, b],
        ],
        first: true,
        stacked,
      },
    ];
  const dfa = doc.raw.dfa?.[text];
  const parts = dfa
    ? merge([[a, b], around(from + dfa.source), around(from + dfa.target)])
    : [[a, b] as Part];
  return [{ text, anchor, parts, first: true, stacked }];
}

function hiddenNow(doc: Doc, view: View): (text: number) => boolean {
  const { hidden } = doc.raw;
  return (text) => {
    const kind: HiddenKind | undefined = hidden?.[text];
    return kind !== undefined && !view.show_hidden.includes(kind);
  };
}

export function planOf(doc: Doc, view: View): Plan {
  const { raw } = doc;
  const isHidden = hiddenNow(doc, view);
  const passes = hitTest(doc, view);
  const group = view.show_hidden.includes("mended") ? (raw.given ?? raw.group) : raw.group;
  const anchors = new Map<number, number>();
  const buckets = new Map<number, Row[]>();
  const plan: Plan = {
    sections: [],
    shown: 0,
    total: 0,
    rowOf: (text, full) => rowsOf(doc, text, anchors.get(text) ?? -1, view, full),
  };
  for (let text = 0; text < raw.lengths.length; text++) {
    if (isHidden(text)) continue;
    plan.total++;
    const peak = raw.peaks[text] ?? -1;
    const start = doc.starts[text]!;
    const end = doc.starts[text + 1]! - (view.next_token === null ? 0 : 1);
    const anchor = passes ? strongest(doc, text, passes, end) : peak < 0 ? -1 : start + peak;
    if (anchor === null) continue;
    plan.shown++;
    anchors.set(text, anchor);
    const at = group[text] ?? 0;
    if (!buckets.has(at)) buckets.set(at, []);
    buckets.get(at)?.push(...rowsOf(doc, text, anchor, view, false));
  }
  for (const at of [...buckets.keys()].sort((a, b) => a - b)) {
    plan.sections.push({ group: raw.groups[at] ?? null, rows: buckets.get(at) ?? [] });
  }
  return plan;
}

export type Tally = [raw: string, shown: string, n: number][];

/** The most common tokens before, at and after the peaks of the rows on the page. */
export function tally(doc: Doc, plan: Plan, most: number): Tally[] {
  const counts = [-1, 0, 1].map(() => new Map<number, number>());
  for (const { rows } of plan.sections) {
    for (const { anchor, text } of rows) {
      counts.forEach((seen, i) => {
        const p = anchor + i - 1;
        if (anchor < 0 || p < doc.starts[text]! || p >= doc.starts[text + 1]!) return;
        seen.set(doc.ids[p]!, (seen.get(doc.ids[p]!) ?? 0) + 1);
      });
    }
  }
  return counts.map((seen) =>
    [...seen]
      .sort((a, b) => b[1] - a[1])
      .slice(0, most)
      .map(([id, n]) => [doc.raw.vocab[id] ?? "", doc.shown[id] ?? "", n]),
  );
}
