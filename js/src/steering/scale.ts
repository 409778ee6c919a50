import { brief } from "../core/format";
import { abs } from "../core/math";

/** The ends of the slider, on both sides of zero, and the smallest strength beside it: the site's own. */
export const MOST = 300;
const LEAST = 0.01;
const DECADES = Math.log(MOST / LEAST);

/** As many decimals as the service keeps. */
export const rounded = (strength: number): number => Math.round(strength * 100) / 100;

/** The strength at a place of the slider, -1 to 1: finer near zero, which stands in the middle. */
export const strengthAt = (place: number): number =>
  place ? rounded(Math.sign(place) * LEAST * Math.exp(DECADES * abs(place))) : 0;

/** The place of a strength on the slider. */
export const placeOf = (strength: number): number =>
  abs(strength) < LEAST
    ? 0
    : Math.sign(strength) * Math.min(1, Math.log(abs(strength) / LEAST) / DECADES);

/** How near the pointer must come to a tick for the slider to take it, as a part of its half. */
const CATCH = 0.018;

/** Zero and the ticks draw the slider to them, since nobody hits them by a pixel. */
export const caught = (place: number, ticks: readonly number[]): number => {
  const near = [0, ...ticks].find((tick) => abs(placeOf(tick) - place) < CATCH);
  return near ?? strengthAt(place);
};

/** A strength with its sign, and as many decimals as it has. */
export const spelt = (strength: number): string =>
  `${strength > 0 ? "+" : ""}${rounded(strength)}`.replace("-", "\u2212");

/** Multiples of the feature's own largest activation: its natural unit. */
const inPeaks = (strength: number, peak: number | null): string =>
  peak && peak > 0 ? `${brief(strength / peak)} × its peak` : "peak unknown";

/** What a strength is in the method's own terms: only an added one can be compared with activations. */
export const meaning = (strength: number, peak: number | null, method: string): string => {
  if (method === "projection-cap") return `held to at most ${spelt(strength)}`;
  if (method !== "orthogonal") return inPeaks(strength, peak);
  const special: Record<number, string> = { 0: "takes it away", 1: "1 changes nothing" };
  return special[strength] ?? `${spelt(strength).replace("+", "")} × what is there`;
};
