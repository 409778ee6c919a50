import type { DensityTraits } from "../core/density";
import type { FeatureLine } from "../core/line";
import type { TokensPayload } from "../core/tokens";
import type { AnyModel, AskingTraits, Failure, HeatmapView, Provenance } from "../core/types";

/** The features that fire most at each token: each feature once, then a number and a value per token and rank. */
export interface TokensAnswer extends TokensPayload {
  text: string;
  /** As the service counts, from the beginning-of-text token. */
  positions: number[];
  features: FeatureLine[];
  counts: number[];
  numbers: number[];
  values: { value: string };
  /** Tokens at which there may be more than were asked for. */
  cut?: number[];
  provenance: Provenance;
}

/** The selected feature at every token; without values while they are asked for. */
export interface Where {
  ref: string;
  values?: (number | null)[];
  error?: Failure;
}

export interface TokenFeaturesTraits extends AskingTraits, DensityTraits {
  text: string;
  model: string;
  source: string;
  limit: number;
  position: number | null;
  sort: "strength" | "frequency" | "density";
  curve: HeatmapView["curve"];
  _answer: TokensAnswer | null;
  _where: Where | null;
}

export type Model = AnyModel<TokenFeaturesTraits>;
