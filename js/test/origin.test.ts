import { expect, test } from "vitest";
import type { HistogramTraits, LogitTraits, Provenance } from "../src/core/types";
import dashboard from "../src/dashboard";
import heatmap from "../src/heatmap";
import histogram from "../src/histogram";
import logits from "../src/logits";
import * as data from "./data";
import { type View, withView } from "./model";

const from: Provenance = {
  line: "fetched 2026-01-02 03:04 UTC from neuronpedia.org (from the cache) · 1 warning",
  stale: false,
  more: ["asked https://www.neuronpedia.org/api/feature/m/s/1", "values of example 2: <b>"],
};
const common = { theme: "light", guide: false, _live: false, scheme: undefined } as const;
const bars: LogitTraits = {
  ...common,
  _logits: data.feature().logits,
  _provenance: from,
  chosen: null,
  top: 10,
};
const bins: HistogramTraits = {
  ...common,
  _histograms: data.feature().histograms,
  _provenance: from,
  value_range: null,
  marker: null,
  log_counts: false,
};
const texts = data.heatmap(data.feature().texts, { _provenance: from });
const whole = data.dashboard(data.feature({ provenance: from }));

type Test = (view: Pick<View<object>, "all" | "text" | "one">) => void;
const alone: [string, (test: Test) => Promise<void>][] = [
  ["bars", (test) => withView(logits, bars, test)],
  ["bins", (test) => withView(histogram, bins, test)],
  ["texts", (test) => withView(heatmap, texts, test)],
  ["a dashboard", (test) => withView(dashboard, whole, test)],
];

test.each(alone)("%s say once where they came from; the rest unfolds", (_, draw) =>
  draw(({ all, text, one }) => {
    expect(all(".npw-from")).toHaveLength(1);
    expect(text(".npw-from > summary")).toBe(from.line);
    expect(all(".npw-from > p").map((node) => node.textContent)).toEqual(from.more);
    expect(one(".npw-from > summary").dataset["lmSuppressShortcuts"]).toBe("true");
    expect(all(".npw-stale, .npw-from b")).toHaveLength(0);
  }),
);

test("an old copy is marked as one", () =>
  withView(logits, { ...bars, _provenance: { ...from, stale: true } }, ({ text }) => {
    expect(text(".npw-stale > summary")).toBe(from.line);
  }));

test("bare tokens and values came from nowhere; another feature's line takes the place of the one before", () =>
  withView(heatmap, data.heatmap(data.feature().texts), async ({ all, text, model, drawn }) => {
    expect(all(".npw-from")).toHaveLength(0);
    expect(text(".npw-foot")).toContain("point at a token");
    model.set("_provenance", from);
    model.set("_provenance", { ...from, line: "read from memory" });
    await drawn();
    expect(all(".npw-from > summary").map((node) => node.textContent)).toEqual([
      "read from memory",
    ]);
  }));
