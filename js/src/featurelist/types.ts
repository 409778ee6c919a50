import type { AnyModel, AskingTraits, Managed, Provenance, Texts } from "../core/types";

export type Kind = "text" | "number" | "integer" | "density";

/** Numbers travel as float64, NaN where unknown; texts as they are, null where unknown. */
export interface ColumnData {
  key: string;
  label: string;
  kind: Kind;
  values: string | (string | null)[];
}

/** The rows of a list, column by column. Parts with nothing in them are left out. */
export interface RowsData {
  count: number;
  /** Each model and source that occurs, and which one each row is of, where there are several. */
  sources: [model: string, source: string][];
  source?: string;
  index: string;
  columns: ColumnData[];
  /** The strongest example of each row that has one, and which one that is: from 1, 0 for none. */
  texts?: Texts;
  example?: string;
  /** Histograms, as many bars for each row. */
  heights?: string;
  site: string | null;
  /** Whether the source has more features. */
  more: boolean;
  /** Of how many rows the details were not fetched, and how many features do not exist. */
  lacking: number;
  absent: number;
  provenance: Provenance | null;
}

export interface ListTraits extends Omit<AskingTraits, "selected"> {
  sort: string;
  filter: string;
  selected: string[];
  opened: string | null;
  _rows: RowsData | null;
  _progress: number[];
}

export type Model = AnyModel<ListTraits> & Managed;
