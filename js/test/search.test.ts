import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import widget from "../src/search";
import type { Card, Found, SearchTraits } from "../src/search/types";
import { texts } from "./data";
import { idle, type View, withView } from "./model";

const card = (n: number, more: Partial<Card> = {}): Card => ({
  ref: `gpt2-small/6-res-jb/${n}`,
  url: `https://www.neuronpedia.org/gpt2-small/6-res-jb/${n}`,
  text: `explanation ${n}`,
  author: "gpt-4o-mini",
  method: "oai_token-act-pair",
  cosine: 0.9 - n / 10,
  known: true,
  density: 0.01 * n,
  max_activation: 8,
  promoted: [" Paris"],
  examples: 1,
  ...more,
});

const page = (...cards: Card[]) => ({
  cards,
  texts: texts(
    cards.flatMap(({ examples }) => Array(examples).fill({ tokens: [" a", " b"], values: [0, 8] })),
  ),
});

const found = (more: Partial<Found> = {}): Found => ({
  search: 1,
  query: "cities",
  where: "gpt2-small",
  pages: [page(card(0), card(1), card(2))],
  more: true,
  broken: null,
  provenance: { line: "fetched just now", stale: false, more: ["no warnings"] },
  ...more,
});

const traits = (more: Partial<SearchTraits> = {}): SearchTraits => ({
  ...idle,
  query: "cities",
  model: "gpt2-small",
  sources: ["6-res-jb"],
  release: null,
  min_cosine: null,
  density_threshold: null,
  keep_unknown: true,
  _found: found(),
  ...more,
});

const limited = {
  where: "more",
  title: "The rate limit is used up",
  message: "The limit of 200 requests in 60 minutes is used up.",
  remedy: "Some are free again within minutes.",
  retry: true,
} as const;

type Seen = View<SearchTraits>;
const field = ({ one }: Seen): HTMLInputElement => one(".npw-search-query") as HTMLInputElement;
const type = (seen: Seen, text: string): void => {
  field(seen).value = text;
  field(seen).dispatchEvent(new Event("input", { bubbles: true }));
};
const press = (node: HTMLElement, key: string): boolean =>
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const queries = ({ model }: Seen): unknown[] =>
  model.saved.flatMap((patch) => ("query" in patch ? [patch.query] : []));
const commands = ({ model }: Seen): unknown[] =>
  model.saved.flatMap(({ _command }) => (_command ? [_command.name] : []));

describe("the field", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("asks after a pause, once, however many keys came before it", () =>
    withView(widget, traits(), (seen) => {
      for (const text of ["rel", "reli", "relig", "religious text"]) {
        type(seen, text);
        vi.advanceTimersByTime(200);
      }
      expect(queries(seen)).toEqual([]);
      vi.advanceTimersByTime(1000);
      expect(queries(seen)).toEqual(["religious text"]);
    }));

  test("asks at once with Enter, and not again after the pause", () =>
    withView(widget, traits(), (seen) => {
      type(seen, "rivers");
      press(field(seen), "Enter");
      vi.advanceTimersByTime(1000);
      expect(queries(seen)).toEqual(["rivers"]);
    }));

  test("says in itself that a query is too short, and asks nothing", () =>
    withView(widget, traits(), (seen) => {
      type(seen, "ab");
      expect(seen.text(".npw-search-hint")).toBe("at least 3 characters");
      expect(field(seen).getAttribute("aria-invalid")).toBe("true");
      press(field(seen), "Enter");
      vi.advanceTimersByTime(1000);
      expect(queries(seen)).toEqual([]);
      type(seen, "abc");
      expect(seen.text(".npw-search-hint")).toBe("");
    }));

  test("emptied on the way to another question it keeps what was found, until Enter", () =>
    withView(widget, traits(), (seen) => {
      type(seen, "");
      vi.advanceTimersByTime(1000);
      expect(queries(seen)).toEqual([]);
      press(field(seen), "Enter");
      expect(queries(seen)).toEqual([""]);
    }));

  test("does not undo the letters typed since it asked, and follows Python", () =>
    withView(widget, traits(), async (seen) => {
      type(seen, "rivers ");
      press(field(seen), "Enter");
      await vi.advanceTimersByTimeAsync(0);
      expect(field(seen).value).toBe("rivers ");
      seen.model.set("query", "lakes");
      await vi.advanceTimersByTimeAsync(0);
      expect(field(seen).value).toBe("lakes");
    }));

  test("asks the same again with Enter, and never while letters are being composed", () =>
    withView(widget, traits(), (seen) => {
      press(field(seen), "Enter");
      expect(commands(seen)).toEqual(["run"]);
      field(seen).value = "日本語";
      field(seen).dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
      vi.advanceTimersByTime(1000);
      expect(queries(seen)).toEqual([]);
    }));

  test("is refused with the reason where the source cannot search, and gone without a kernel", async () => {
    await withView(widget, traits({ _cannot: { ask: "It searches nothing." } }), (seen) => {
      expect(field(seen).disabled).toBe(true);
      expect(seen.one(".npw-search-field").title).toBe("It searches nothing.");
    });
    await withView(widget, traits({ _live: false }), (seen) => {
      expect(seen.one(".npw-search-field").hidden).toBe(true);
    });
  });
});

describe("the results", () => {
  test("say what was found, where, and what is left out", () =>
    withView(widget, traits({ density_threshold: 0.01 }), async (seen) => {
      expect(seen.text(".npw-search-said")).toBe(
        "2 of 3 explanations for “cities” in gpt2-small, closest first",
      );
      seen.model.set("density_threshold", null);
      await seen.drawn();
      expect(seen.text(".npw-search-said")).toMatch(/^3 explanations/);
      expect(seen.text(".npw-from summary")).toBe("fetched just now");
    }));

  test("hold what one needs to judge by", () =>
    withView(widget, traits(), ({ one }) => {
      const said = one("[role=option]").textContent;
      for (const part of [
        "0.90",
        "explanation 0",
        "gpt-4o-mini · oai_token-act-pair",
        "peak 8.0",
        "·Paris",
      ])
        expect(said).toContain(part);
    }));

  test("say what is unknown", () => {
    const cards = [
      card(0, { density: null, cosine: null, author: null, method: null, text: "" }),
      card(1, { known: false, density: null, examples: 0, promoted: [] }),
    ];
    return withView(widget, traits({ _found: found({ pages: [page(...cards)] }) }), ({ all }) => {
      const [first, second] = all("[role=option]").map((node) => node.textContent);
      for (const part of ["?", "(empty)", "density unknown", "author unknown"])
        expect(first).toContain(part);
      expect(second).toContain("not in the database");
    });
  });

  test("another page is added below; what stands stays as it is", () =>
    withView(widget, traits(), async (seen) => {
      const [first] = seen.all("[role=option]");
      const pages = [...found().pages, page(card(3))];
      seen.model.set("_found", found({ pages, more: false }));
      await seen.drawn();
      expect(seen.all("[role=option]")).toHaveLength(4);
      expect(seen.all("[role=option]")[0]).toBe(first);
      expect(seen.text(".npw-search-end")).toBe("that is all");
    }));

  test("another search draws anew, even where it finds as much", () =>
    withView(widget, traits(), async (seen) => {
      seen.model.set("_found", found({ search: 2, pages: [page(card(7), card(8), card(9))] }));
      await seen.drawn();
      expect(seen.all("[role=option]").map((node) => node.dataset["arg"])).toEqual(
        [7, 8, 9].map((n) => `gpt2-small/6-res-jb/${n}`),
      );
    }));

  test("an error in the middle stands at the end, says when to go on, and what arrived stays", () =>
    withView(widget, traits({ error: limited }), (seen) => {
      expect(seen.all("[role=option]")).toHaveLength(3);
      expect(seen.text(".npw-search-end [role=alert]")).toContain(
        "Some are free again within minutes.",
      );
      seen.one(".npw-search-end [data-act=retry]").click();
      expect(commands(seen)).toEqual(["retry"]);
    }));

  test("so does what broke several pages off", () =>
    withView(widget, traits({ _found: found({ broken: limited }) }), (seen) => {
      expect(seen.text(".npw-search-end [role=alert]")).toContain("used up");
    }));

  test("an error of the question stands above, and bars where nothing is yet", async () => {
    const wrong = { ...limited, where: "query" };
    await withView(widget, traits({ error: wrong, _found: null }), (seen) => {
      expect(seen.text(".npw-search-found > div [role=alert]")).toContain("used up");
      expect(seen.all(".npw-search-end [role=alert]")).toHaveLength(0);
    });
    await withView(widget, traits({ busy: "query", _found: null }), (seen) => {
      expect(seen.all(".npw-skeleton").length).toBeGreaterThan(3);
      seen.one("[data-act=stop]").click();
      expect(commands(seen)).toEqual(["stop"]);
    });
  });

  test("a button asks for more, for those who do not scroll", () =>
    withView(widget, traits(), (seen) => {
      seen.one("[data-act=more]").click();
      expect(commands(seen)).toEqual(["more"]);
    }));

  test("nothing found says so", () =>
    withView(widget, traits({ _found: found({ pages: [page()], more: false }) }), (seen) => {
      expect(seen.text(".npw-search-said")).toBe("no explanations for “cities” in gpt2-small");
    }));
});

describe("choosing", () => {
  test("by click and by keys, and again to close", () =>
    withView(widget, traits(), async (seen) => {
      const [first, second] = seen.all("[role=option]");
      first!.click();
      await seen.drawn();
      expect(seen.model.get("selected")).toBe("gpt2-small/6-res-jb/0");
      expect(first!.getAttribute("aria-selected")).toBe("true");
      first!.focus();
      press(first!, "ArrowDown");
      expect(document.activeElement).toBe(second);
      press(second!, "Enter");
      await seen.drawn();
      expect(seen.model.get("selected")).toBe("gpt2-small/6-res-jb/1");
      second!.click();
      expect(seen.model.get("selected")).toBeNull();
    }));

  test("arrows lead from the field into the cards, past those that are left out", () =>
    withView(widget, traits({ density_threshold: 0.02, min_cosine: 0.75 }), (seen) => {
      press(field(seen), "ArrowDown");
      expect((document.activeElement as HTMLElement).dataset["arg"]).toBe("gpt2-small/6-res-jb/0");
      press(document.activeElement as HTMLElement, "End");
      expect((document.activeElement as HTMLElement).dataset["arg"]).toBe("gpt2-small/6-res-jb/1");
    }));

  test("needs a kernel; without one a card links to its page", () =>
    withView(widget, traits({ _live: false }), (seen) => {
      seen.all("[role=option]")[0]!.click();
      expect(seen.model.get("selected")).toBeNull();
      expect(seen.one("a").getAttribute("href")).toContain("/gpt2-small/6-res-jb/0");
      expect(seen.all("button").filter((node) => !node.closest("[hidden]"))).toHaveLength(0);
    }));
});

describe("the filters", () => {
  const change = ({ one }: Seen, name: string, text: string): void => {
    const input = one(`[name=${name}]`) as HTMLInputElement;
    input.value = text;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  test("stand as they were given, and commit when they are left", () =>
    withView(widget, traits(), (seen) => {
      const shown = (name: string): string =>
        (seen.one(`[name=${name}]`) as HTMLInputElement).value;
      expect([shown("model"), shown("sources"), shown("release")]).toEqual([
        "gpt2-small",
        "6-res-jb",
        "",
      ]);
      change(seen, "sources", "6-res-jb, 7-res-jb");
      expect(seen.model.get("sources")).toEqual(["6-res-jb", "7-res-jb"]);
      change(seen, "model", " ");
      expect(seen.model.get("model")).toBeNull();
      change(seen, "min_cosine", "0,5");
      expect(seen.model.get("min_cosine")).toBe(0.5);
      change(seen, "min_cosine", "x");
      expect(seen.model.get("min_cosine")).toBeNull();
    }));

  test("sift what arrived, unknown values too", () => {
    const cards = [card(0), card(1, { density: null }), card(2, { cosine: null })];
    const state = traits({
      min_cosine: 0.1,
      density_threshold: 0.5,
      _found: found({ pages: [page(...cards)] }),
    });
    return withView(widget, state, ({ all }) => {
      expect(all("[role=option]").map((node) => node.hidden)).toEqual([false, false, true]);
    });
  });
});
