import type { AnyModel, AskingTraits, Failure, Managed, Provenance, Texts } from "../core/types";

/** One explanation, and its feature in short. */
export interface Card {
  ref: string;
  url: string | null;
  text: string;
  author: string | null;
  method: string | null;
  cosine: number | null;
  /** Whether the database has the feature at all. */
  known: boolean;
  density: number | null;
  max_activation: number | null;
  promoted: string[];
  /** How many of the page's texts are its own, after those of the cards before it. */
  examples: number;
}

/** What arrived at once. */
export interface Page {
  cards: Card[];
  texts: Texts;
}

export interface Found {
  /** A number of its own for each search: pages are added to what is drawn, another search draws anew. */
  search: number;
  query: string;
  where: string;
  pages: Page[];
  more: boolean;
  /** What broke a search of several pages off. */
  broken: Failure | null;
  provenance: Provenance;
}

export interface SearchTraits extends AskingTraits {
  query: string;
  model: string | null;
  sources: string[];
  release: string | null;
  min_cosine: number | null;
  density_threshold: number | null;
  keep_unknown: boolean;
  _found: Found | null;
}

export type Model = AnyModel<SearchTraits> & Managed;
