/** What the front end needs of a host's model; anywidget's own model fits. */
export interface AnyModel<Traits extends object> {
  get<Name extends keyof Traits & string>(name: Name): Traits[Name];
  set<Name extends keyof Traits & string>(name: Name, value: Traits[Name]): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  save_changes(): void;
}

/** Where a host keeps the models of other widgets: ipywidgets' own manager fits. */
export interface Manager {
  get_model(id: string): Promise<unknown>;
  create_view(model: unknown): Promise<{ el: HTMLElement; remove(): void }>;
}

/** What anywidget's model has besides; not every host. */
export interface Managed {
  widget_manager?: Manager | undefined;
}

export interface RenderProps<Traits extends object> {
  model: AnyModel<Traits> & Managed;
  el: HTMLElement;
  /** Hosts older than anywidget 0.11 give none and call the returned cleanup only. */
  signal?: AbortSignal | undefined;
}

export interface Widget<Traits extends object> {
  render(props: RenderProps<Traits>): () => void;
}

export type Theme = "auto" | "light" | "dark";
/** [example, position] */
export type Place = [number, number] | null;
export type Range = [number, number] | null;
export type WindowName = "snippet" | "full" | "stacked";
export type HiddenKind = "duplicate" | "not-positive" | "mended";

export interface CommonTraits {
  theme: Theme;
  guide: boolean;
  _live: boolean;
}

/** Values travel sparse (`at` + `value`) where most are zero, dense otherwise. */
export interface Packed {
  at?: string;
  value: string;
}

export interface Dfa extends Packed {
  target: number;
  source: number;
  max: number | null;
}

export interface Pattern {
  source: number[];
  target: number[];
  value: (number | null)[];
}

export interface Group {
  kind: "top" | "interval" | "none";
  low: number | null;
  high: number | null;
  fraction: number | null;
}

type ByText<T> = Record<string, T>;

export interface Texts {
  vocab: string[];
  /** Parts with nothing in them are left out. */
  shown?: ByText<string>;
  breaks?: number[];
  special?: number[];
  ids: string;
  wide: boolean;
  lengths: number[];
  joined?: ByText<string>;
  values: Packed;
  max: number;
  min: number;
  peaks: number[];
  groups: Group[];
  group: number[];
  given?: number[];
  hidden?: ByText<"duplicate" | "not-positive">;
  copies?: ByText<number>;
  dfa?: ByText<Dfa>;
  loss?: ByText<Packed>;
  z?: ByText<Pattern>;
  origin?: ByText<string>;
}

export interface HeatmapView {
  window: WindowName;
  selected: Place;
  hovered: Place;
  value_range: Range;
  next_token: string | null;
  threshold: number;
  scale: "feature" | "row";
  curve: "log" | "linear";
  scheme: "emerald" | "cividis";
  show_hidden: HiddenKind[];
  breaks: boolean;
}

/** One line, and what it unfolds: the address that was asked, and the warnings. */
export interface Provenance {
  line: string;
  stale: boolean;
  more: string[];
}

/** A widget of its own says where its data came from; one of bare tokens and values has nothing to say. */
export interface OriginTraits {
  _provenance: Provenance | null;
}

export interface HeatmapTraits extends HeatmapView, CommonTraits, OriginTraits {
  _texts: Texts | null;
}

export interface LogitSide {
  tokens: (string | null)[];
  shown?: ByText<string>;
  values: (number | null)[];
}

export interface Logits {
  promoted: LogitSide;
  suppressed: LogitSide;
}

export interface LogitTraits extends CommonTraits, OriginTraits {
  _logits: Logits | null;
  chosen: string | null;
  top: number;
}

export interface Bins {
  centres: number[];
  counts: (number | null)[];
}

export interface Histograms {
  activation: Bins | null;
  logit: Bins | null;
}

export interface HistogramTraits extends CommonTraits, OriginTraits {
  _histograms: Histograms | null;
  value_range: Range;
  marker: number | null;
  log_counts: boolean;
}

export interface Score {
  value: number | null;
  method: string | null;
  model: string | null;
}

export interface Explanation {
  text: string;
  author: string | null;
  method: string | null;
  by: string | null;
  scores: Score[];
}

export interface Neighbour {
  index: string | number;
  ref: string;
  url: string | null;
  cosine: number | null;
}

export interface Neuron {
  kind: "aligned" | "correlated";
  index: string | number;
  value: number | null;
  l1: number | null;
}

export interface Feature {
  model: string;
  source: string;
  index: string;
  url: string | null;
  site: string | null;
  title: string;
  note: string | null;
  facts: [string, string][];
  density: number | null;
  max_activation: number | null;
  dead: boolean;
  vector: boolean;
  explanations: Explanation[];
  texts: Texts;
  logits: Logits | null;
  histograms: Histograms | null;
  neighbours: Neighbour[];
  neurons: Neuron[];
  lists: { name: string; description: string | null }[];
  comments: { author: string | null; text: string; date: string | null }[];
  provenance: Provenance | null;
}

export interface Failure {
  /** What was asked for: `feature` and `text` in a dashboard. */
  where: string;
  title: string;
  message: string;
  remedy: string;
  retry: boolean;
}

/** What the widgets share that ask a source. */
export interface AskingTraits extends CommonTraits {
  scheme: HeatmapView["scheme"];
  busy: string;
  error: Failure | null;
  selected: string | null;
  _cannot: Record<string, string> | null;
  _command: { name: string; n: number } | null;
  _dashboard: string | null;
}

/** A text that was run, and its variants. */
export interface Answer {
  texts: Texts;
  /** For each text the position that stands in each column; -1 for a gap. */
  columns: number[][];
  /** Which of the reader's texts they are; the base is 0. Those that failed are left out. */
  numbers: number[];
}

export interface DashboardTraits extends HeatmapView, CommonTraits {
  ref: string;
  _feature: Feature | null;
  text: string;
  texts: string[];
  _answer: Answer | null;
  busy: "" | "feature" | "text";
  error: Failure | null;
  _command: { name: string; n: number } | null;
  _cannot: { activate?: string; next?: string } | null;
  chosen: string | null;
  marker: number | null;
  log_counts: boolean;
  top: number;
}
