import type { Packed } from "./types";

type FromBase64 = { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as FromBase64).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

export const uint16 = (text: string): Uint16Array => new Uint16Array(bytes(text).buffer);
export const uint32 = (text: string): Uint32Array => new Uint32Array(bytes(text).buffer);
export const float32 = (text: string): Float32Array => new Float32Array(bytes(text).buffer);

/** Sparse or dense values as one array of `length` numbers. */
export function unpack(packed: Packed, length: number): Float32Array {
  const given = float32(packed.value);
  if (!packed.at && given.length === length) return given;
  const out = new Float32Array(length);
  if (packed.at)
    uint32(packed.at).forEach((at, i) => {
      out[at] = given[i] ?? 0;
    });
  else out.set(given.subarray(0, length));
  return out;
}
