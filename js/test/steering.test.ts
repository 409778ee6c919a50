import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import widget from "../src/steering";
import { caught, meaning, placeOf, spelt, strengthAt } from "../src/steering/scale";
import type { SteeringTraits } from "../src/steering/types";
import { compare, tally } from "../src/steering/words";
import { type View, withView } from "./model";
import { CITIES, KINGS, run, settings, traits } from "./steering-data";

type Seen = View<SteeringTraits>;
const field = ({ one }: Seen, selector: string): HTMLInputElement =>
  one(selector) as HTMLInputElement;
const happen = (node: HTMLElement, name: string): boolean =>
  node.dispatchEvent(new Event(name, { bubbles: true }));
const press = (node: HTMLElement, key: string): boolean =>
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const commands = ({ model }: Seen): unknown[] =>
  model.saved.flatMap(({ _command }) => (_command ? [_command.name] : []));
/** Moves a slider as a pointer does; letting it go is a change. */
const drag = (seen: Seen, place: number): void => {
  const slider = field(seen, "[type=range]");
  slider.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  slider.value = `${place}`;
  happen(slider, "input");
};
const strength = ({ model }: Seen): number => model.get("strengths")[CITIES]!;
const read = (seen: Seen): string => seen.text(".npw-steer-read");

describe("the scale", () => {
  test("is the site's: symmetric, zero in its middle, finer near zero", () => {
    expect([strengthAt(0), strengthAt(1), strengthAt(-1)]).toEqual([0, 300, -300]);
    expect(strengthAt(0.5)).toBeCloseTo(1.73, 2);
    for (const value of [0.02, 0.5, 38.5, 300, -12])
      expect(strengthAt(placeOf(value))).toBeCloseTo(value, 2);
    expect(placeOf(3000)).toBe(1);
  });

  test("lets a pointer catch zero and the ticks", () => {
    expect(caught(0.01, [])).toBe(0);
    expect(caught(placeOf(40) + 0.01, [40])).toBe(40);
    expect(caught(placeOf(40) + 0.05, [40])).toBeGreaterThan(50);
  });

  test("spells a strength with its sign and no more decimals than it has", () => {
    expect([38.5, -12, 0, 2.76].map(spelt)).toEqual(["+38.5", "−12", "0", "+2.76"]);
  });
});

describe("what a strength means", () => {
  test("is a multiple of the peak only where it is added", () => {
    expect(meaning(40, 8.5, "additive")).toBe("4.7 × its peak");
    expect(meaning(40, null, "additive")).toBe("peak unknown");
    expect([0, 1, 3, -2].map((strength) => meaning(strength, 8.5, "orthogonal"))).toEqual([
      "takes it away",
      "1 changes nothing",
      "3 × what is there",
      "−2 × what is there",
    ]);
    expect(meaning(4, 8.5, "projection-cap")).toBe("held to at most +4");
  });

  test("follows the method that is set", () =>
    withView(widget, traits(), async (seen) => {
      expect(read(seen)).toMatch(/its peak/);
      seen.model.set("settings", { ...settings, method: "orthogonal" });
      await vi.waitFor(() => expect(read(seen)).toMatch(/what is there/));
      expect(field(seen, "[type=range]").getAttribute("aria-valuetext")).toMatch(/what is there/);
      seen.model.set("strengths", { [CITIES]: 2 });
      await vi.waitFor(() => expect(read(seen)).toBe("2 × what is there"));
      expect(seen.all(".npw-steer-tick")).toEqual([]); // what is suggested is an amount to add
    }));
});

describe("words that differ", () => {
  const parts = (left: string, right: string, isWhole = true): string[] =>
    compare(left, right, isWhole)[1].map(({ text, differs }) => (differs ? `[${text}]` : text));

  test("are found with the fewest changes, the space before them left out", () => {
    expect(parts(" a king in a castle", " a fox in a big castle").join("")).toBe(
      " a [fox] in a [big] castle",
    );
    expect(parts("", "a b")).toEqual(["[a b]"]);
    expect(parts("same", "same")).toEqual(["same"]);
    expect(parts("x y a b c", "a b c x").join("")).toBe("a b c [x]");
    expect(parts("a king", " a\nking")).toEqual([" a\nking"]);
  });

  test("are not judged where only one text has come so far", () => {
    expect(parts("a king", "a fox lives here", false).join("")).toBe("a [fox] lives here");
  });

  test("are counted", () => {
    expect(tally(compare("a king", "a fox lives", true)[1])).toEqual([2, 3]);
  });
});

describe("a slider", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("changes only what it reads while it moves, and runs when it is let go", () =>
    withView(widget, traits(), async (seen) => {
      drag(seen, 0.9);
      drag(seen, 0.8);
      await vi.advanceTimersByTimeAsync(0);
      expect(seen.model.saved).toEqual([]);
      expect(read(seen)).toMatch(/^4\.\d × its peak/);
      happen(field(seen, "[type=range]"), "change");
      expect(seen.model.saved).toEqual([
        { strengths: { [CITIES]: strength(seen) }, _command: { name: "run", n: 1 } },
      ]);
      expect(strength(seen)).toBeCloseTo(38.17, 1);
    }));

  test("that is held does not jump back when the kernel repeats what was before", () =>
    withView(widget, traits(), async (seen) => {
      drag(seen, 0.9);
      seen.model.set("strengths", { [CITIES]: 7 });
      await vi.advanceTimersByTimeAsync(0);
      expect(field(seen, "[type=range]").value).toBe("0.9");
      happen(field(seen, "[type=range]"), "change");
      expect(strength(seen)).toBeCloseTo(107, 0);
      seen.model.set("strengths", { [CITIES]: 7 });
      await vi.advanceTimersByTimeAsync(0);
      expect(read(seen)).toMatch(/^0\.82 × its peak/);
    }));

  test("runs while it is dragged where that is wished, and not once more at its end", () =>
    withView(widget, traits({ run_while_dragging: true }), (seen) => {
      drag(seen, 0.9);
      expect(seen.model.saved).toHaveLength(1);
      happen(field(seen, "[type=range]"), "change");
      expect(commands(seen)).toEqual([]);
    }));

  test("moved by keys is let go by a pause, or by Enter, and never jumps to a tick", () =>
    withView(widget, traits(), (seen) => {
      const slider = field(seen, "[type=range]");
      for (const place of [0.655, 0.653, 0.651]) {
        press(slider, "ArrowLeft");
        slider.value = `${place}`;
        happen(slider, "input");
        happen(slider, "change");
        vi.advanceTimersByTime(200);
      }
      expect(commands(seen)).toEqual([]);
      expect(read(seen)).not.toMatch(/^1\.0 ×/);
      vi.advanceTimersByTime(1000);
      expect(commands(seen)).toEqual(["run"]);
      press(slider, "ArrowLeft");
      happen(slider, "change");
      press(slider, "Enter");
      vi.advanceTimersByTime(1000);
      expect(commands(seen)).toEqual(["run", "run"]);
    }));

  test("has a field that takes a number in anybody's writing, and bounds it", () =>
    withView(widget, traits(), (seen) => {
      const number = field(seen, ".npw-steer-number");
      for (const [typed, wanted] of [
        ["−12,5", -12.5],
        ["+9000", 300],
      ] as const) {
        number.value = typed;
        happen(number, "change");
        expect(strength(seen)).toBe(wanted);
      }
      number.value = "fox";
      happen(number, "change");
      expect(strength(seen)).toBe(300);
      expect(commands(seen)).toEqual(["run", "run"]);
    }));

  test("goes to what is suggested with a click, and says itself to a screen reader", () =>
    withView(widget, traits(), (seen) => {
      const slider = field(seen, "[type=range]");
      expect(slider.getAttribute("aria-valuetext")).toBe("+40, 4.7 × its peak");
      seen.one("[data-act=strength]").click();
      expect(strength(seen)).toBe(8.5);
      expect(commands(seen)).toEqual(["run"]);
    }));

  test("does not run without a prompt, and keeps its place", () =>
    withView(widget, traits({ prompt: "" }), (seen) => {
      drag(seen, 0.9);
      happen(field(seen, "[type=range]"), "change");
      expect(commands(seen)).toEqual([]);
      expect(seen.model.saved).toHaveLength(1);
    }));

  test("of a recording runs what was recorded, and says of the rest that it is not there", () => {
    const _recorded = { [CITIES]: [0, 40, 80] };
    return withView(widget, traits({ _recorded }), async (seen) => {
      expect(seen.all(".npw-steer-tick")).toHaveLength(3);
      drag(seen, 0.9);
      happen(field(seen, "[type=range]"), "change");
      await vi.advanceTimersByTimeAsync(0);
      expect(commands(seen)).toEqual([]);
      expect(seen.text(".npw-steer-read")).toBe("not in the recording · nearest +80");
      seen.one("[data-act=strength]").click();
      expect([strength(seen), commands(seen)]).toEqual([80, ["run"]]);
      await vi.advanceTimersByTimeAsync(0);
      // What is suggested is not in it.
      expect(read(seen)).toBe("9.4 × its peak");
    });
  });
});

describe("the features", () => {
  test("are left out, removed and opened", () =>
    withView(widget, traits({ features: [CITIES, KINGS] }), (seen) => {
      const [box] = seen.all("[data-ref] [type=checkbox]") as HTMLInputElement[];
      box!.checked = false;
      happen(box!, "change");
      expect(seen.model.get("muted")).toEqual([CITIES]);
      seen.one(`[data-act=choose][data-arg="${CITIES}"]`).click();
      expect(seen.model.get("selected")).toBe(CITIES);
      seen.one(`[data-act=remove][data-arg="${CITIES}"]`).click();
      const { features, strengths, muted } = seen.model.saved.at(-1)!;
      expect([features, strengths, muted]).toEqual([[KINGS], {}, []]);
    }));

  test("keep their lines, and with them the focus, when another one comes", () =>
    withView(widget, traits(), async (seen) => {
      const [line] = seen.all("[data-ref]");
      seen.model.set("features", [CITIES, KINGS]);
      await seen.drawn();
      expect(seen.all("[data-ref]")).toHaveLength(2);
      expect(seen.all("[data-ref]")[0]).toBe(line);
      expect(seen.all("[data-ref]")[1]!.textContent).toContain("looking it up");
    }));

  test("are found by the field, with Enter, and added from what it found", () => {
    const hits = { query: "kings", state: "known", error: null } as const;
    return withView(widget, traits(), async (seen) => {
      const find = field(seen, "[name=find]");
      find.value = "kings";
      press(find, "Enter");
      expect(seen.model.get("_command")).toMatchObject({ name: "find", text: "kings" });
      seen.model.set("_hits", { ...hits, hits: [{ ref: KINGS, text: "kings", cosine: 0.7 }] });
      await seen.drawn();
      seen.one(`[data-act=add][data-arg="${KINGS}"]`).click();
      expect(seen.model.get("features")).toEqual([CITIES, KINGS]);
      await seen.drawn();
      expect(seen.one("[data-act=add]").getAttribute("aria-disabled")).toBe("true");
    });
  });

  test("come from presets, which are asked for when they are unfolded", () => {
    const preset = {
      name: "towns",
      method: "orthogonal",
      own: false,
      features: [[KINGS, "kings", 60]] as [string, string, number][],
    };
    return withView(widget, traits({ muted: [CITIES] }), async (seen) => {
      const details = seen.one(".npw-steer-presets");
      details.setAttribute("open", "");
      expect(commands(seen)).toEqual(["presets"]);
      seen.model.set("_presets", { state: "known", error: null, presets: [preset] });
      await seen.drawn();
      seen.one("[data-act=preset]").click();
      const { features, strengths, muted, settings: own } = seen.model.saved.at(-1)!;
      expect([features, strengths, muted]).toEqual([[KINGS], { [KINGS]: 60 }, []]);
      expect(own?.method).toBe("orthogonal");
    });
  });
});

describe("the fields and buttons", () => {
  test("run with the prompt as it stands, by button and by Enter", () =>
    withView(widget, traits(), (seen) => {
      const prompt = field(seen, "[name=prompt]");
      prompt.value = "In Paris";
      happen(prompt, "input");
      expect(seen.model.saved).toEqual([{ prompt: "In Paris" }]);
      seen.one("[data-act=run]").click();
      expect(commands(seen)).toEqual(["run"]);
      press(prompt, "Enter");
      expect(commands(seen)).toEqual(["run", "run"]);
      const breaks = { key: "Enter", shiftKey: true, bubbles: true, cancelable: true };
      expect(prompt.dispatchEvent(new KeyboardEvent("keydown", breaks))).toBe(true);
      expect(commands(seen)).toEqual(["run", "run"]);
    }));

  test("say why nothing can be run", async () => {
    for (const [more, why] of [
      [{ prompt: "" }, "write a prompt first"],
      [{ muted: [CITIES] }, "add a feature first"],
      [{ _cannot: { steer: "It does not steer." } }, "It does not steer."],
    ] as const)
      await withView(widget, traits(more as never), (seen) => {
        expect(seen.one("[data-act=run]").title).toBe(why);
        seen.one("[data-act=run]").click();
        expect(commands(seen)).toEqual([]);
      });
  });

  test("set what is advanced, inside of its range", () =>
    withView(widget, traits(), (seen) => {
      for (const [name, typed, wanted] of [
        ["temperature", "5", 2],
        ["seed", "3.4", 3],
      ] as const) {
        const input = field(seen, `[name=${name}]`);
        input.value = typed;
        happen(input, "change");
        expect(seen.model.get("settings")[name]).toBe(wanted);
      }
      const method = field(seen, "[name=method]");
      method.value = "orthogonal";
      happen(method, "change");
      expect(seen.model.get("settings")).toEqual({
        ...settings,
        temperature: 2,
        seed: 3,
        method: "orthogonal",
      });
      expect(seen.text(".npw-steer-fields")).toContain("no effect");
      expect(seen.text(".npw-steer-settings-line")).toContain("orthogonal");
    }));

  test("offer to sweep over what is usual, or recorded, until somebody writes a range", () =>
    withView(widget, traits(), async (seen) => {
      const range = field(seen, "[name=range]");
      expect(range.value).toBe("0, 8.5, 34");
      const [feature] = seen.model.get("_features");
      seen.model.set("_features", [{ ...feature!, usual: [0, 1, 2] }]);
      await seen.drawn();
      expect(range.value).toBe("0, 1, 2");
      seen.model.set("_recorded", { [CITIES]: [0, 40] });
      await seen.drawn();
      expect(range.value).toBe("0, 40");
      range.value = "5, 6";
      seen.model.set("_recorded", null);
      await seen.drawn();
      expect(range.value).toBe("5, 6");
    }));

  test("sweep over the strengths that are written", () =>
    withView(widget, traits(), (seen) => {
      seen.one("[data-act=sweep]").click();
      const range = field(seen, "[name=range]");
      expect(range.value).toBe("0, 8.5, 34");
      range.value = "0, −20 40";
      happen(range, "input");
      seen.one("[data-act=climb]").click();
      expect(seen.model.get("_command")).toEqual({
        name: "sweep",
        n: 1,
        ref: CITIES,
        strengths: [0, -20, 40],
      });
      range.value = "7";
      happen(range, "input");
      expect(seen.one("[data-act=climb]").title).toBe("two strengths at least");
      press(range, "Enter");
      range.value = "0, 2o, 40";
      happen(range, "input");
      expect(seen.one("[data-act=climb]").title).toBe("“2o” is no number");
      press(range, "Enter");
      expect(commands(seen)).toEqual(["sweep"]);
    }));

  test("stop what runs, and say what is left", () =>
    withView(
      widget,
      traits({ running: true, _left: { count: 3, line: "3 requests left" } }),
      (seen) => {
        seen.one("[data-act=stop]").click();
        expect(commands(seen)).toEqual(["stop"]);
        expect(seen.text(".npw-steer-left")).toBe("3 requests left");
      },
    ));

  test("are gone without a kernel, and what was said stays", () =>
    withView(widget, traits({ _live: false, _runs: [run(1)] }), (seen) => {
      for (const act of ["run", "find", "presets", "remove"])
        for (const node of seen.all(`[data-act=${act}]`))
          expect(node.closest("[hidden]")).not.toBeNull();
      expect(field(seen, "[type=range]").disabled).toBe(true);
      expect(seen.text(".npw-steer-texts")).toContain("Paris");
    }));
});
