/** By their own names: each use of `Math.` would cost its bytes in every saved notebook. */
export const { abs, max, min } = Math;
