import { percent } from "./format";

/** What a row says of its feature. */
export interface FeatureLine {
  ref: string;
  source: string;
  index: number;
  explanation?: string | null;
  density?: number | null;
  max_activation?: number | null;
  /** The database lacks it. */
  lost?: true;
}

/** What stands for an explanation. */
export const meaning = ({ lost, explanation }: FeatureLine): string =>
  lost ? "not in the database" : explanation || "no explanation yet";

export const rarity = ({ density = null }: FeatureLine): string =>
  density === null ? "unknown" : percent(density);
