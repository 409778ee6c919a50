import { describe, expect, test } from "vitest";
import widget from "../src/comparison";
import type { Card, ComparisonTraits, Runs, Short } from "../src/comparison/types";
import { texts } from "./data";
import { idle, type View, withView } from "./model";

const short = (more: Partial<Short> = {}): Short => ({
  url: "https://www.neuronpedia.org/gpt2-small/6-res-jb/1",
  explanation: "names of cities",
  author: "gpt-4o-mini",
  density: 0.0012,
  max_activation: 8,
  dead: false,
  promoted: { tokens: [" Paris", null], values: [2, null] },
  suppressed: { tokens: [" himself"], values: [-1] },
  histogram: { centres: [1, 3, 5, 7], counts: [90, 20, 5, 1] },
  ...more,
});

const card = (index: number, more: Partial<Card> = {}): Card => ({
  ref: `gpt2-small/6-res-jb/${index}`,
  name: `${index}`,
  error: null,
  feature: short(),
  examples: 1,
  ...more,
});

const CARDS = [
  card(1),
  card(2, {
    feature: short({
      max_activation: 4,
      promoted: { tokens: [" Rome"], values: [1] },
      histogram: { centres: [1, 3], counts: [9, 1] },
    }),
  }),
];

const RUNS: Runs = {
  texts: texts([
    { tokens: ["in", " Rome"], values: [0, 4] },
    { tokens: ["in", " old", " Rome"], values: [0, 0, 2] },
    { tokens: ["in", " Rome"], values: [0, 4] },
    { tokens: ["in", " old", " Rome"], values: [0, 1, 4] },
  ]),
  columns: [
    [0, -1, 1],
    [0, 1, 2],
    [0, -1, 1],
    [0, 1, 2],
  ],
  rows: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  errors: {},
};

const state = (more: Partial<ComparisonTraits> = {}): ComparisonTraits => ({
  ...idle,
  _provenance: { line: "fetched just now", stale: false, more: ["no warnings"] },
  refs: CARDS.map(({ ref }) => ref),
  text: "in Rome",
  texts: ["in old Rome"],
  scale: "own",
  _cards: {
    common: "gpt2-small/6-res-jb",
    notes: ["a toy world"],
    cards: CARDS,
    texts: texts([
      { tokens: ["to", " Lyon"], values: [0, 8] },
      { tokens: ["to", " Bonn"], values: [0, 4] },
    ]),
  },
  _runs: RUNS,
  _overlap: {
    promoted: { sizes: [2, 1], pairs: [[0, 1, 1, 2, [" Rome"]]] },
    firing: { sizes: [1, null], pairs: [] },
  },
  ...more,
});

const shown = (
  run: (view: View<ComparisonTraits>) => Promise<void> | void,
  more: Partial<ComparisonTraits> = {},
): Promise<void> => withView(widget, state(more), run);

const press = (node: HTMLElement, key: string): boolean =>
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));

const strengths = (nodes: HTMLElement[]): number[] =>
  nodes.map((node) => Number(/npw-a(\d+)/.exec(node.className)![1]) / 40);

describe("the features", () => {
  test("stand beside one another, each in short", () =>
    shown(({ all, text }) => {
      expect(all(".npw-cmp-feature")).toHaveLength(2);
      expect(text(".npw-cmp-guess")).toBe("names of cities");
      expect(text(".npw-cmp-figures")).toBe("0.12 % of tokenspeak 8.0page ↗");
      expect(text(".npw-cmp-strips")).toBe("to Lyon");
      expect(text(".npw-cmp-note")).toBe("a toy world");
      expect(text(".npw-cmp-common")).toBe("gpt2-small/6-res-jb");
      expect(text(".npw-from > summary")).toBe("fetched just now");
    }));

  test("have their bars on one scale and their histograms on one axis", () =>
    shown(({ all }) => {
      const widths = all(".npw-stroke").map((node) => node.style.width);
      expect(widths).toEqual(["100.0%", "50.0%", "50.0%", "50.0%"]);
      expect(all(".npw-cmp-place > div").map((node) => node.style.width)).toEqual([
        "100.00%",
        "50.00%",
      ]);
      expect(all(".npw-cmp-axis").map((node) => node.textContent)).toEqual([
        "0activation8.0",
        "0activation8.0",
      ]);
    }));

  test("have colours of their own scale, or of one for all", () =>
    shown(async ({ all, one, model, drawn }) => {
      expect(strengths(all(".npw-cmp-strips .npw-pos"))).toEqual([1, 1]);
      one("[data-act=scale][data-arg=shared]").click();
      expect(model.get("scale")).toBe("shared");
      await drawn();
      const [first, second] = strengths(all(".npw-cmp-strips .npw-pos"));
      expect(first).toBe(1);
      expect(second).toBeLessThan(1);
    }));

  test("are opened and closed by their name", () =>
    shown(async ({ all, model, drawn }) => {
      all("[data-act=choose]")[1]!.click();
      expect(model.get("selected")).toBe("gpt2-small/6-res-jb/2");
      await drawn();
      expect(all("[aria-pressed=true][data-act=choose]")).toHaveLength(1);
      all("[data-act=choose]")[1]!.click();
      expect(model.get("selected")).toBe(null);
    }));

  test("say in their own place why they are not there", () => {
    const error = {
      where: "feature",
      title: "Not found",
      message: "no 2",
      remedy: "",
      retry: false,
    };
    const lost = card(2, { feature: null, error, examples: 0 });
    return shown(
      ({ all, text }) => {
        expect(text(".npw-cmp-feature [role=alert]")).toContain("no 2");
        expect(all(".npw-cmp-guess")).toHaveLength(1);
      },
      { _cards: { ...state()._cards!, cards: [card(1), lost] } },
    );
  });

  test("have a skeleton while they are fetched", () => {
    const coming = card(2, { feature: null, examples: 0 });
    return shown(
      async ({ all, one, text, model, drawn }) => {
        expect(all(".npw-cmp-feature .npw-skeleton").length).toBeGreaterThan(3);
        one("[data-act=stop][data-arg=stop]").click();
        expect(model.get("_command")?.name).toBe("stop");
        model.set("busy", "");
        await drawn();
        expect(text(".npw-cmp-features")).toContain("it was not fetched");
      },
      { busy: "features", _cards: { ...state()._cards!, cards: [card(1), coming] } },
    );
  });

  test("are added by name, by address or by index, and nothing else", () =>
    shown(({ one, model }) => {
      const field = one("[aria-label='add a feature']") as HTMLInputElement;
      const add = (said: string): string[] => {
        field.value = said;
        press(field, "Enter");
        return model.get("refs");
      };
      for (const wrong of ["", "cats", "a/b", "gpt2-small/6-res-jb/1", "2"]) {
        expect(add(wrong)).toHaveLength(2);
        expect(field.getAttribute("aria-invalid")).toBe("true");
      }
      expect(add("7").at(-1)).toBe("gpt2-small/6-res-jb/7");
      expect(add("https://www.neuronpedia.org/gemma-2-2b/3-x/9?embed=true").at(-1)).toBe(
        "gemma-2-2b/3-x/9",
      );
      expect(field.value).toBe("");
    }));

  test("are taken away while more than two are left", () =>
    shown(
      async ({ all, one, model, drawn }) => {
        expect(all("[data-act=drop][aria-label^='take gpt2']")).toHaveLength(3);
        one("[data-arg='gpt2-small/6-res-jb/2'][data-act=drop]").click();
        expect(model.get("refs")).toEqual(["gpt2-small/6-res-jb/1", "gpt2-small/6-res-jb/3"]);
        model.set("_cards", { ...state()._cards!, cards: [CARDS[0]!, card(3, { examples: 0 })] });
        await drawn();
        expect(all("[data-act=drop][aria-label^='take gpt2']")).toHaveLength(0);
      },
      {
        refs: [1, 2, 3].map((n) => `gpt2-small/6-res-jb/${n}`),
        _cards: { ...state()._cards!, cards: [...CARDS, card(3, { examples: 0 })] },
      },
    ));

  test("show hostile text as text", () => {
    const bad = "<img src=x onerror=alert(1)>";
    const feature = short({ explanation: bad, promoted: { tokens: [bad], values: [1] } });
    return shown(
      ({ all, text }) => {
        expect(text(".npw-cmp-guess")).toBe(bad);
        expect(all("img")).toHaveLength(0);
      },
      { _cards: { ...state()._cards!, cards: [card(1, { feature }), CARDS[1]!] } },
    );
  });
});

describe("the same text", () => {
  test("runs in a line for each feature and variant over the same columns", () =>
    shown(({ all }) => {
      const names = all(".npw-laid-column:first-child .npw-laid-name");
      expect(names.map((node) => node.textContent)).toEqual(["14.0", "v12.0", "24.0", "v14.0"]);
      expect(all(".npw-laid-column")).toHaveLength(3);
      expect(all(".npw-laid-delta").map((node) => node.textContent)).toEqual(["\u22122.0"]);
    }));

  test("is coloured on each feature's own scale, or on one", () =>
    shown(async ({ all, model, drawn }) => {
      const rome = (): number[] =>
        strengths(all(".npw-laid-column:last-child .npw-pos").filter((_, n) => n % 2 === 0));
      expect(rome()[1]).toBe(1);
      expect(rome()[0]).toBeLessThan(1);
      model.set("scale", "shared");
      await drawn();
      expect(rome()[1]).toBe(rome()[0]);
    }));

  test("keeps a place for a feature that has not answered", () => {
    const some = { ...RUNS, rows: RUNS.rows.slice(0, 2), columns: RUNS.columns.slice(0, 2) };
    return shown(
      ({ all, text, one }) => {
        expect(all(".npw-laid-column:first-child .npw-laid-name")).toHaveLength(4);
        expect(all(".npw-laid-gap")).toHaveLength(7);
        const cell = all(".npw-laid-column")[1]!.children[2]!;
        cell.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        expect(text(".npw-readout")).toContain("2: nothing here");
        expect(one("[data-arg=try]").textContent).toBe("stop");
      },
      {
        busy: "text",
        _runs: {
          ...some,
          texts: texts([
            { tokens: ["in", " Rome"], values: [0, 4] },
            { tokens: ["in", " old", " Rome"], values: [0, 0, 2] },
          ]),
        },
      },
    );
  });

  test("has each feature's error below, with a way to ask again", () => {
    const error = { where: "text", title: "No answer", message: "gone", remedy: "", retry: true };
    return shown(
      ({ all, one, text, model }) => {
        expect(text("[role=alert]")).toContain("2: No answer");
        expect(all(".npw-laid-column:first-child .npw-laid-name")).toHaveLength(2);
        one("[role=alert] [data-act=retry]").click();
        expect(model.get("_command")?.name).toBe("resume");
      },
      { _runs: { ...RUNS, errors: { "1": error } } },
    );
  });

  test("is run by Enter, and its variants are named and taken away", () =>
    shown(({ one, all, model, text }) => {
      const field = one("[aria-label='a text for all features']") as HTMLTextAreaElement;
      field.value = "to Oslo";
      press(field, "Enter");
      expect(model.get("text")).toBe("to Oslo");
      expect(all(".npw-cmp-text").map((node) => node.textContent)).toEqual([
        "textin Rome",
        "v1in old Rome×",
      ]);
      expect(text(".npw-answer > .npw-quiet")).toContain("framed: changed");
      one(".npw-cmp-text [data-act=drop]").click();
      expect(model.get("texts")).toEqual([]);
    }));

  test("cannot be run where the source runs none", () =>
    shown(
      ({ one }) => {
        expect((one("textarea") as HTMLTextAreaElement).disabled).toBe(true);
        expect(one(".npw-try").title).toBe("no model here");
      },
      { _cannot: { activate: "no model here" }, _runs: null },
    ));
});

describe("what they have in common", () => {
  test("is a matrix with index and counts, which names what is shared", () =>
    shown(({ all, one, text }) => {
      expect(all(".npw-cmp-group").map((node) => node.textContent)).toEqual([
        "promoted tokens",
        "positions on the texts above",
      ]);
      expect(text(".npw-cmp-pair")).toBe(".501/2");
      expect(one(".npw-cmp-pair").tabIndex).toBe(0);
      one(".npw-cmp-pair").dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
      expect(text(".npw-cmp-shared")).toBe("1 and 2 share 1 of 2 promoted tokens (0.50): “ Rome”");
      expect(all(".npw-cmp-size").map((node) => node.textContent)).toEqual(["2", "1", "1", "?"]);
    }));

  test("is not drawn from what belongs to other features", () =>
    shown(
      ({ all, one }) => {
        expect(all(".npw-cmp-matrix")).toHaveLength(0);
        expect(one(".npw-cmp-panel:has(.npw-cmp-matrices)").hidden).toBe(true);
      },
      { _overlap: { promoted: { sizes: [1, 1, 1], pairs: [] } } },
    ));
});

describe("without a kernel", () => {
  test("all is there to be read and nothing to be asked", () =>
    shown(
      ({ all, one }) => {
        expect(all(".npw-cmp-feature")).toHaveLength(2);
        expect(all(".npw-laid-column")).toHaveLength(3);
        expect(all("[data-act=choose], [data-act=drop]")).toHaveLength(0);
        expect(one(".npw-entry").hidden).toBe(true);
        expect(one(".npw-try").hidden).toBe(true);
        expect(one("[aria-label='add a feature']").parentElement!.hidden).toBe(true);
      },
      { _live: false },
    ));

  test("what stood in the way of all is still said", () => {
    const error = {
      where: "features",
      title: "No answer",
      message: "gone",
      remedy: "",
      retry: true,
    };
    return shown(
      ({ text, all }) => {
        expect(text("[role=alert]")).toContain("gone");
        expect(all(".npw-cmp-feature")).toHaveLength(0);
      },
      { error, _cards: null, _runs: null, _overlap: null, _provenance: null },
    );
  });
});
