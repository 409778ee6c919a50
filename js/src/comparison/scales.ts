import { abs, max, min } from "../core/math";
import type { LogitSide, Range } from "../core/types";
import type { Doc } from "../heatmap/doc";
import type { Card, Model } from "./types";

/** What must be one for all features, or their pictures could not be compared. */
export interface Scales {
  /** For each feature the value at which its colours end. */
  ends: number[];
  /** The longest logit bar. */
  most: number;
  /** Both ends of the histograms' axis. */
  axis: NonNullable<Range>;
}

const sizes = ({ values }: LogitSide): number[] => values.map((value) => abs(value ?? 0));

/** How far a histogram reaches: half a bin beyond its outermost centres. */
export const reachOf = (centres: number[]): NonNullable<Range> => {
  const half =
    centres.length > 1 ? (centres.at(-1)! - centres[0]!) / (centres.length - 1) / 2 : 0.5;
  return [centres[0]! - half, centres.at(-1)! + half];
};

export const scalesOf = (model: Model, cards: Card[], doc: Doc): Scales => {
  let from = 0;
  const own = cards.map(({ feature, examples }) => {
    const values = doc.values.subarray(doc.starts[from], doc.starts[from + examples]);
    from += examples;
    return feature?.max_activation || values.reduce((top, v) => max(top, abs(v) || 0), 0);
  });
  const top = max(...own, 0);
  const features = cards.flatMap(({ feature }) => feature ?? []);
  const reaches = features.flatMap(({ histogram: bins }) =>
    bins?.centres.length ? reachOf(bins.centres) : [],
  );
  return {
    ends: own.map((end) => (model.get("scale") === "shared" ? top : end)),
    most: max(...features.flatMap((f) => [...sizes(f.promoted), ...sizes(f.suppressed)]), 0) || 1,
    axis: [min(0, ...reaches), max(0, ...reaches) || 1],
  };
};
