import type {
  Answer,
  DashboardTraits,
  Feature,
  HeatmapTraits,
  HeatmapView,
  Texts,
} from "../src/core/types";

const base64 = (array: ArrayBufferView): string =>
  btoa(String.fromCharCode(...new Uint8Array(array.buffer)));

export interface Example {
  tokens: string[];
  values: number[];
  group?: number;
}

/** Packs examples as the Python side does. */
export function texts(examples: Example[], more: Partial<Texts> = {}): Texts {
  const flat = examples.flatMap((example) => example.tokens);
  const vocab = [...new Set(flat)];
  const values = examples.flatMap((example) => example.values);
  const known = values.filter((v) => !Number.isNaN(v));
  return {
    vocab,
    breaks: vocab.flatMap((token, id) => (token.includes("\n") ? [id] : [])),
    shown: Object.fromEntries(
      vocab.flatMap((token, id) => (token.includes("\n") ? [[id, token.replace("\n", "↵")]] : [])),
    ),
    ids: base64(new Uint16Array(flat.map((token) => vocab.indexOf(token)))),
    wide: false,
    lengths: examples.map((example) => example.tokens.length),
    values: { value: base64(new Float32Array(values)) },
    max: Math.max(0, ...known),
    min: Math.min(0, ...known),
    peaks: examples.map(({ values: v }) => (Math.max(...v) > 0 ? v.indexOf(Math.max(...v)) : -1)),
    groups: [{ kind: "none", low: null, high: null, fraction: null }],
    group: examples.map(({ group }) => group ?? 0),
    ...more,
  };
}

export const sparse = (values: number[]): { at: string; value: string } => {
  const at = values.flatMap((v, i) => (v === 0 ? [] : [i]));
  return {
    at: base64(new Uint32Array(at)),
    value: base64(new Float32Array(at.map((i) => values[i] ?? 0))),
  };
};

const view: HeatmapView = {
  window: "snippet",
  selected: null,
  hovered: null,
  value_range: null,
  next_token: null,
  threshold: 0,
  scale: "feature",
  curve: "log",
  scheme: "emerald",
  show_hidden: [],
  breaks: true,
};
const common = { theme: "light", guide: false, _live: false } as const;

export const heatmap = (_texts: Texts, more: Partial<HeatmapTraits> = {}): HeatmapTraits => ({
  ...view,
  ...common,
  _texts,
  _provenance: null,
  ...more,
});

export const feature = (more: Partial<Feature> = {}): Feature => ({
  model: "gpt2-small",
  source: "6-res-jb",
  index: "650",
  url: "https://www.neuronpedia.org/gpt2-small/6-res-jb/650",
  site: "neuronpedia.org",
  title: "gpt2-small/6-res-jb/650",
  note: null,
  facts: [["hook", "blocks.6.hook_resid_pre"]],
  density: 0.0012,
  max_activation: 8,
  dead: false,
  vector: false,
  explanations: [
    {
      text: "names of cities",
      author: "gpt-4o-mini",
      method: "oai_token-act-pair",
      by: null,
      scores: [{ value: 0.71, method: "recall_alt", model: null }],
    },
    { text: "places", author: null, method: null, by: null, scores: [] },
  ],
  texts: texts([
    { tokens: [" in", " Geneva", ","], values: [0, 8, 0] },
    { tokens: [" to", " Lisbon", " now"], values: [0.5, 4, 0] },
  ]),
  logits: {
    promoted: { tokens: [",", null], values: [1.92, null] },
    suppressed: { tokens: [" himself"], values: [-0.96] },
  },
  histograms: {
    activation: { centres: [1, 3, 5, 7], counts: [90, 20, 5, 1] },
    logit: { centres: [-1, 0, 1], counts: [3, 40, 4] },
  },
  neighbours: [{ index: "7", ref: "gpt2-small/6-res-jb/7", url: null, cosine: 0.91 }],
  neurons: [{ kind: "aligned", index: 12, value: 0.2, l1: 0.01 }],
  lists: [],
  comments: [],
  provenance: { line: "fetched just now", stale: false, more: ["no warnings"] },
  ...more,
});

export const dashboard = (
  _feature: Feature | null,
  more: Partial<DashboardTraits> = {},
): DashboardTraits => ({
  ...view,
  ...common,
  _live: true,
  ref: "gpt2-small/6-res-jb/650",
  _feature,
  text: "",
  texts: [],
  _answer: null,
  busy: "",
  error: null,
  _command: null,
  _cannot: {},
  chosen: null,
  marker: null,
  log_counts: false,
  top: 10,
  ...more,
});

/** A text that was run and its variants, each token of the one in the column of the other's, from the left. */
export const answerOf = (...examples: Example[]): Answer => ({
  texts: texts(examples),
  columns: examples.map(({ tokens }) => tokens.map((_, position) => position)),
  numbers: examples.map((_, number) => number),
});

/** How strongly a token is coloured, 0 to 1, by its class. */
export const strengthOf = (node: Element): number =>
  Number(/npw-a(\d+)/.exec(node.className)?.[1] ?? 0) / 40;
