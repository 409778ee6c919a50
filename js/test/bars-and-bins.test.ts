import { expect, test } from "vitest";
import type { HistogramTraits, LogitTraits } from "../src/core/types";
import histogram from "../src/histogram";
import logits from "../src/logits";
import { feature } from "./data";
import { withView } from "./model";

// Only widgets with a heatmap have a scheme; the others may be asked for it all the same.
const common = { theme: "light", guide: false, _live: false, scheme: undefined } as const;
const bars = (more: Partial<LogitTraits> = {}): LogitTraits => ({
  ...common,
  _logits: {
    promoted: { tokens: [" Paris", " Berlin", null, "x".repeat(300)], values: [2, 1, null, 0.5] },
    suppressed: {
      tokens: [" ‮evil", "\n"],
      values: [-4, -1],
      shown: { 0: " ‹U+202E›evil", 1: "↵" },
    },
  },
  _provenance: null,
  chosen: null,
  top: 10,
  ...more,
});
const bins = (more: Partial<HistogramTraits> = {}): HistogramTraits => ({
  ...common,
  _histograms: feature().histograms,
  _provenance: null,
  value_range: null,
  marker: null,
  log_counts: false,
  ...more,
});
const press = (node: HTMLElement, key: string): void =>
  void node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

test("bars share one scale; what is missing says so and stretches nothing", () =>
  withView(logits, bars(), ({ all }) => {
    const widths = all(".npw-stroke").map((node) => node.style.width);
    expect(widths).toEqual(["50.0%", "25.0%", "12.5%", "100.0%", "25.0%"]);
    const rows = all(".npw-bar-row").map((node) => node.textContent);
    expect(rows[0]).toBe("·Paris+2.00");
    expect(rows[2]).toBe("(no name)no value");
    expect(rows[4]).toBe("·‹U+202E›evil−4.00");
    expect(rows[5]).toBe("↵−1.00");
  }));

test("a bar is chosen by click or keys and chosen away again", () =>
  withView(logits, bars(), async ({ all, model, drawn }) => {
    all(".npw-bar-row")[0]?.click();
    expect(model.get("chosen")).toBe(" Paris");
    await drawn();
    expect(all("[aria-selected=true]")).toHaveLength(1);
    press(all(".npw-bar-row")[0]!, "ArrowDown");
    press(all(".npw-bar-row")[1]!, "Enter");
    expect(model.get("chosen")).toBe(" Berlin");
    all(".npw-bar-row")[1]?.click();
    expect(model.get("chosen")).toBeNull();
    expect(all("[tabindex='0']")).toHaveLength(1);
  }));

test("bars show as many as asked for", () =>
  withView(logits, bars({ top: 1 }), ({ all }) => {
    expect(all(".npw-bar-row")).toHaveLength(2);
  }));

test("bins are read out, chosen and counted on a logarithmic scale if wished", () =>
  withView(histogram, bins(), async ({ all, one, text, model, drawn }) => {
    const second = all(".npw-bin")[1]!;
    second.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    expect(text(".npw-axis-middle")).toBe("2 – 4 · 20 tokens");
    press(all(".npw-bin")[0]!, "ArrowRight");
    press(second, " ");
    expect(model.get("value_range")).toEqual([2, 4]);
    await drawn();
    expect(all("[aria-selected=true]").map((node) => node.getAttribute("aria-label"))).toEqual([
      "2 – 4 · 20 tokens",
    ]);
    const height = (): string | undefined => all(".npw-bin")[1]?.style.getPropertyValue("--h");
    expect(height()).toBe("22.22%");
    one("[data-act=log]").click();
    await drawn();
    expect(Number.parseFloat(height() ?? "")).toBeCloseTo(67.5, 0);
  }));

test("a marker stands at its value, and nowhere when it is outside", () =>
  withView(histogram, bins({ marker: 4 }), async ({ one, model, drawn }) => {
    expect(one(".npw-needle").style.left).toBe("50%");
    model.set("marker", 99);
    await drawn();
    expect(one(".npw-needle").hidden).toBe(true);
  }));

test("the largest value, rounded to 32 bits on its way, stands at the end of the last bin", () =>
  withView(
    histogram,
    bins({
      marker: Math.fround(6.0401),
      _histograms: {
        activation: { centres: [1.0401, 3.0401, 5.0401], counts: [9, 2, 1] },
        logit: null,
      },
    }),
    ({ one, all }) => {
      expect(one(".npw-needle").hidden).toBe(false);
      expect(all(".npw-bin")[2]!.classList.contains("npw-under")).toBe(true);
    },
  ));

test("no histogram is no picture but a sentence", () =>
  withView(histogram, bins({ _histograms: { activation: null, logit: null } }), ({ text }) => {
    expect(text(".npw-bins")).toContain("no histograms were stored for this feature");
  }));
