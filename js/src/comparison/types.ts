import type {
  AnyModel,
  AskingTraits,
  Bins,
  Failure,
  LogitSide,
  Managed,
  OriginTraits,
  Texts,
} from "../core/types";

/** A feature in short. */
export interface Short {
  url: string | null;
  explanation: string | null;
  author: string | null;
  density: number | null;
  max_activation: number | null;
  dead: boolean;
  promoted: LogitSide;
  suppressed: LogitSide;
  histogram: Bins | null;
}

/** The place of a feature: what it is in short, or why it is not there; neither while it is fetched. */
export interface Card {
  ref: string;
  /** What tells it from the others. */
  name: string;
  error: Failure | null;
  feature: Short | null;
  /** How many of the examples are its own, after those of the cards before it. */
  examples: number;
}

export interface Cards {
  /** Model and source, where all features have them in common. */
  common: string;
  /** What must be said of where they come from. */
  notes: string[];
  cards: Card[];
  texts: Texts;
}

/** The same texts through all features. */
export interface Runs {
  texts: Texts;
  columns: number[][];
  /** For each run the feature and the text, by their numbers. */
  rows: [feature: number, text: number][];
  /** Why a feature was not run, by its number. */
  errors: Record<string, Failure>;
}

/** How much each pair of features has in common. */
export interface Overlap {
  /** How much each has itself; null where that is not known. */
  sizes: (number | null)[];
  pairs: [one: number, other: number, shared: number, either: number, names: string[]][];
}

export type Overlaps = Partial<Record<"promoted" | "firing" | "examples", Overlap>>;

export interface ComparisonTraits extends AskingTraits, OriginTraits {
  refs: string[];
  text: string;
  texts: string[];
  scale: "own" | "shared";
  _cards: Cards | null;
  _runs: Runs | null;
  _overlap: Overlaps | null;
}

export type Model = AnyModel<ComparisonTraits> & Managed;
