import type { DensityTraits } from "../core/density";
import type { FeatureLine } from "../core/line";
import type { TokensPayload } from "../core/tokens";
import type { AnyModel, AskingTraits, HeatmapView, Packed, Provenance } from "../core/types";

/** The features that fire on one text; values row by row, over the text's tokens. */
export interface MatrixAnswer extends TokensPayload {
  text: string;
  features: FeatureLine[];
  values: Packed;
  provenance: Provenance;
}

export interface TopFeaturesTraits extends AskingTraits, DensityTraits {
  text: string | string[];
  shown: number;
  model: string;
  source_set: string;
  sources: string[];
  limit: number;
  positions: number[];
  show_as: "matrix" | "texts";
  scale: "all" | "row" | "feature";
  curve: HeatmapView["curve"];
  scheme: HeatmapView["scheme"];
  _answers: MatrixAnswer[];
}

export type Model = AnyModel<TopFeaturesTraits>;
