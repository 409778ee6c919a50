import { describe, expect, test } from "vitest";
import widget from "../src/topfeatures";
import type { MatrixAnswer, TopFeaturesTraits } from "../src/topfeatures/types";
import { sparse, strengthOf } from "./data";
import { idle, type View, withView } from "./model";

const TOKENS = ["<bos>", "Anna", " was", " sad", "\n"];

const answer = (more: Partial<MatrixAnswer> = {}): MatrixAnswer => ({
  text: "Anna was sad\n",
  tokens: TOKENS,
  shown: { 4: "↵" },
  special: [0],
  breaks: [4],
  features: [
    {
      ref: "m/6-set/7",
      source: "6-set",
      index: 7,
      explanation: "names",
      density: 0.002,
      max_activation: 9,
    },
    {
      ref: "m/6-set/12",
      source: "6-set",
      index: 12,
      explanation: "feelings",
      density: 0.03,
      max_activation: 4,
    },
    {
      ref: "m/6-set/3",
      source: "6-set",
      index: 3,
      explanation: null,
      density: null,
      max_activation: 4,
    },
    { ref: "m/6-set/9", source: "6-set", index: 9, lost: true },
  ],
  values: sparse([0, 8, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 3, 0, 0, 0, 0, 0, Number.NaN, 2]),
  provenance: { line: "fetched just now", stale: false, more: ["no warnings"] },
  ...more,
});

const traits = (more: Partial<TopFeaturesTraits> = {}): TopFeaturesTraits => ({
  ...idle,
  text: "Anna was sad\n",
  shown: 0,
  model: "m",
  source_set: "set",
  sources: [],
  limit: 50,
  positions: [],
  density_threshold: null,
  keep_unknown: true,
  show_as: "matrix",
  scale: "all",
  curve: "log",
  _answers: [answer()],
  ...more,
});

const names = ({ all }: View<TopFeaturesTraits>): string[] =>
  all(".npw-line-which").map((node) => node.textContent ?? "");

const press = (node: Element, key: string): boolean =>
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));

describe("the rows", () => {
  test("stand strongest first, each with what is known of it", () =>
    withView(widget, traits(), (view) => {
      expect(names(view)).toEqual(["7", "12", "3", "9"]);
      expect(view.all(".npw-line-head").map((node) => node.textContent)).toEqual([
        "7names0.20 %8.0",
        "12feelings3.00 %4.0",
        "3no explanation yetunknown3.0",
        "9not in the databaseunknown2.0",
      ]);
      expect(view.text(".npw-notes")).toContain("1 feature not in the database");
      expect(view.one("[data-arg='m/6-set/12']").getAttribute("aria-label")).toBe(
        "m/6-set/12: feelings, peak 4.00 at “ sad”, density 3.00 %",
      );
    }));

  test("are sorted by the sum at the picked tokens, at once", () =>
    withView(widget, traits(), async (view) => {
      const words = view.all(".npw-word");
      words[3]?.click();
      words[2]?.click();
      await view.drawn();
      expect(view.model.get("positions")).toEqual([3, 2]);
      expect(names(view)).toEqual(["12", "3", "7", "9"]);
      expect(view.all(".npw-line-strength").map((node) => node.textContent)).toEqual([
        "sum",
        "5.0",
        "3.0",
        "0",
        "0",
      ]);
      expect(view.text(".npw-order")).toBe("by the sum at “ sad” + “ was” · clear");
      expect(words[3]?.getAttribute("aria-selected")).toBe("true");
      view.all(".npw-matrix-head")[3]?.click();
      await view.drawn();
      expect(view.model.get("positions")).toEqual([2]);
      view.one("[data-act=clear]").click();
      await view.drawn();
      expect(view.model.get("positions")).toEqual([]);
    }));

  test("keep the focus where it stands when a better list comes", () =>
    withView(widget, traits(), async (view) => {
      view.all(".npw-word")[3]?.focus();
      const features = answer().features.toReversed();
      view.model.set("_answers", [answer({ features })]);
      await view.drawn();
      expect(document.activeElement).toBe(view.all(".npw-word")[3]);
      expect(names(view)).toEqual(["9", "3", "12", "7"]);
    }));

  test("name their layers when they come from several", () => {
    const features = answer().features.map((f, n) => ({ ...f, source: n ? "6-set" : "11-set" }));
    return withView(widget, traits({ _answers: [answer({ features })] }), (view) => {
      expect(names(view)).toEqual(["11 · 7", "6 · 12", "6 · 3", "6 · 9"]);
    });
  });

  test("that are denser than the threshold are hidden, counted, and brought back", () =>
    withView(widget, traits({ density_threshold: 0.01 }), async (view) => {
      expect(names(view)).toEqual(["7", "3", "9"]);
      expect(view.text(".npw-bar")).toContain("3 of 4 features");
      expect(view.text(".npw-notes")).toContain("1 denser feature hidden · show");
      expect(view.text(".npw-notes")).toContain("2 features of unknown density kept · hide");
      view.one("[data-act=unknown]").click();
      await view.drawn();
      expect(names(view)).toEqual(["7"]);
      view.one("[data-act=any]").click();
      await view.drawn();
      expect(names(view)).toHaveLength(4);
    }));

  test("follow the slider while it moves, and Python hears of it when it is let go", () =>
    withView(widget, traits(), async (view) => {
      const slider = view.one("input[type=range]") as HTMLInputElement;
      slider.value = "-2";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await view.drawn();
      expect(view.model.get("density_threshold")).toBe(0.01);
      expect(names(view)).toHaveLength(3);
      expect(view.model.saved).toHaveLength(0);
      slider.dispatchEvent(new Event("change", { bubbles: true }));
      expect(view.model.saved).toEqual([{ density_threshold: 0.01 }]);
    }));
});

describe("the values", () => {
  test("are read out by keys: up and down the features, left and right the tokens", () =>
    withView(widget, traits(), async (view) => {
      const rows = view.all(".npw-line-head");
      rows[0]?.focus();
      expect(view.text(".npw-readout")).toBe(
        "m/6-set/7 · names · density 0.20 % · peak 8.00 at “Anna” · fires at 1 token",
      );
      press(rows[0]!, "ArrowRight");
      press(rows[0]!, "ArrowRight");
      expect(view.text(".npw-readout")).toBe(
        "token “Anna” · position 1 · 8.00 · m/6-set/7 · names · density 0.20 %",
      );
      expect(view.one(".npw-readout").getAttribute("aria-live")).toBe("polite");
      press(rows[0]!, "End");
      expect(view.text(".npw-readout")).toContain("9 · not in the database · density unknown");
      for (let i = 0; i < 9; i++) press(rows[3]!, "ArrowRight");
      expect(view.text(".npw-readout")).toContain('token “↵” raw "\\n" · position 4 · 2.00');
      press(rows[3]!, "ArrowLeft");
      expect(view.text(".npw-readout")).toContain("position 3 · unknown");
      press(rows[3]!, " ");
      await view.drawn();
      expect(view.model.get("positions")).toEqual([3]);
      expect((document.activeElement as HTMLElement).dataset["arg"]).toBe("m/6-set/9");
      press(view.all(".npw-line-head")[0]!, "Enter");
      expect(view.model.get("selected")).not.toBeNull();
    }));

  test("tint the text while a feature is pointed at or chosen", () =>
    withView(widget, traits({ selected: "m/6-set/12" }), (view) => {
      const tints = (): number[] => view.all(".npw-word").map(strengthOf);
      expect(tints()[3]).toBeGreaterThan(tints()[2]!);
      expect(view.one("[data-arg='m/6-set/12']").getAttribute("aria-selected")).toBe("true");
      view.all(".npw-line-head")[0]?.focus();
      expect(tints()[1]).toBe(1);
      expect(tints()[3]).toBe(0);
    }));

  test("of a token are counted when the token is pointed at", () =>
    withView(widget, traits(), (view) => {
      view.all(".npw-word")[3]?.focus();
      expect(view.text(".npw-readout")).toBe(
        "token “ sad” · position 3 · 1 of these features fires here",
      );
      expect(view.all(".npw-matrix-head")[3]?.className).toContain("npw-under");
    }));

  test("stand over the whole text in the other form", () =>
    withView(widget, traits({ show_as: "texts" }), async (view) => {
      const texts = view.all(".npw-matrix-texts .npw-line").map((node) => node.textContent);
      expect(texts).toEqual(Array(4).fill("<bos>Anna was sad↵\n"));
      const fired = view.all(".npw-matrix-texts .npw-pos");
      expect(fired[0]?.textContent).toBe("Anna");
      fired[0]?.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
      expect(view.text(".npw-readout")).toContain("token “Anna” · position 1 · 8.00");
      view.one("[data-arg=matrix]").click();
      await view.drawn();
      expect(view.all(".npw-matrix-texts .npw-line")).toHaveLength(0);
      expect(view.one(".npw-matrix").hidden).toBe(false);
    }));

  test.each([
    ["all", 1],
    ["row", 0],
    ["feature", 0],
  ] as const)("have a legend where one scale holds for all: %s", (scale, n) =>
    withView(widget, traits({ scale }), ({ all }) => {
      expect(all(".npw-legend")).toHaveLength(n);
    }),
  );
});

describe("asking", () => {
  test("Enter asks about the text, and about the same text again", () =>
    withView(widget, traits(), async ({ one, model }) => {
      const field = one("textarea") as HTMLTextAreaElement;
      press(field, "Enter");
      expect(model.get("_command")).toEqual({ name: "run", n: 1 });
      field.value = "Tom";
      press(field, "Enter");
      expect(model.get("text")).toBe("Tom");
    }));

  test("of several texts the shown one is edited", () =>
    withView(
      widget,
      traits({ text: ["one", "two"], shown: 1, positions: [1], _answers: [answer(), answer()] }),
      async ({ one, all, model, drawn }) => {
        const field = one("textarea") as HTMLTextAreaElement;
        expect(field.value).toBe("two");
        expect(all("[data-act=text]")).toHaveLength(2);
        one("[data-act=text][data-arg='0']").click();
        await drawn();
        expect([model.get("shown"), model.get("positions")]).toEqual([0, []]);
        field.value = "three";
        press(field, "Enter");
        expect(model.get("text")).toEqual(["three", "two"]);
      },
    ));

  test("takes a while, can be stopped, and says what went wrong in its place", () =>
    withView(widget, traits({ _answers: [], busy: "features" }), async (view) => {
      expect(view.all(".npw-skeleton").length).toBeGreaterThan(0);
      view.one("[data-act=stop]").click();
      expect(view.model.get("_command")).toEqual({ name: "stop", n: 1 });
      const error = { where: "features", title: "Failed", message: "m", remedy: "r", retry: true };
      view.model.set("busy", "");
      view.model.set("error", error);
      await view.drawn();
      expect(view.text("[role=alert]")).toContain("Failed");
      view.one("[data-act=retry]").click();
      expect(view.model.get("_command")).toEqual({ name: "retry", n: 2 });
    }));

  test("for a better order leaves the list in place and says so", () =>
    withView(widget, traits({ positions: [3], busy: "order" }), (view) => {
      expect(view.text(".npw-order")).toContain("asking for the 50 strongest there stop");
      expect(names(view)).toHaveLength(4);
    }));

  test("is not offered where there is no kernel, nor a dashboard to open", () =>
    withView(widget, traits({ _live: false }), ({ one, model }) => {
      expect(one(".npw-ask-line").hidden).toBe(true);
      one(".npw-line-head").click();
      expect(model.get("selected")).toBeNull();
    }));

  test("is refused with the reason where the source cannot answer", () =>
    withView(widget, traits({ _cannot: { ask: "no such thing" } }), ({ one }) => {
      expect((one("textarea") as HTMLTextAreaElement).disabled).toBe(true);
      expect(one(".npw-ask-line").title).toBe("no such thing");
    }));
});

test("a text on which nothing fires says so", () =>
  withView(
    widget,
    traits({ _answers: [answer({ features: [], values: sparse([]) })] }),
    ({ text }) => {
      expect(text(".npw-empty")).toBe("no feature of set fires on this text");
    },
  ));

test("a feature's hostile name is only text", () => {
  const features = [{ ...answer().features[0]!, explanation: "<img src=x onerror=alert(1)>" }];
  return withView(widget, traits({ _answers: [answer({ features })] }), ({ all, text }) => {
    expect(all("img")).toHaveLength(0);
    expect(text(".npw-line-meaning")).toBe("<img src=x onerror=alert(1)>");
  });
});
