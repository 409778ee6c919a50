import { describe, expect, test } from "vitest";
import widget from "../src/steering";
import type { Side, SteeringTraits } from "../src/steering/types";
import { type View, withView } from "./model";
import { CITIES, ladder, run, settings, traits } from "./steering-data";

type Seen = View<SteeringTraits>;
const texts = ({ all }: Seen): string[] =>
  all(".npw-steer-text").map((node) => node.textContent ?? "");
const marks = ({ all }: Seen, look = "differs"): string[] =>
  all(`.npw-steer-${look}`).map((node) => node.textContent ?? "");

describe("what was said", () => {
  test("stands side by side behind the prompt, with the words that differ marked and counted", () =>
    withView(widget, traits({ _runs: [run(1)] }), (seen) => {
      expect(texts(seen)).toEqual([
        "Once upon a time there was a king in a castle",
        "Once upon a time there was a king in Paris",
      ]);
      expect([marks(seen), marks(seen, "gave")]).toEqual([["Paris"], ["a castle"]]);
      expect(seen.one("mark").textContent).toBe("Paris");
      expect(seen.text(".npw-steer-status")).toBe("1 of 6 words differ");
      expect(seen.text(".npw-steer-heads")).toContain("names of cities +40");
      expect(seen.text(".npw-foot")).toContain("run 1 · 1.4 s · seed 16");
    }));

  test("is invited before there is any, by what is to be done first", () =>
    withView(widget, traits({ features: [], prompt: "" }), async (seen) => {
      const said = () => seen.text(".npw-steer-texts .npw-empty");
      expect(said()).toBe("Nothing was run yet: add a feature first.");
      seen.model.set("features", [CITIES]);
      await seen.drawn();
      expect(said()).toBe("Nothing was run yet: write a prompt first.");
      seen.model.set("prompt", "Once");
      await seen.drawn();
      expect(said()).toMatch(/Let go of a slider/);
    }));

  test("grows at its end, and what stands stays", () =>
    withView(
      widget,
      traits({ running: true, _run: run(null, { state: "running", steered: { text: " a" } }) }),
      async (seen) => {
        const [asked] = seen.all(".npw-steer-asked");
        for (const text of [" a fox", " a fox in", " a fox in Paris"]) {
          seen.model.set("_run", run(null, { state: "running", steered: { text } }));
          await seen.drawn();
        }
        expect(seen.all(".npw-steer-asked")[0]).toBe(asked);
        expect(texts(seen)[1]).toBe("Once upon a time a fox in Paris");
        expect(seen.text(".npw-steer-status")).toBe("writing …");
      },
    ));

  test("waits with what stood there before, or with bars where nothing did", async () => {
    const begun = run(null, { state: "running", default: null, steered: null });
    await withView(widget, traits({ running: true, _run: begun }), ({ all }) =>
      expect(all(".npw-steer-text .npw-skeleton")).toHaveLength(6),
    );
    await withView(widget, traits({ _runs: [run(1)] }), async (seen) => {
      seen.model.set("_run", begun);
      await seen.drawn();
      expect(texts(seen)[1]).toContain("Paris");
      expect(seen.all(".npw-steer-text.npw-dim")).toHaveLength(2);
      seen.model.set("_run", { ...begun, steered: { text: " a" } });
      await seen.drawn();
      expect(texts(seen)[1]).toBe("Once upon a time a");
      expect(seen.all(".npw-steer-text.npw-dim")).toHaveLength(1);
      seen.model.set("_run", { ...begun, default: { text: " b" }, steered: { text: " a" } });
      await seen.drawn();
      expect(seen.all(".npw-steer-text.npw-dim")).toEqual([]);
    });
  });

  test("cut short says so and why, and can be tried again", () =>
    withView(
      widget,
      traits({ _runs: [run(1, { state: "interrupted", why: "The connection broke off." })] }),
      (seen) => {
        expect(seen.text(".npw-steer-status")).toContain("Incomplete. The connection broke off.");
        seen.one("[data-act=retry]").click();
        expect(seen.model.get("_command")?.name).toBe("retry");
      },
    ));

  test("an error stands in its place, and what was there before stands back", () => {
    const error = {
      where: "run",
      title: "The rate limit is used up",
      message: "The limit of 240 requests is used up.",
      remedy: "All are free after 60 minutes.",
      retry: true,
    };
    const _runs = [run(1, { state: "interrupted", why: "It was stopped." })];
    return withView(widget, traits({ _runs, error }), (seen) => {
      expect(seen.text("[role=alert]")).toContain("60 minutes");
      expect(seen.all("[data-act=retry]")).toHaveLength(1);
      expect(seen.one(".npw-steer-blocks").classList).toContain("npw-dim");
      seen.one("[role=alert] [data-act=retry]").click();
      expect(seen.model.get("_command")?.name).toBe("retry");
    });
  });

  test("hostile text is text", () =>
    withView(
      widget,
      traits({ _runs: [run(1, { steered: { text: "<img src=x onerror=alert(1)>" } })] }),
      (seen) => {
        expect(texts(seen)[1]).toContain("<img src=x");
        expect(seen.all("img")).toEqual([]);
      },
    ));

  test("is tinted token by token where that is known, with what might have stood there", () => {
    const side: Side = {
      text: " a fox",
      tokens: [" a", " fox"],
      logprobs: [-0.001, -4],
      others: [[], [[" king", -0.5]]],
    };
    const _runs = [run(1, { default: side, steered: side })];
    return withView(widget, traits({ _runs, show_as: "probability" }), async (seen) => {
      const [, fox] = seen.all(".npw-steer-text:last-child .npw-steer-token");
      expect(fox!.className).toMatch(/npw-pos npw-a\d+/);
      expect(fox!.title).toBe("“ fox” 1.83 %\n“ king” 60.7 %");
      expect(marks(seen)).toEqual([]);
      seen.one("[data-act=tint][data-arg=differences]").click();
      expect(seen.model.get("show_as")).toBe("differences");
    });
  });
});

describe("a conversation", () => {
  const turns = [
    ["user", "Who are you?"],
    ["assistant", "a model", "a city"],
    ["user", "Where?"],
  ] as never;
  const chat = (more: Partial<SteeringTraits> = {}): SteeringTraits =>
    traits({
      _is_chat: true,
      _runs: [
        run(1, { prompt: null, turns, default: { text: "\nhere" }, steered: { text: "there" } }),
      ],
      ...more,
    });

  test("shows both answers to each message, side by side", () =>
    withView(widget, chat(), (seen) => {
      expect(texts(seen)).toEqual(["a model", "a city", "here", "there"]);
      expect(seen.all(".npw-steer-message").map((node) => node.textContent)).toEqual([
        "Who are you?",
        "Where?",
      ]);
      expect(marks(seen)).toEqual(["city", "there"]);
    }));

  test("does not hold the last answer for one to the next message", () =>
    withView(widget, chat(), async (seen) => {
      const [last] = seen.model.get("_runs");
      const begun = { ...last!, number: null, state: "running", default: null, steered: null };
      seen.model.set("_run", begun as never);
      await seen.drawn();
      expect(texts(seen).join()).not.toContain("there");
    }));

  test("goes on with the next message, and not while an answer comes", async () => {
    await withView(widget, chat(), (seen) => {
      const field = seen.one("[name=message]") as HTMLTextAreaElement;
      expect(field.value).toBe("");
      field.value = "Why?";
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      expect(seen.model.get("_command")).toMatchObject({ name: "say", text: "Why?" });
      expect(field.value).toBe("");
    });
    await withView(widget, chat({ running: true }), (seen) =>
      expect(seen.one("[data-act=say]").title).toBe("wait for the answer, or stop it"),
    );
  });

  test("begins with what was given, and can begin anew", async () => {
    await withView(widget, chat({ _runs: [], prompt: "Hello" }), (seen) =>
      expect((seen.one("[name=message]") as HTMLTextAreaElement).value).toBe("Hello"),
    );
    await withView(widget, chat(), (seen) => {
      seen.one("[data-act=reset]").click();
      expect(seen.model.get("_command")?.name).toBe("reset");
    });
  });
});

describe("a sweep", () => {
  test("shows each strength with its words, its measures and where it turns", () =>
    withView(widget, traits({ _ladder: ladder() }), (seen) => {
      const [first, second] = seen.all(".npw-steer-rung");
      expect(first!.textContent).toContain("… a king");
      expect(second!.textContent).toContain("the concept appears");
      expect(second!.querySelector(".npw-steer-promoted")!.textContent).toBe("Paris");
      expect(second!.querySelector(".npw-steer-old")!.textContent).toContain("a king");
      expect(seen.text(".npw-steer-ladder .npw-steer-heading")).toContain("2 of 3");
      second!.querySelector<HTMLElement>("[data-act=show]")!.click();
      expect(seen.model.get("shown")).toBe(2);
    }));

  test("marks the step whose texts stand above it, chosen or not", () =>
    withView(widget, traits({ _ladder: ladder(), _runs: [run(1), run(2)] }), async (seen) => {
      const marks = () =>
        seen.all(".npw-steer-rung").map((step) => step.getAttribute("aria-current"));
      expect(marks()).toEqual([null, "true"]);
      seen.model.set("shown", 1);
      await seen.drawn();
      expect(marks()).toEqual(["true", null]);
      seen.model.set("compared", [1, 2]);
      await seen.drawn();
      expect(marks()).toEqual([null, null]);
    }));

  test("rounds its shares, as the frame's readers do", () => {
    const [first, second] = ladder().rungs;
    const rungs = [first!, { ...second!, promoted_share: 0.118, repeated_share: 0.284 }];
    return withView(widget, traits({ _ladder: ladder({ rungs }) }), (seen) => {
      const shares = [...seen.all(".npw-steer-rung")[1]!.querySelectorAll(".npw-steer-share")];
      expect(shares.map((share) => share.textContent)).toEqual(["12 %", "28 %"]);
    });
  });

  test("adds steps below those that stand; another sweep begins anew", () =>
    withView(widget, traits({ _ladder: ladder() }), async (seen) => {
      const [first] = seen.all(".npw-steer-rung");
      const { rungs } = ladder();
      seen.model.set("_ladder", ladder({ rungs: [...rungs, { ...rungs[1]!, number: null }] }));
      await seen.drawn();
      expect(seen.all(".npw-steer-rung")).toHaveLength(3);
      expect(seen.all(".npw-steer-rung")[0]).toBe(first);
      seen.model.set("_ladder", ladder({ number: 2 }));
      await seen.drawn();
      expect(seen.all(".npw-steer-rung")[0]).not.toBe(first);
    }));
});

describe("the history", () => {
  const _runs = [
    run(1),
    run(2, { steered: { text: " there was a king in Berlin" } }),
    run(3, { settings: { ...settings, seed: 5 }, state: "interrupted", why: "It was stopped." }),
  ];

  test("lists the runs, the last one first, and shows any of them again", () =>
    withView(widget, traits({ _runs }), async (seen) => {
      const lines = seen.all(".npw-steer-past").map((node) => node.textContent);
      expect(lines).toHaveLength(3);
      expect(lines[0]).toContain("seed 5 · incomplete");
      seen.one(".npw-steer-past [data-arg='1']").click();
      expect(seen.model.get("shown")).toBe(1);
      await seen.drawn();
      expect(texts(seen)[1]).toContain("Paris");
    }));

  test("lays two runs side by side", () =>
    withView(widget, traits({ _runs }), async (seen) => {
      for (const number of [3, 2, 1]) {
        const box = seen.one(`.npw-steer-past [name="${number}"]`) as HTMLInputElement;
        box.checked = true;
        box.dispatchEvent(new Event("change", { bubbles: true }));
        await seen.drawn();
      }
      expect(seen.model.get("compared")).toEqual([2, 1]);
      expect(seen.text(".npw-steer-heads")).toMatch(/^Run 2.*Run 1/);
      expect(marks(seen)).toEqual(["Paris"]);
      seen.one(".npw-steer-past [data-arg='3']").click();
      expect(seen.model.get("compared")).toEqual([]);
      seen.model.set("compared", [2, 1]);
      await seen.drawn();
      seen.one("[data-act=single]").click();
      await seen.drawn();
      expect(seen.model.get("compared")).toEqual([]);
      expect(seen.text(".npw-steer-heads")).toMatch(/^Default/);
    }));

  test("puts what a run was asked with back into the fields", () =>
    withView(
      widget,
      traits({ _runs, shown: 1, features: [], strengths: {}, muted: [CITIES] }),
      (seen) => {
        seen.one("[data-act=again]").click();
        expect(seen.model.saved.at(-1)).toMatchObject({
          muted: [],
          features: [CITIES],
          strengths: { [CITIES]: 40 },
        });
      },
    ));
});
