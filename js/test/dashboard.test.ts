import { describe, expect, test } from "vitest";
import widget from "../src/dashboard";
import { answerOf, dashboard, feature, strengthOf, texts } from "./data";
import { withView } from "./model";

const failure = {
  where: "feature",
  title: "Not found",
  message: "no feature 650",
  remedy: "look for another",
  retry: true,
} as const;

describe("a feature", () => {
  test("answers three questions", () =>
    withView(widget, dashboard(feature()), ({ all, text }) => {
      expect(all(".npw-title").map((node) => node.firstChild?.textContent)).toEqual(
        expect.arrayContaining(["What might it be?", "When does it fire?", "What does it do?"]),
      );
      expect(text(".npw-guess")).toBe("names of cities");
      expect(text(".npw-by")).toContain(
        "gpt-4o-mini · oai_token-act-pair · score 0.71 (recall_alt)",
      );
      expect(text(".npw-stats")).toBe("0.12 % of tokenspeak 8.0neuronpedia.org ↗");
      expect(text(".npw-facts")).toContain("blocks.6.hook_resid_pre");
      expect(text(".npw-from > summary")).toBe("fetched just now");
      expect(text(".npw-where [data-act=reload]")).toBe("reload");
    }));

  test("shows more explanations on a click", () =>
    withView(widget, dashboard(feature()), ({ all, one }) => {
      expect(all(".npw-guess")).toHaveLength(1);
      one("[data-act=more]").click();
      expect(all(".npw-guess")).toHaveLength(2);
    }));

  test.each([
    [{ density: null }, ".npw-stats", "density unknown"],
    [{ explanations: [] }, ".npw-guesses", "no explanation yet"],
    [{ logits: null }, ".npw-bars", "no logit weights were stored"],
    [{ histograms: null }, ".npw-bins", "no histograms were stored"],
    [{ dead: true, texts: texts([]) }, ".npw-chips", "never fired on the sampled text"],
    [{ vector: true, texts: texts([]) }, ".npw-chips", "A vector has no stored examples"],
    [{ note: "a small model" }, ".npw-note", "a small model"],
    [
      { comments: [{ author: null, text: "why?", date: null }] },
      ".npw-details > summary",
      "details · 1 comment",
    ],
  ] as const)("says what is missing or odd: %j", (changes, selector, said) =>
    withView(widget, dashboard(feature(changes as object)), ({ text }) => {
      expect(text(selector)).toContain(said);
    }),
  );

  test("never makes a link of a script", () =>
    withView(widget, dashboard(feature({ url: "javascript:alert(1)" })), ({ all }) => {
      expect(all("a")).toHaveLength(0);
    }));
});

describe("linked views", () => {
  test("a token under the pointer marks its bin, and its value is a trait", () =>
    withView(widget, dashboard(feature()), async ({ one, all, model, drawn }) => {
      one(".npw-area-fire .npw-peak").dispatchEvent(
        new PointerEvent("pointermove", { bubbles: true }),
      );
      await drawn();
      expect(model.get("marker")).toBe(8);
      expect(one(".npw-needle").hidden).toBe(false);
      expect(all(".npw-bin").findIndex((node) => node.classList.contains("npw-under"))).toBe(3);
    }));

  test("a chosen bin filters, says what is left, and is cleared by its chip", () =>
    withView(widget, dashboard(feature()), async ({ one, all, text, model, drawn }) => {
      all(".npw-bin")[3]?.click();
      await drawn();
      expect(model.get("value_range")).toEqual([6, 8]);
      expect(all(".npw-area-fire .npw-row")).toHaveLength(1);
      expect(text(".npw-bar")).toContain("1 of 2 examples");
      expect(text(".npw-chip")).toBe("values 6 – 8×");
      one(".npw-clear").click();
      await drawn();
      expect(model.get("value_range")).toBeNull();
    }));

  test("an empty filter says why", () =>
    withView(widget, dashboard(feature(), { value_range: [3.1, 3.4] }), ({ text }) => {
      expect(text(".npw-empty")).toBe("no example has a token between 3.1 and 3.4");
    }));

  test("a chosen promoted token shows where it comes next; both traits are one choice", () =>
    withView(widget, dashboard(feature()), async ({ one, all, model, drawn }) => {
      one("[data-act=token]").click();
      await drawn();
      expect([model.get("chosen"), model.get("next_token")]).toEqual([",", ","]);
      expect(all(".npw-area-fire .npw-row")).toHaveLength(1);
      model.set("next_token", null);
      await drawn();
      expect(model.get("chosen")).toBeNull();
      model.set("chosen", " now");
      await drawn();
      expect(model.get("next_token")).toBe(" now");
    }));
});

describe("going elsewhere", () => {
  test("by previous and next, index and neighbour", () =>
    withView(widget, dashboard(feature()), ({ one, model }) => {
      one("[aria-label='next feature']").click();
      expect(model.get("ref")).toBe("gpt2-small/6-res-jb/651");
      one("[data-act=goto]").click();
      expect(model.get("ref")).toBe("gpt2-small/6-res-jb/7");
      const field = one(".npw-index") as HTMLInputElement;
      const enter = (value: string): void => {
        field.value = value;
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      };
      enter("12x");
      expect(field.getAttribute("aria-invalid")).toBe("true");
      expect(model.get("ref")).toBe("gpt2-small/6-res-jb/7");
      enter("42");
      expect(model.get("ref")).toBe("gpt2-small/6-res-jb/42");
    }));

  test("not before the first, and not where the source cannot", () =>
    withView(widget, dashboard(feature(), { ref: "m/s/0" }), async ({ one, model, drawn }) => {
      one("[aria-label='previous feature']").click();
      expect(model.get("ref")).toBe("m/s/0");
      model.set("_cannot", { next: "one feature only" });
      await drawn();
      expect(one("[aria-label='next feature']").title).toBe("one feature only");
      one("[aria-label='next feature']").click();
      expect(model.get("ref")).toBe("m/s/0");
    }));

  test("not beyond the last, but back from there", () =>
    withView(
      widget,
      dashboard(feature(), { _cannot: { next: "nothing was found at 651" } }),
      ({ one, model }) => {
        one("[aria-label='next feature']").click();
        expect(model.get("ref")).toBe("gpt2-small/6-res-jb/650");
        one("[aria-label='previous feature']").click();
        expect(model.get("ref")).toBe("gpt2-small/6-res-jb/649");
      },
    ));

  test("keeps the old feature, dimmed, until the new one is there", () =>
    withView(widget, dashboard(feature(), { busy: "feature" }), ({ one }) => {
      expect(one(".npw-main").getAttribute("aria-busy")).toBe("true");
      expect(one(".npw-main").hidden).toBe(false);
    }));

  test("shows a skeleton where there is nothing yet", () =>
    withView(widget, dashboard(null, { busy: "feature" }), ({ all, one }) => {
      expect(all(".npw-skeleton").length).toBeGreaterThan(5);
      expect(one(".npw-main:not(.npw-waiting)").hidden).toBe(true);
    }));

  test("shows an error in its place, with a way to try again", () =>
    withView(widget, dashboard(null, { error: failure }), ({ one, text, model }) => {
      expect(text("[role=alert]")).toBe("Not foundno feature 650look for anothertry again");
      one("[data-act=retry]").click();
      expect(model.get("_command")).toEqual({ name: "retry", n: 1 });
      one("[data-act=retry]").click();
      expect(model.get("_command")).toEqual({ name: "retry", n: 2 });
    }));
});

describe("a text of one's own", () => {
  const type = (
    field: HTMLTextAreaElement,
    value: string,
    key = "Enter",
    shiftKey = false,
  ): void => {
    field.value = value;
    field.dispatchEvent(
      new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }),
    );
  };

  test("is sent on Enter, run again by the button, and stopped", () =>
    withView(widget, dashboard(feature()), async ({ one, model, drawn }) => {
      const field = one("textarea") as HTMLTextAreaElement;
      type(field, "two\nlines", "Enter", true);
      expect(model.get("text")).toBe("");
      type(field, "In Nairobi");
      expect(model.get("text")).toBe("In Nairobi");
      one("[data-act=run]").click();
      expect(model.get("_command")?.name).toBe("run");
      model.set("busy", "text");
      await drawn();
      one("[data-act=stop]").click();
      expect(model.get("_command")?.name).toBe("stop");
    }));

  test("is answered in the examples' scale", () => {
    const answer = answerOf({ tokens: ["In", " Rome"], values: [0, 4] });
    return withView(widget, dashboard(feature(), { _answer: answer }), ({ text, one }) => {
      expect(text(".npw-answer .npw-line")).toBe("In Rome");
      expect(strengthOf(one(".npw-answer .npw-pos"))).toBe(0.75);
    });
  });

  test("says so when nothing fires, and when it failed", () => {
    const answer = answerOf({ tokens: ["x"], values: [0] });
    const state = dashboard(feature(), { _answer: answer });
    return withView(widget, state, async ({ text, one, model, drawn }) => {
      expect(text(".npw-answer")).toContain("does not fire on this text");
      model.set("_answer", null);
      model.set("error", { ...failure, where: "text" });
      await drawn();
      expect(text(".npw-tryout [role=alert]")).toContain("Not found");
      expect(one(".npw-main").hidden).toBe(false);
    });
  });

  test("cannot be sent where the source runs none", () =>
    withView(
      widget,
      dashboard(feature(), { _cannot: { activate: "no model here" } }),
      ({ one, model }) => {
        expect((one("textarea") as HTMLTextAreaElement).disabled).toBe(true);
        expect(one("[data-act=run]").title).toBe("no model here");
        one("[data-act=run]").click();
        expect(model.get("_command")).toBeNull();
      },
    ));
});

test("without a kernel there is nothing to press that needs one", () =>
  withView(widget, dashboard(feature(), { _live: false }), ({ one, all }) => {
    expect(all("[data-act=step], [data-act=goto], [data-act=reload], .npw-index")).toHaveLength(0);
    expect(one(".npw-try").hidden).toBe(true);
  }));

test("options set their traits and follow them", () =>
  withView(widget, dashboard(feature()), async ({ one, model, drawn }) => {
    const set = (name: string, change: (field: HTMLInputElement) => void): void => {
      const field = one(`[name=${name}]`) as HTMLInputElement;
      change(field);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    };
    set("curve", (field) => {
      field.value = "linear";
    });
    set("breaks", (field) => {
      field.checked = false;
    });
    expect([model.get("curve"), model.get("breaks")]).toEqual(["linear", false]);
    model.set("scheme", "cividis");
    await drawn();
    expect((one("[name=scheme]") as HTMLSelectElement).value).toBe("cividis");
    expect(one(".npw-root").dataset["scheme"]).toBe("cividis");
  }));

test("help stands in every panel while `guide` is set", () =>
  withView(widget, dashboard(feature(), { guide: true }), async ({ one, all, model, drawn }) => {
    expect(all(".npw-guide")).toHaveLength(4);
    expect(one(".npw-root").hasAttribute("data-guide")).toBe(true);
    model.set("guide", false);
    await drawn();
    expect(one(".npw-root").hasAttribute("data-guide")).toBe(false);
  }));

test("every focusable element keeps its keys from the notebook", () =>
  withView(widget, dashboard(feature()), ({ all }) => {
    const focusable = all("button, input, select, textarea, summary, a[href], [tabindex]");
    expect(focusable.length).toBeGreaterThan(20);
    expect(focusable.filter((node) => node.dataset["lmSuppressShortcuts"] !== "true")).toEqual([]);
  }));
