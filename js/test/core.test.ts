import { afterEach, describe, expect, test } from "vitest";
import { opacity } from "../src/core/colour";
import { brief, number, percent, signed, span } from "../src/core/format";
import { memoryModel } from "../src/core/page";
import { themeOf } from "../src/core/theme";

test("numbers are short, honest and have a true minus", () => {
  expect([number(21.618), number(-0.5), number(0.0042), number(0)]).toEqual([
    "21.62",
    "−0.50",
    "0.004",
    "0.00",
  ]);
  expect([number(1e-9), number(Number.NaN)]).toEqual(["0.000000001", "unknown"]);
  expect([signed(1.92), signed(-1.1), signed(0)]).toEqual(["+1.92", "−1.10", "0.00"]);
  expect([brief(21.618), brief(0), brief(1234.5), brief(0.05)]).toEqual([
    "21.6",
    "0",
    "1235",
    "0.05",
  ]);
  expect([percent(0.0012), percent(0.5), percent(0), percent(0.00001)]).toEqual([
    "0.12 %",
    "50.0 %",
    "0 %",
    "0.001 %",
  ]);
  expect([span(1.8, 2.4), span(7, 8), span(-0.05, 0), span(3.1, 3.1)]).toEqual([
    "1.8 – 2.4",
    "7 – 8",
    "−0.05 – 0.00",
    "3.1",
  ]);
});

test("opacity is the site's, capped, and nothing below its least value", () => {
  const at = (share: number): number => Number(opacity(share * 20, 20, "log").toFixed(3));
  expect([1, 0.5, 0.25, 0.1, 0.01].map(at)).toEqual([1, 0.753, 0.536, 0.315, 0.086]);
  expect(opacity(50, 20, "log")).toBe(1);
  expect(opacity(0.00005, 20, "log")).toBe(0);
  expect(opacity(-10, 20, "linear")).toBeCloseTo(0.525);
});

describe("the theme", () => {
  const { documentElement: html, body } = document;
  const signs = ["class", "theme", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  afterEach(() => {
    for (const sign of signs) for (const node of [html, body]) node.removeAttribute(sign);
  });

  test.each([
    ["JupyterLab dark", body, "data-jp-theme-light", "false", "dark"],
    ["JupyterLab light", body, "data-jp-theme-light", "true", "light"],
    ["VS Code dark", body, "class", "vscode-dark showUnused", "dark"],
    ["VS Code light", body, "class", "vscode-light", "light"],
    ["VS Code high contrast", body, "class", "vscode-high-contrast", "dark"],
    ["VS Code high contrast light", body, "class", "vscode-high-contrast-light", "light"],
    ["Colab", html, "theme", "dark", "dark"],
    ["marimo", html, "class", "dark dark-theme", "dark"],
    ["a plain page", html, "data-theme", "dark", "dark"],
    ["a class that only sounds so", html, "class", "darkroom my-lighthouse", "light"],
  ])("is taken from %s", (_host, node, sign, value, tone) => {
    node.setAttribute(sign, value);
    expect(themeOf(body, "auto")).toBe(tone);
  });

  test("is found from inside a shadow root, and a wish goes before it", () => {
    const host = body.appendChild(document.createElement("div"));
    const inside = host.attachShadow({ mode: "open" }).appendChild(document.createElement("p"));
    host.className = "dark";
    expect(themeOf(inside, "auto")).toBe("dark");
    expect(themeOf(inside, "light")).toBe("light");
    host.remove();
  });
});

test("a page's model holds state and tells of changes only", () => {
  const model = memoryModel<{ a: number }>({ a: 1 });
  let told = 0;
  const hear = (): number => told++;
  model.on("change:a", hear);
  model.set("a", 1);
  model.set("a", 2);
  model.off("change:a", hear);
  model.set("a", 3);
  expect([model.get("a"), told]).toEqual([3, 1]);
});
