import { describe, expect, test } from "vitest";
import type { HeatmapTraits } from "../src/core/types";
import widget from "../src/heatmap";
import { heatmap, sparse, strengthOf, texts } from "./data";
import { withView } from "./model";

const three = texts([
  { tokens: [" the", " old", " town", "\n", " sleeps"], values: [0, 2, 8, 0, 0] },
  { tokens: [" a", " town"], values: [0, 1] },
]);

describe("tokens", () => {
  test("are all text, and elements only where they fire", () =>
    withView(widget, heatmap(three), ({ all, text }) => {
      expect(text(".npw-line")).toBe(" the old town↵\n sleeps");
      expect(all(".npw-t").map((node) => node.textContent)).toEqual([" old", " town", " town"]);
      expect(all(".npw-peak").map((node) => node.textContent)).toEqual([" town", " town"]);
    }));

  test("take the site's opacity", () =>
    withView(widget, heatmap(three), ({ all }) => {
      const alphas = all(".npw-t").map(strengthOf);
      expect(alphas[0]).toBeCloseTo(0.05 + 0.95 * Math.log10(1 + 9 / 4), 1);
      expect(alphas[1]).toBe(1);
    }));

  test("are never obeyed", () => {
    const tokens = ["<img src=x onerror=alert(1)>", "</script>", "<b>", "&amp;"];
    return withView(widget, heatmap(texts([{ tokens, values: [1, 2, 3, 4] }])), ({ all, text }) => {
      expect(text(".npw-line")).toBe(tokens.join(""));
      expect(all("img, script, b")).toHaveLength(0);
    });
  });

  test("without a known value are hatched; below zero they are marked as such", () => {
    const odd = texts([{ tokens: ["a", "b", "c"], values: [Number.NaN, -2, 1] }]);
    return withView(widget, heatmap(odd), ({ text, one }) => {
      expect(text(".npw-nan")).toBe("a");
      expect(text(".npw-neg")).toBe("b");
      expect(strengthOf(one(".npw-pos"))).toBeLessThan(1);
      expect(text(".npw-legend")).toContain("−2.0");
    });
  });

  test("that are all zero stay plain, and that is said", () =>
    withView(widget, heatmap(texts([{ tokens: ["a", "b"], values: [0, 0] }])), ({ all, text }) => {
      expect(all(".npw-t, .npw-strip")).toHaveLength(0);
      expect(text(".npw-notes")).toContain("every value is zero");
    }));

  test("that are unknown are not called zero, nor is their peak", () => {
    const [nan, gutter] = [Number.NaN, ".npw-gutter"];
    const odd = texts([
      { tokens: ["a", "b"], values: [0, nan] },
      { tokens: ["c"], values: [nan] },
    ]);
    return withView(widget, heatmap(odd), ({ all, text }) => {
      expect(text(".npw-notes")).toBe("");
      expect(all(gutter).map((node) => node.textContent)).toEqual(["–", "–"]);
    });
  });

  test("that continue a character show a mark with a value of its own", () => {
    const split = texts([{ tokens: ["Ã", "©"], values: [0, 3] }], { joined: { 0: "é", 1: "" } });
    return withView(widget, heatmap(split), ({ text, all }) => {
      expect(text(".npw-line")).toBe("é‿");
      expect(all(".npw-joined.npw-pos")).toHaveLength(1);
    });
  });

  test("read from right to left are set apart from their neighbours", () =>
    withView(widget, heatmap(texts([{ tokens: ["a", "שלום"], values: [1, 0] }])), ({ text }) => {
      expect(text(".npw-rtl")).toBe("שלום");
    }));
});

describe("windows", () => {
  const long = texts([
    {
      tokens: Array.from({ length: 100 }, (_, i) => ` ${i}`),
      values: Array.from({ length: 100 }, (_, i) => (i === 50 ? 1 : 0)),
    },
  ]);

  test("a snippet is 15 tokens on either side of the peak", () =>
    withView(widget, heatmap(long), ({ text, one }) => {
      expect(text(".npw-line").trim().split(" ")).toEqual(
        Array.from({ length: 31 }, (_, i) => `${35 + i}`),
      );
      expect(one(".npw-line").className).toContain("npw-cut-a npw-cut-z");
    }));

  test("follow the trait, and the buttons set it", () =>
    withView(widget, heatmap(long), async ({ one, all, text, model, drawn }) => {
      one("[data-arg=full]").click();
      expect(model.saved).toEqual([{ window: "full" }]);
      await drawn();
      expect(text(".npw-line").trim().split(" ")).toHaveLength(100);
      model.set("window", "stacked");
      await drawn();
      expect(text(".npw-after")).toMatch(/^ 50/);
      expect(text(".npw-before").endsWith(" 49")).toBe(true);
      expect(all(".npw-common").map((node) => node.textContent)).toEqual(["·491", "·501", "·511"]);
    }));

  test("a click on the value beside a text unfolds and folds it", () =>
    withView(widget, heatmap(long), ({ one, text }) => {
      one(".npw-gutter").click();
      expect(text(".npw-line").trim().split(" ")).toHaveLength(100);
      one(".npw-gutter").click();
      expect(text(".npw-line").trim().split(" ")).toHaveLength(31);
    }));

  test("long texts come in blocks, however many line breaks they have", () => {
    const tokens = Array.from({ length: 3000 }, (_, i) => (i % 3 ? "x" : "\n"));
    const state = heatmap(texts([{ tokens, values: tokens.map(() => 0) }]), { window: "full" });
    return withView(widget, state, ({ all }) => {
      expect(all(".npw-row").length).toBeGreaterThan(10);
      const text = all(".npw-line")
        .map((node) => node.textContent)
        .join("")
        .replaceAll("\n", "");
      expect(text).toBe(tokens.map((token) => token.replace("\n", "↵")).join(""));
      expect(all(".npw-position")[0]?.textContent).toMatch(/^2\d\d$/);
    });
  });
});

describe("groups and what was folded", () => {
  const grouped = texts(
    [
      { tokens: ["a"], values: [9], group: 0 },
      { tokens: ["b"], values: [8], group: 1 },
      { tokens: ["a"], values: [9], group: 0 },
      { tokens: ["z"], values: [0], group: 1 },
    ],
    {
      groups: [
        { kind: "top", low: null, high: null, fraction: null },
        { kind: "interval", low: 7.2, high: 10.8, fraction: 0.041 },
      ],
      given: [0, 0, 0, 1],
      hidden: { 2: "duplicate", 3: "not-positive" },
      copies: { 0: 1 },
    },
  );

  test("have headings and counts", () =>
    withView(widget, heatmap(grouped), ({ all, text }) => {
      expect(all(".npw-group").map((node) => node.textContent)).toEqual([
        "Strongest",
        "7.2 – 10.84.1 % of tokens",
      ]);
      expect(text(".npw-notes")).toMatch(
        /1 repeated text folded · show.*1 text without.*left out.*1 interval mended/,
      );
      expect(text(".npw-copies")).toBe("×2");
    }));

  test("are undone one by one", () =>
    withView(widget, heatmap(grouped), async ({ all, one, model, drawn }) => {
      one("[data-act=hidden][data-arg=duplicate]").click();
      await drawn();
      expect(model.saved.at(-1)).toEqual({ show_hidden: ["duplicate"] });
      expect(all(".npw-row")).toHaveLength(3);
      one("[data-act=hidden][data-arg=mended]").click();
      await drawn();
      expect(all(".npw-group").map((node) => node.textContent)).toEqual(["Strongest"]);
      one("[data-act=hidden][data-arg=duplicate]").click();
      await drawn();
      expect(model.get("show_hidden")).toEqual(["mended"]);
    }));
});

describe("filters", () => {
  test("leave the examples with a token in the range, and stand around it", () =>
    withView(widget, heatmap(three, { value_range: [1.5, 3] }), ({ all, text }) => {
      expect(all(".npw-row")).toHaveLength(1);
      expect(text(".npw-hit")).toBe(" old");
      expect(text(".npw-bar")).toContain("1 of 2 examples");
    }));

  test("hold the ends of a range, though values are 32-bit floats", () =>
    withView(
      widget,
      heatmap(texts([{ tokens: [" a", " b"], values: [0, 6.0401] }]), { value_range: [5, 6.0401] }),
      ({ text }) => expect(text(".npw-hit")).toBe(" b"),
    ));

  test("by next token ignore a leading space and never look into the next text", () =>
    withView(widget, heatmap(three, { next_token: "town" }), ({ all, text }) => {
      expect(all(".npw-row")).toHaveLength(1);
      expect(text(".npw-hit")).toBe(" town");
    }));

  const apart = texts([
    { tokens: [" a", " b", " c"], values: [9, 1, 0] },
    { tokens: [" a", " b", " c"], values: [7, 3, 0] },
  ]);
  const byFilter = [{ next_token: " c" }, { value_range: [1, 3] }] as Partial<HeatmapTraits>[];

  test.each(byFilter)(
    "leave the peaks beside the texts, by which these are ordered: %j",
    (filter) =>
      withView(widget, heatmap(apart, filter), ({ all, one }) => {
        expect(all(".npw-gutter").map((node) => node.textContent)).toEqual(["9.0", "7.0"]);
        expect(one(".npw-gutter").title).toContain("peak");
      }),
  );

  test.each(byFilter)("align stacked texts on what was asked for, and say so: %j", (filter) =>
    withView(widget, heatmap(apart, { window: "stacked", ...filter }), async (view) => {
      const { all, text, model, drawn } = view;
      expect(all(".npw-tally .npw-common").map((node) => node.textContent)).toEqual([
        "·a2",
        "·b2",
        "·c2",
      ]);
      expect(text(".npw-tallies")).not.toContain("peak");
      model.set("next_token", null);
      model.set("value_range", null);
      await drawn();
      expect(text(".npw-tallies")).toContain("at the peak");
    }),
  );
});

test("without a text there is nothing to choose and nothing to point at", () =>
  withView(widget, heatmap(texts([])), ({ all, text }) => {
    expect(text(".npw-empty")).toBe("no text");
    expect(all("button")).toHaveLength(0);
    expect(text(".npw-foot")).toBe("");
  }));

describe("cursor", () => {
  const press = (node: HTMLElement, key: string): KeyboardEvent => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    node.dispatchEvent(event);
    return event;
  };

  test("keys go token by token and example by example, and stay inside the heatmap", () =>
    withView(widget, heatmap(three), async ({ one, text, model, drawn, el }) => {
      const list = one(".npw-list");
      let leaked = 0;
      el.addEventListener("keydown", () => leaked++);
      const at = async (key: string): Promise<unknown> => {
        expect(press(list, key).defaultPrevented).toBe(true);
        await drawn();
        return model.get("hovered");
      };
      expect(await at("ArrowRight")).toEqual([0, 2]);
      expect(await at("ArrowRight")).toEqual([0, 3]);
      expect(text(".npw-readout")).toBe('token “↵” raw "\\n" · example 1 · position 3 · 0.00');
      expect(one(".npw-readout").getAttribute("aria-live")).toBe("polite");
      expect(await at("Home")).toEqual([0, 0]);
      expect(await at("ArrowLeft")).toEqual([0, 0]);
      expect(await at("End")).toEqual([0, 4]);
      expect(await at("ArrowDown")).toEqual([1, 1]);
      expect(await at("ArrowDown")).toEqual([1, 1]);
      await at("Enter");
      expect(model.get("selected")).toEqual([1, 1]);
      await at("Escape");
      expect(model.get("selected")).toBeNull();
      expect(leaked).toBe(0);
      expect(press(list, "q").defaultPrevented).toBe(false);
      expect(list.dataset["lmSuppressShortcuts"]).toBe("true");
    }));

  test("a pointer over a token reads it out and does not speak", () =>
    withView(widget, heatmap(three), async ({ one, text, model, drawn }) => {
      one(".npw-peak").dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
      await drawn();
      expect(model.get("hovered")).toEqual([0, 2]);
      expect(text(".npw-readout")).toBe("token “ town” · example 1 · position 2 · 8.00 · peak");
      expect(one(".npw-readout").hasAttribute("aria-live")).toBe(false);
    }));

  test("a token selected in Python is shown even if the window cuts it off", () => {
    const tokens = Array.from({ length: 90 }, (_, i) => ` ${i}`);
    const far = texts([{ tokens, values: tokens.map((_, i) => (i === 3 ? 1 : 0)) }]);
    return withView(widget, heatmap(far), async ({ text, model, drawn }) => {
      expect(text(".npw-line")).not.toContain("80");
      model.set("selected", [0, 80]);
      await drawn();
      expect(text(".npw-line")).toContain("80");
    });
  });
});

describe("what only some features have", () => {
  test("DFA marks source and target, loss is underlined, both are read out", () => {
    const rich = texts([{ tokens: ["a", "b", "c"], values: [0, 0, 5] }], {
      dfa: { 0: { ...sparse([2, 1, 0]), source: 0, target: 2, max: 2 } },
      loss: { 0: sparse([0, 0.5, -0.5]) },
    });
    return withView(widget, heatmap(rich, { hovered: [0, 2] }), ({ text }) => {
      expect(text(".npw-source.npw-dfa")).toBe("a");
      expect(text(".npw-target.npw-pos")).toBe("c");
      expect(text(".npw-worse")).toBe("b");
      expect(text(".npw-better")).toBe("c");
      expect(text(".npw-readout")).toContain("DFA target · loss −0.50");
    });
  });
});

test("a threshold, the row's own scale and a straight curve change what is coloured", () =>
  withView(widget, heatmap(three, { threshold: 1.5 }), async ({ all, model, drawn }) => {
    expect(all(".npw-pos")).toHaveLength(2);
    model.set("threshold", 0);
    model.set("scale", "row");
    model.set("curve", "linear");
    await drawn();
    expect(all(".npw-pos").map(strengthOf)).toEqual([0.275, 1, 1]);
  }));

test("two views of one model do not know of each other", async () => {
  await withView(widget, heatmap(three), async ({ model, el, drawn }) => {
    const other = document.createElement("div");
    const end = widget.render({ model, el: other });
    end();
    expect(other.childElementCount).toBe(0);
    model.set("window", "full");
    await drawn();
    expect(el.querySelectorAll(".npw-row")).toHaveLength(2);
  });
});
