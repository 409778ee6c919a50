import { describe, expect, test } from "vitest";
import { spark } from "../src/core/spark";
import { decode } from "../src/heatmap/doc";
import { strip } from "../src/heatmap/strip";
import { strengthOf, texts } from "./data";

describe("a strip", () => {
  const doc = decode(
    texts([
      { tokens: [" a", " b", " c", " d"], values: [0, 2, 8, 0] },
      { tokens: [" x", " y"], values: [0, 4] },
      { tokens: [" <b>", " none"], values: [0, 0] },
      { tokens: [], values: [] },
    ]),
  );
  const sides = (text: number, top?: number): (string | null)[] =>
    [...strip(doc, text, top).children].map((side) => side.textContent);

  test("stands around the peak, so that peaks below one another make a column", () => {
    expect(sides(0)).toEqual([" a b", " c d"]);
    expect(sides(1)).toEqual([" x", " y"]);
  });

  test("colours by its own largest value, or by the scale that it is given", () => {
    const peakOf = (top?: number): number =>
      strengthOf(strip(doc, 1, top).querySelector(".npw-peak")!);
    expect(peakOf()).toBe(1);
    expect(peakOf(8)).toBeLessThan(1);
  });

  test("shows a text that does not fire, and one without tokens", () => {
    expect(sides(2).join("")).toBe(" <b> none");
    expect(sides(3)).toEqual(["", ""]);
  });
});

describe("a spark", () => {
  const path = (counts: (number | null)[]): string =>
    spark(counts, "activation").firstElementChild!.getAttribute("d")!;

  test("has a bar per bin that holds something, the fullest as high as it is", () => {
    expect(path([10, 0, 5, null])).toBe("M0 20V0h.85V20zM2 20V10h.85V20z");
  });

  test("shows a bin with little in it", () => {
    expect(path([100_000, 1])).toContain("M1 20V19h");
  });

  test("draws nothing of nothing, and says what it shows", () => {
    expect(path([])).toBe("");
    expect(path([0, 0])).toBe("");
    expect(spark([1], "activation, 0 to 8").getAttribute("aria-label")).toBe("activation, 0 to 8");
  });
});
