import type { Packed } from "./types";

const buffer = (text: string): ArrayBuffer => {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out.buffer;
};

export const integers = (text: string, wide: boolean): Uint16Array | Uint32Array =>
  new (wide ? Uint32Array : Uint16Array)(buffer(text));

export const doubles = (text: string): Float64Array => new Float64Array(buffer(text));

export const bytes = (text: string): Uint8Array => new Uint8Array(buffer(text));

/** Sparse or dense values as one array of `length` numbers. */
export const unpack = (packed: Packed, length: number): Float32Array => {
  const given = new Float32Array(buffer(packed.value));
  if (packed.at === undefined) return given;
  const out = new Float32Array(length);
  integers(packed.at, true).forEach((at, i) => {
    out[at] = given[i]!;
  });
  return out;
};
