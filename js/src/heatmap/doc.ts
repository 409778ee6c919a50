import { uint16, uint32, unpack } from "../core/decode";
import type { Dfa, Packed, Pattern, Texts } from "../core/types";

export const BREAK = 1;
export const SPECIAL = 2;
export const RTL = 4;

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}]/u;
/** Stands for a piece whose character was already drawn whole on the first piece. */
const CONTINUED = "\u203f";

/** Texts decoded once. Positions are flat (over all texts) unless called `position`. */
export interface Doc {
  raw: Texts;
  ids: Uint16Array | Uint32Array;
  /** Where each text begins; one more entry than there are texts. */
  starts: Uint32Array;
  shown: string[];
  flags: Uint8Array;
  values: Float32Array;
  joined: Map<number, string>;
  /** Largest magnitude, which is also the end of the colour scale. */
  top: number;
  diverging: boolean;
}

function startsOf(lengths: number[]): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    starts[i + 1] = starts[i]! + length;
  });
  return starts;
}

function flagsOf(texts: Texts, shown: string[]): Uint8Array {
  const flags = new Uint8Array(shown.length);
  for (const id of texts.breaks ?? []) flags[id]! |= BREAK;
  for (const id of texts.special ?? []) flags[id]! |= SPECIAL;
  shown.forEach((text, id) => {
    if (RIGHT_TO_LEFT.test(text)) flags[id]! |= RTL;
  });
  return flags;
}

export function decode(raw: Texts): Doc {
  const ids = raw.wide ? uint32(raw.ids) : uint16(raw.ids);
  const shown = raw.vocab.map((text, id) => raw.shown?.[id] ?? (text || "∅"));
  const values = unpack(raw.values, ids.length);
  let [low, high] = [0, 0];
  for (const v of values) {
    if (v > high) high = v;
    else if (v < low) low = v;
  }
  low = Math.min(raw.min ?? 0, low);
  return {
    raw,
    ids,
    starts: startsOf(raw.lengths),
    shown,
    flags: flagsOf(raw, shown),
    values,
    joined: new Map(Object.entries(raw.joined ?? {}).map(([at, text]) => [Number(at), text])),
    top: Math.max(raw.max ?? high, -low),
    diverging: low < 0,
  };
}

export const flagAt = (doc: Doc, p: number): number => doc.flags[doc.ids[p]!] ?? 0;

export const isContinued = (doc: Doc, p: number): boolean =>
  doc.joined.size > 0 && doc.joined.get(p) === "";

export function textAt(doc: Doc, p: number): string {
  const joined = doc.joined.size ? doc.joined.get(p) : undefined;
  return joined === undefined ? (doc.shown[doc.ids[p]!] ?? "∅") : joined || CONTINUED;
}

export const rawAt = (doc: Doc, p: number): string => doc.raw.vocab[doc.ids[p]!] ?? "";

/** The text that a flat position belongs to. */
export function textOf(doc: Doc, p: number): number {
  let [low, high] = [0, doc.starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (doc.starts[middle]! <= p) low = middle;
    else high = middle;
  }
  return low;
}

/** Flat position of [example, position], or -1 when there is no such token. */
export function flat(doc: Doc, place: [number, number] | null | undefined): number {
  if (!place) return -1;
  const start = doc.starts[place[0]];
  const end = doc.starts[place[0] + 1];
  if (start === undefined || end === undefined) return -1;
  const p = start + place[1];
  return p >= start && p < end ? p : -1;
}

export function place(doc: Doc, p: number): [number, number] {
  const text = textOf(doc, p);
  return [text, p - doc.starts[text]!];
}

export interface Extras {
  dfa: Float32Array | null;
  dfaTop: number;
  source: number;
  target: number;
  loss: Float32Array | null;
  lossTop: number;
  z: Pattern | null;
}

const topOf = (values: Float32Array | null): number =>
  values ? values.reduce((top, v) => Math.max(top, Math.abs(v) || 0), 0) : 0;

/** What only some examples carry. Positions inside are relative to the text. */
export function extrasOf(doc: Doc, text: number): Extras | null {
  const { dfa, loss, z, lengths } = doc.raw;
  const d: Dfa | undefined = dfa?.[text];
  const l: Packed | undefined = loss?.[text];
  if (!d && !l && !z?.[text]) return null;
  const dfaValues = d ? unpack(d, lengths[text] ?? 0) : null;
  const lossValues = l ? unpack(l, lengths[text] ?? 0) : null;
  return {
    dfa: dfaValues,
    dfaTop: d?.max || topOf(dfaValues),
    source: d?.source ?? -1,
    target: d?.target ?? -1,
    loss: lossValues,
    lossTop: topOf(lossValues),
    z: z?.[text] ?? null,
  };
}
