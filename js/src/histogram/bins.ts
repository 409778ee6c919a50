import { attrs, button, h, listen, onAct, refill } from "../core/dom";
import { brief, count, span } from "../core/format";
import { save, watch } from "../core/life";
import { rove } from "../core/rove";
import type {
  AnyModel,
  Bins,
  CommonTraits,
  Histograms,
  HistogramTraits,
  Range,
} from "../core/types";

export type BinsModel = AnyModel<
  Pick<HistogramTraits, "value_range" | "marker" | "log_counts"> & CommonTraits
>;

export interface BinsPorts {
  histograms(): Histograms | null;
  trait: string;
}

type Name = "activation" | "logit";
const LABEL = { activation: "activation", logit: "logit weight" } as const;
const UNIT = { activation: "token", logit: "vocabulary token" } as const;

interface Chart {
  name: Name;
  edges: Range[];
  counts: number[];
  low: number;
  high: number;
}

/** Bins come as centres; each reaches half way to its neighbours. */
function chartOf(name: Name, bins: Bins): Chart {
  const { centres, counts } = bins;
  const width = centres.length > 1 ? (centres.at(-1)! - centres[0]!) / (centres.length - 1) : 1;
  const tidy = (v: number): number => Number(v.toPrecision(12));
  const edges = centres.map((c): Range => [tidy(c - width / 2), tidy(c + width / 2)]);
  return {
    name,
    edges,
    counts: centres.map((_, i) => counts[i] ?? Number.NaN),
    low: edges[0]![0],
    high: edges.at(-1)![1],
  };
}

function describe(chart: Chart, i: number): string {
  const n = chart.counts[i]!;
  const unit = `${UNIT[chart.name]}${n === 1 ? "" : "s"}`;
  return `${span(...chart.edges[i]!)} · ${Number.isNaN(n) ? "count unknown" : `${count(n)} ${unit}`}`;
}

const same = (a: Range, b: Range): boolean => !!a && !!b && a[0] === b[0] && a[1] === b[1];

function column(chart: Chart, i: number, most: number, log: boolean, chosen: Range): HTMLElement {
  const n = chart.counts[i]! || 0;
  const share = log ? Math.log1p(n) / Math.log1p(most) : n / most;
  const edge = chart.edges[i]!;
  const below = chart.name === "logit" && edge[0] + edge[1] < 0;
  const node = h("i", below ? "bin down-bin" : "bin");
  node.style.setProperty("--h", `${(share * 100 || 0).toFixed(2)}%`);
  return attrs(node, {
    role: "option",
    "aria-selected": String(chart.name === "activation" && same(edge, chosen)),
    "aria-label": describe(chart, i),
    "data-act": "bin",
    "data-arg": i,
  });
}

interface Plot {
  el: HTMLElement;
  draw(bins: Bins | null, log: boolean, chosen: Range): void;
  mark(value: number | null): void;
}

/** Where a value stands on the axis, and in which bin; -1 for neither. */
function placeOf(chart: Chart, value: number | null): { at: number; bin: number } {
  const { low, high, edges } = chart;
  // A token's value travelled as a 32-bit float, so the edges are rounded as it was: the peak stands in the last bin.
  const holds = ([from, to]: readonly [number, number]): boolean =>
    value !== null && value >= Math.fround(from) && value <= Math.fround(to);
  if (value === null || !holds([low, high])) return { at: -1, bin: -1 };
  const bin = edges.findIndex((edge) => holds(edge!));
  return { at: (100 * (value - low)) / (high - low), bin };
}

/** The middle of the axis reads out the bin under the pointer or the focus. */
function readOut(
  columns: HTMLElement,
  name: Name,
  signal: AbortSignal,
  say: (bin: number) => string,
): HTMLElement {
  const middle = h("span", "axis-middle", LABEL[name]);
  const read = (event: Event): void => {
    const bin = (event.target as HTMLElement).dataset["arg"];
    const away = event.type === "focusout" || event.type === "pointerleave";
    middle.textContent = bin && !away ? say(Number(bin)) : LABEL[name];
  };
  for (const type of ["pointerover", "pointerleave", "focusin", "focusout"]) {
    listen(columns, type, read, signal);
  }
  return middle;
}

/** One histogram: columns that can be reached by keys, an axis that doubles as the read-out. */
function createPlot(name: Name, signal: AbortSignal, pick: (edge: Range) => void): Plot {
  const [columns, needle] = [h("div", "columns"), h("i", "needle")];
  attrs(columns, { role: "listbox", "aria-label": `${LABEL[name]} histogram` });
  const [left, right] = [h("span"), h("span")];
  const items = (): HTMLElement[] => [...columns.querySelectorAll<HTMLElement>("[role=option]")];
  const tabStop = rove(columns, signal, items);
  let chart: Chart | null = null;
  const middle = readOut(columns, name, signal, (bin) => (chart ? describe(chart, bin) : ""));
  onAct(columns, signal, { bin: (arg) => pick(chart?.edges[Number(arg)] ?? null) });
  const axis = h("figcaption", "axis", left, middle, right);
  return {
    el: h("figure", "plot", h("div", "plot-area", columns, needle), axis),
    draw(bins, log, chosen) {
      const now = bins?.centres.length ? chartOf(name, bins) : null;
      chart = now;
      const most = Math.max(...(now?.counts.filter((n) => n > 0) ?? []), 0) || 1;
      refill(columns, ...(now?.counts.map((_, i) => column(now, i, most, log, chosen)) ?? []));
      columns.classList.toggle("npw-picking", !!columns.querySelector("[aria-selected=true]"));
      left.textContent = now && brief(now.low);
      right.textContent = now && brief(now.high);
      tabStop();
    },
    mark(value) {
      const { at, bin } = chart ? placeOf(chart, value) : { at: -1, bin: -1 };
      needle.hidden = at < 0;
      needle.style.left = `${at}%`;
      items().forEach((item, i) => item.classList.toggle("npw-under", i === bin));
    },
  };
}

/** Both histograms, with a bin to choose and a marker for the value under the pointer. */
export function mountBins(model: BinsModel, signal: AbortSignal, ports: BinsPorts): HTMLElement {
  const choose = (edge: Range): void => {
    save(model, { value_range: same(edge, model.get("value_range") ?? null) ? null : edge });
  };
  const activation = createPlot("activation", signal, choose);
  const logit = createPlot("logit", signal, () => {});
  const empty = h("p", "empty");
  const tools = h("div", "plot-tools");
  const host = h("div", "bins", activation.el, logit.el, empty, tools);
  const draw = (): void => {
    const data = ports.histograms();
    const log = model.get("log_counts") ?? false;
    activation.draw(data?.activation ?? null, log, model.get("value_range") ?? null);
    logit.draw(data?.logit ?? null, log, null);
    logit.mark(null);
    activation.el.hidden = !data?.activation;
    logit.el.hidden = !data?.logit;
    const none = !data?.activation && !data?.logit;
    empty.hidden = !none;
    empty.textContent = "no histograms were stored for this feature";
    const toggle = attrs(button("log counts", "log"), {
      "aria-pressed": `${log}`,
      title: "counts on a logarithmic scale",
    });
    refill(tools, none ? "" : toggle);
    activation.mark(model.get("marker") ?? null);
  };
  onAct(tools, signal, { log: () => save(model, { log_counts: !model.get("log_counts") }) });
  watch(model, ["value_range", "log_counts", ports.trait as never], draw, signal);
  watch(model, ["marker"], () => activation.mark(model.get("marker") ?? null), signal);
  return host;
}
