import { describe, expect, test } from "vitest";
import widget from "../src/tokenfeatures";
import type { TokenFeaturesTraits, TokensAnswer } from "../src/tokenfeatures/types";
import { sparse, strengthOf } from "./data";
import { idle, type View, withView } from "./model";

/** Three tokens, the middle one special; at the last there may be more features than are listed. */
const answer = (more: Partial<TokensAnswer> = {}): TokensAnswer => ({
  text: "Anna</s> sad",
  tokens: ["Anna", "</s>", " sad"],
  special: [1],
  positions: [1, 2, 4],
  features: [
    { ref: "m/s/7", source: "s", index: 7, explanation: "names", density: 0.002 },
    { ref: "m/s/12", source: "s", index: 12, explanation: "feelings", density: 0.03 },
    { ref: "m/s/3", source: "s", index: 3, explanation: null, density: null },
    { ref: "m/s/9", source: "s", index: 9, lost: true },
  ],
  counts: [2, 0, 3],
  numbers: [0, 2, 1, 2, 3],
  values: { value: sparse([8, 1, 4, 2, 0.5]).value },
  cut: [2],
  provenance: { line: "fetched just now", stale: false, more: ["no warnings"] },
  ...more,
});

const traits = (more: Partial<TokenFeaturesTraits> = {}): TokenFeaturesTraits => ({
  ...idle,
  text: "Anna</s> sad",
  model: "m",
  source: "s",
  limit: 10,
  position: null,
  sort: "strength",
  density_threshold: null,
  keep_unknown: true,
  curve: "log",
  _answer: answer(),
  _where: null,
  ...more,
});

type Tokens = View<TokenFeaturesTraits>;

const names = ({ all }: Tokens): string[] =>
  all(".npw-line-which").map((node) => node.textContent ?? "");
const tints = ({ all }: Tokens): number[] => all(".npw-word").map(strengthOf);
const point = (node: Element | undefined): boolean =>
  !!node?.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));

describe("the features", () => {
  test("of the whole text stand by their largest value, with the tokens they are known at", () =>
    withView(widget, traits(), (view) => {
      expect(view.text(".npw-found-heading")).toBe("4 features on the whole text");
      expect(view.all(".npw-found[role]").map((node) => node.textContent)).toEqual([
        "7names8.010.20 %",
        "12feelings4.013.00 %",
        "3no explanation yet2.02unknown",
        "9not in the database0.501unknown",
      ]);
    }));

  test("of a token are listed while it is pointed at, and stay when it is picked", () =>
    withView(widget, traits(), async (view) => {
      const words = view.all(".npw-word");
      point(words[0]);
      expect(view.text(".npw-found-heading")).toBe("2 features at “Anna” · position 1");
      expect(view.text(".npw-readout")).toBe("token “Anna” · position 1 · 2 features listed");
      view.one(".npw-text-tokens").dispatchEvent(new PointerEvent("pointerleave"));
      expect(view.text(".npw-found-heading")).toBe("4 features on the whole text");
      words[2]?.click();
      await view.drawn();
      expect(view.model.get("position")).toBe(4);
      expect(names(view)).toEqual(["12", "3", "9"]);
      expect(words[2]?.getAttribute("aria-selected")).toBe("true");
      words[2]?.click();
      expect(view.model.get("position")).toBeNull();
    }));

  test.each([
    ["frequency", ["3", "7", "12", "9"]],
    ["density", ["7", "12", "3", "9"]],
  ] as const)("can be sorted by %s", (sort, order) =>
    withView(widget, traits(), async (view) => {
      view.one(`[data-act=sort][data-arg=${sort}]`).click();
      await view.drawn();
      expect(view.model.get("sort")).toBe(sort);
      expect(names(view)).toEqual(order);
    }),
  );

  test("are as many as the limit at each token, of those that the threshold lets pass", () =>
    withView(widget, traits({ position: 4, limit: 2 }), async (view) => {
      expect(names(view)).toEqual(["12", "3"]);
      view.model.set("density_threshold", 0.01);
      await view.drawn();
      expect(names(view)).toEqual(["3", "9"]);
      expect(view.text(".npw-tools")).toContain("1 denser feature hidden · show");
      view.model.set("keep_unknown", false);
      await view.drawn();
      expect(names(view)).toEqual([]);
      expect(view.text(".npw-found-list")).toBe("none that the threshold lets pass");
    }));

  test("of a long text are drawn a hundred at first", () => {
    const features = Array.from({ length: 130 }, (_, index) => ({
      ...answer().features[0]!,
      ref: `m/s/${index}`,
      index,
    }));
    const all = features.map((_, index) => index);
    const many = answer({
      features,
      counts: [130, 0, 0],
      numbers: all,
      values: { value: sparse(all.map((n) => 200 - n)).value },
    });
    return withView(widget, traits({ _answer: many, limit: 130 }), (view) => {
      expect(names(view)).toHaveLength(100);
      expect(view.text("[data-act=more]")).toBe("30 more");
      view.one("[data-act=more]").click();
      expect(names(view)).toHaveLength(130);
    });
  });
});

describe("where else a feature fires", () => {
  test("tints the text from the data at hand, and says what is not known", () =>
    withView(widget, traits(), (view) => {
      expect(tints(view)).toEqual([0, 0, 0]);
      point(view.all(".npw-found[role]")[0]);
      expect(tints(view)[0]).toBe(1);
      expect(view.text(".npw-spread")).toBe(
        "7 names is among the strongest at 1 of 3 tokens; choose it to ask about the other 1 token",
      );
      expect(view.text(".npw-readout")).toContain("m/s/7: names, 8.00, known to fire at 1 of 3");
      point(view.all(".npw-found[role]")[1]);
      expect(view.text(".npw-spread")).toBe("12 feelings fires at 1 of 3 tokens");
    }));

  test("is asked for when it is chosen, and shown when it is known", () =>
    withView(widget, traits(), async (view) => {
      view.all(".npw-found[role]")[0]?.click();
      expect(view.model.get("selected")).toBe("m/s/7");
      view.model.set("_where", { ref: "m/s/7" });
      await view.drawn();
      expect(view.text(".npw-spread")).toContain("asking about the other 1 token");
      view.model.set("_where", { ref: "m/s/7", values: [8, null, 3] });
      await view.drawn();
      expect(view.text(".npw-spread")).toBe(
        "7 names fires at 2 of 3 tokens, at 1 of them not among the strongest",
      );
      expect(tints(view)[2]).toBeGreaterThan(0);
      const error = { where: "where", title: "t", message: "No host.", remedy: "", retry: true };
      view.model.set("_where", { ref: "m/s/7", error });
      await view.drawn();
      expect(view.text(".npw-spread")).toContain("asking for the others failed: No host.");
      view.one("[data-act=where]").click();
      expect(view.model.get("_command")?.name).toBe("where");
    }));

  test("is known of a feature that no list holds, once it was asked", () =>
    withView(
      widget,
      traits({ selected: "m/s/99", _where: { ref: "m/s/99", values: [0, 0, 1] } }),
      (view) => {
        expect(view.text(".npw-spread")).toBe(
          "m/s/99 fires at 1 of 3 tokens, at 1 of them not among the strongest",
        );
      },
    ));
});

test("special tokens are quiet, and hostile ones are text", () =>
  withView(
    widget,
    traits({ _answer: answer({ tokens: ["<img src=x>", "</s>", " sad"] }) }),
    ({ all }) => {
      expect(all("img")).toHaveLength(0);
      expect(all(".npw-special").map((node) => node.textContent)).toEqual(["</s>"]);
    },
  ));

test("without a kernel nothing is asked and nothing opens", () =>
  withView(widget, traits({ _live: false }), (view) => {
    point(view.all(".npw-found[role]")[0]);
    expect(view.text(".npw-spread")).toBe("7 names is among the strongest at 1 of 3 tokens");
    view.all(".npw-found[role]")[0]?.click();
    expect(view.model.get("selected")).toBeNull();
    expect(view.one(".npw-ask-line").hidden).toBe(true);
  }));

test("an error stands where the answer would be, and the way to ask again", () =>
  withView(
    widget,
    traits({
      _answer: null,
      error: { where: "features", title: "Not found", message: "m", remedy: "r", retry: true },
    }),
    (view) => {
      expect(view.text("[role=alert]")).toContain("Not found");
      expect(view.text(".npw-readout")).toBe("");
      view.one("[data-act=retry]").click();
      expect(view.model.get("_command")?.name).toBe("retry");
    },
  ));
