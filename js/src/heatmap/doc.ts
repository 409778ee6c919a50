import { integers, unpack } from "../core/decode";
import { max } from "../core/math";
import type { Dfa, Texts } from "../core/types";

export const BREAK = 1;
export const SPECIAL = 2;
export const RTL = 4;

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Texts decoded once. Positions are flat (over all texts) unless called `position`. */
export interface Doc {
  raw: Texts;
  codes: Uint16Array | Uint32Array;
  /** Where each text begins; one more entry than there are texts. */
  starts: number[];
  shown: string[];
  flags: Uint8Array;
  values: Float32Array;
  /** Largest magnitude, which is also the end of the colour scale. */
  top: number;
  diverging: boolean;
}

export const decode = (raw: Texts): Doc => {
  const codes = integers(raw.ids, raw.wide);
  const shown = raw.vocab.map((text, id) => raw.shown?.[id] ?? text);
  const flags = Uint8Array.from(shown, (text) => (RIGHT_TO_LEFT.test(text) ? RTL : 0));
  for (const id of raw.breaks ?? []) flags[id]! |= BREAK;
  for (const id of raw.special ?? []) flags[id]! |= SPECIAL;
  const starts = [0];
  for (const length of raw.lengths) starts.push(starts.at(-1)! + length);
  const values = unpack(raw.values, codes.length);
  return {
    raw,
    codes,
    starts,
    shown,
    flags,
    values,
    top: max(raw.max, -raw.min),
    diverging: raw.min < 0,
  };
};

export const flagAt = (doc: Doc, p: number): number => doc.flags[doc.codes[p]!]!;

/** A piece whose character was already drawn whole on an earlier piece. */
export const isContinued = (doc: Doc, p: number): boolean => doc.raw.joined?.[p] === "";

export const textAt = (doc: Doc, p: number): string =>
  isContinued(doc, p) ? "\u203f" : (doc.raw.joined?.[p] ?? doc.shown[doc.codes[p]!]!);

export const rawAt = (doc: Doc, p: number): string => doc.raw.vocab[doc.codes[p]!]!;

/** The text that a flat position belongs to. */
export const textOf = ({ starts }: Doc, p: number): number =>
  starts.findLastIndex((start) => start <= p);

/** Flat position of [example, position], or -1 when there is no such token. */
export const flat = (doc: Doc | null, place: [number, number] | null): number => {
  const [text, position] = place ?? [-1, -1];
  return doc && position >= 0 && position < doc.raw.lengths[text]!
    ? doc.starts[text]! + position
    : -1;
};

export const place = (doc: Doc, p: number): [number, number] => {
  const text = textOf(doc, p);
  return [text, p - doc.starts[text]!];
};

export interface Extras {
  dfa: Float32Array | undefined;
  mark: Dfa | undefined;
  loss: Float32Array | undefined;
}

/** What only some examples carry. Positions inside are relative to the text. */
export const extrasOf = ({ raw }: Doc, text: number): Extras => {
  const length = raw.lengths[text]!;
  const mark = raw.dfa?.[text];
  const loss = raw.loss?.[text];
  return { mark, dfa: mark && unpack(mark, length), loss: loss && unpack(loss, length) };
};
