import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(`${import.meta.dirname}/../src/core/base.css`, "utf8");

type Rgb = [number, number, number];

/** The variables of a theme and scheme, as the cascade would leave them. */
function palette(theme: "light" | "dark", scheme: "emerald" | "cividis"): Map<string, Rgb> {
  const selectors = [".npw-root"];
  if (theme === "dark") selectors.push('.npw-root[data-theme="dark"]');
  if (scheme === "cividis") selectors.push('.npw-root[data-scheme="cividis"]');
  if (theme === "dark" && scheme === "cividis") {
    selectors.push('.npw-root[data-scheme="cividis"][data-theme="dark"]');
  }
  const out = new Map<string, Rgb>();
  for (const selector of selectors) {
    const start = css.indexOf(`\n${selector} {`) + 1 || css.indexOf(`${selector} {`);
    const block = css.slice(start, css.indexOf("}", start));
    for (const [, name, value] of block.matchAll(/--npw-(\w+): ([^;]+);/g)) {
      const colour = rgb(value ?? "");
      if (name && colour) out.set(name, colour);
    }
  }
  return out;
}

function rgb(text: string): Rgb | null {
  if (/^\d+ \d+ \d+$/.test(text)) return text.split(" ").map(Number) as Rgb;
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(text)?.[1];
  if (!hex) return null;
  const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
  return [0, 2, 4].map((i) => Number.parseInt(full.slice(i, i + 2), 16)) as Rgb;
}

const luminance = (colour: Rgb): number => {
  const [r, g, b] = colour.map((c) =>
    c <= 10.31 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  ) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const contrast = (a: Rgb, b: Rgb): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

const over = (top: Rgb, bottom: Rgb, alpha: number): Rgb =>
  top.map((c, i) => c * alpha + bottom[i]! * (1 - alpha)) as Rgb;

describe.each([
  ["light", "emerald"],
  ["dark", "emerald"],
  ["light", "cividis"],
  ["dark", "cividis"],
] as const)("%s %s", (theme, scheme) => {
  const colours = palette(theme, scheme);
  const of = (name: string): Rgb => colours.get(name)!;

  test.each(["pos", "neg", "dfa"])("text stays readable on every strength of %s", (name) => {
    for (let alpha = 0; alpha <= 1; alpha += 0.05) {
      expect(contrast(of("on"), over(of(name), of("bg"), alpha))).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(["ink", "quiet", "accent", "warn"])(
    "%s stays readable on the card and on soft ground",
    (name) => {
      expect(contrast(of(name), of("bg"))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(of(name), of("soft"))).toBeGreaterThanOrEqual(4.5);
    },
  );
});
