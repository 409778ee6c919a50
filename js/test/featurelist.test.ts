import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import widget from "../src/featurelist";
import { orderOf } from "../src/featurelist/order";
import { sheetOf } from "../src/featurelist/sheet";
import type { ColumnData, ListTraits, RowsData } from "../src/featurelist/types";
import { texts } from "./data";
import { idle, type View, withView } from "./model";

const base64 = (array: ArrayBufferView): string =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const doubles = (values: (number | null)[]): string =>
  base64(new Float64Array(values.map((value) => value ?? Number.NaN)));

const column = (key: string, kind: ColumnData["kind"], values: unknown[]): ColumnData => ({
  key,
  label: key,
  kind,
  values: kind === "text" ? (values as string[]) : doubles(values as number[]),
});

const rows = (
  count: number,
  columns: ColumnData[] = [],
  more: Partial<RowsData> = {},
): RowsData => ({
  count,
  sources: [["gpt2-small", "6-res-jb"]],
  index: doubles(Array.from({ length: count }, (_, i) => i)),
  columns,
  site: "https://www.neuronpedia.org",
  more: false,
  lacking: 0,
  absent: 0,
  provenance: null,
  ...more,
});

const four = (): RowsData =>
  rows(
    4,
    [
      column("explanation", "text", ["rivers", "Banks of rivers", null, "cities"]),
      column("density", "density", [0.02, 0.001, null, 0.02]),
      column("max_activation", "number", [8, 4, null, 2]),
      column("cosine", "number", [0.5, 0.25, 0.125, 0.75]),
    ],
    {
      texts: texts([
        { tokens: [" a", " river"], values: [0, 8] },
        { tokens: [" the", " Bank"], values: [0, 4] },
        { tokens: [" in", " Oslo"], values: [0, 2] },
      ]),
      example: base64(new Uint32Array([1, 2, 0, 3])),
      heights: base64(new Uint8Array([255, 10, 0, 255, 10, 10, 0, 0, 0, 9, 0, 255])),
    },
  );

const traits = (_rows: RowsData | null, more: Partial<ListTraits> = {}): ListTraits => ({
  ...idle,
  sort: "",
  filter: "",
  selected: [],
  opened: null,
  _progress: [],
  _rows,
  ...more,
});

type Seen = View<ListTraits>;
const ref = (index: number): string => `gpt2-small/6-res-jb/${index}`;
const shown = ({ all }: Seen): number[] =>
  all(".npw-list-row").map((row) => Number(row.querySelector(".npw-list-ref")?.textContent));
const row = (seen: Seen, index: number): HTMLElement =>
  seen.all(".npw-list-row")[shown(seen).indexOf(index)]!;
const press = (seen: Seen, key: string, how: KeyboardEventInit = {}): boolean =>
  seen
    .one(".npw-list-scroll")
    .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how }));
const click = (node: HTMLElement, how: MouseEventInit = {}): boolean =>
  node.dispatchEvent(new MouseEvent("click", { bubbles: true, ...how }));
const chosen = ({ model }: Seen): number[] =>
  model.get("selected").map((name) => Number(name.split("/")[2]));
const commands = ({ model }: Seen): unknown[] =>
  model.saved.flatMap(({ _command }) => (_command ? [_command.name] : []));

describe("the order", () => {
  const sheet = sheetOf(four());
  test.each([
    ["", [0, 1, 2, 3]],
    ["ref", [0, 1, 2, 3]],
    ["-ref", [3, 2, 1, 0]],
    ["density", [1, 0, 3, 2]],
    ["-density", [0, 3, 1, 2]],
    ["explanation", [1, 3, 0, 2]],
    ["-explanation", [0, 3, 1, 2]],
    ["cosine", [2, 1, 0, 3]],
    ["histogram", [0, 1, 3, 2]],
    ["top_example", [1, 3, 0, 2]],
  ])("%s: unknown last, equal ones as they were", (sort, order) => {
    expect(orderOf(sheet, sort, "")).toEqual(order);
  });

  test.each([
    ["RIVER", [0, 1]],
    ["bank rivers", [1]],
    ["jb/3", [3]],
    ["nothing of the kind", []],
  ])("%s: rows that hold all the words", (filter, order) => {
    expect(orderOf(sheet, "", filter)).toEqual(order);
  });

  test("goes by model, then source, then index as a number", () => {
    const several = rows(4, [], {
      sources: [
        ["b", "2"],
        ["a", "10"],
        ["a", "1"],
      ],
      source: base64(new Uint32Array([0, 1, 2, 2])),
      index: doubles([1, 7, 10, 9]),
    });
    expect(orderOf(sheetOf(several), "ref", "")).toEqual([3, 2, 1, 0]);
  });
});

describe("a row", () => {
  test("says what is known, and a dash stands for what is not", () =>
    withView(widget, traits(four()), (seen) => {
      expect(seen.all(".npw-list-sort").map((node) => node.textContent)).toEqual([
        "feature",
        "explanation",
        "cosine",
        "density",
        "max_activation",
        "histogram",
        "top example",
      ]);
      const said = (index: number): (string | null)[] =>
        [...row(seen, index).children].map((cell) => cell.textContent);
      expect(said(0)).toEqual(["0", "rivers", "0.500", "2.00 %", "8.0", "", " a river"]);
      expect(said(2)).toEqual(["2", "–", "0.125", "–", "–", "–", "–"]);
      expect(row(seen, 0).querySelector("svg")).not.toBeNull();
    }));

  test("of several sources is named by what differs, and a column of nothing is left out", () => {
    const several = rows(2, [column("density", "density", [null, null])], {
      sources: [
        ["gpt2-small", "6-res-jb"],
        ["gpt2-small", "7-res-jb"],
      ],
      source: base64(new Uint32Array([0, 1])),
    });
    return withView(widget, traits(several), (seen) => {
      expect(
        seen
          .all(".npw-list-ref.npw-list-cell button[data-act=show]")
          .map((node) => node.textContent),
      ).toEqual(["6-res-jb/0", "7-res-jb/1"]);
      expect(seen.all(".npw-list-sort").map((node) => node.textContent)).toEqual(["feature"]);
    });
  });

  test("ten thousand of them are a few elements", () => {
    const explanation = column("explanation", "text", Array(10_000).fill("words"));
    return withView(widget, traits(rows(10_000, [explanation])), (seen) => {
      expect(seen.all(".npw-list-row").length).toBeLessThan(60);
      expect(seen.one(".npw-list-scroll").getAttribute("aria-rowcount")).toBe("10001");
      expect(seen.one(".npw-list-body").style.height).toBe("300000px");
      press(seen, "End");
      expect(shown(seen)).toContain(9999);
      expect(seen.all(".npw-list-row").length).toBeLessThan(60);
      expect(shown(seen)).toEqual([...shown(seen)].sort((a, b) => a - b));
    });
  });

  test("hostile text is text", () => {
    const hostile = "<img src=x onerror=alert(1)>";
    return withView(widget, traits(rows(1, [column("explanation", "text", [hostile])])), (seen) => {
      expect(seen.text(".npw-list-row .npw-list-main")).toBe(hostile);
      expect(seen.all("img")).toHaveLength(0);
    });
  });
});

describe("sorting", () => {
  test("a click on a name sorts, the next turns it round, the third undoes it", () =>
    withView(widget, traits(four()), async (seen) => {
      const sort = (key: string): void => seen.one(`.npw-list-sort[data-arg=${key}]`).click();
      const seenSorts = [];
      for (let i = 0; i < 3; i++) {
        sort("cosine");
        await seen.drawn();
        seenSorts.push([seen.model.get("sort"), shown(seen)]);
      }
      expect(seenSorts).toEqual([
        ["-cosine", [3, 0, 1, 2]],
        ["cosine", [2, 1, 0, 3]],
        ["", [0, 1, 2, 3]],
      ]);
      sort("explanation");
      await seen.drawn();
      expect(seen.model.get("sort")).toBe("explanation");
      expect(seen.one("[aria-sort=ascending]").textContent).toContain("explanation");
    }));

  test("the cursor stays on its row", () =>
    withView(widget, traits(four()), async (seen) => {
      click(row(seen, 1));
      seen.model.set("sort", "-cosine");
      await seen.drawn();
      expect(seen.all(".npw-list-cursor")).toEqual([row(seen, 1)]);
      press(seen, "ArrowDown");
      expect(chosen(seen)).toEqual([2]);
    }));
});

describe("filtering", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("follows every key, and tells Python when the keys rest", () =>
    withView(widget, traits(four()), (seen) => {
      const field = seen.one(".npw-list-filter") as HTMLInputElement;
      for (const text of ["r", "ri", "riv"]) {
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      expect(shown(seen)).toEqual([0, 1]);
      expect(seen.text(".npw-list-said")).toBe("2 of 4 features of gpt2-small/6-res-jb");
      field.value = "rivers of gold";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      expect(seen.text(".npw-list-end")).toBe("no row holds these words");
      expect(seen.model.saved).toEqual([]);
      vi.advanceTimersByTime(1000);
      expect(seen.model.saved).toEqual([{ filter: "rivers of gold" }]);
    }));

  test("Escape clears it, and Python sets it", () =>
    withView(widget, traits(four(), { filter: "cities" }), async (seen) => {
      expect(shown(seen)).toEqual([3]);
      seen
        .one(".npw-list-filter")
        .dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      await vi.advanceTimersByTimeAsync(0);
      expect(shown(seen)).toEqual([0, 1, 2, 3]);
      seen.model.set("filter", "bank");
      await vi.advanceTimersByTimeAsync(0);
      expect((seen.one(".npw-list-filter") as HTMLInputElement).value).toBe("bank");
      expect(shown(seen)).toEqual([1]);
    }));
});

describe("selecting", () => {
  test("by click, with control and with shift", () =>
    withView(widget, traits(four(), { sort: "-cosine" }), async (seen) => {
      click(row(seen, 0));
      expect(chosen(seen)).toEqual([0]);
      await seen.drawn();
      click(row(seen, 2), { shiftKey: true });
      expect(chosen(seen)).toEqual([0, 1, 2]);
      await seen.drawn();
      click(row(seen, 1), { ctrlKey: true });
      await seen.drawn();
      expect(chosen(seen)).toEqual([0, 2]);
      expect(row(seen, 2).getAttribute("aria-selected")).toBe("true");
      expect(row(seen, 1).getAttribute("aria-selected")).toBe("false");
      click(row(seen, 3));
      expect(chosen(seen)).toEqual([3]);
    }));

  test("by keys", () =>
    withView(widget, traits(four()), async (seen) => {
      const keys: [string, KeyboardEventInit, number[]][] = [
        ["ArrowDown", {}, [0]],
        ["ArrowDown", { shiftKey: true }, [0, 1]],
        ["ArrowDown", { ctrlKey: true }, [0, 1]],
        [" ", {}, [0, 1, 2]],
        [" ", {}, [0, 1]],
        ["End", {}, [3]],
        ["Home", {}, [0]],
        ["PageDown", {}, [3]],
        ["a", { ctrlKey: true }, [0, 1, 2, 3]],
        ["Escape", {}, []],
      ];
      for (const [key, how, expected] of keys) {
        press(seen, key, how);
        await seen.drawn();
        expect([key, chosen(seen)]).toEqual([key, expected]);
      }
    }));

  test("Python selects, and a button clears", () =>
    withView(widget, traits(four()), async (seen) => {
      seen.model.set("selected", [ref(2), ref(3)]);
      await seen.drawn();
      expect(seen.all("[role=row][aria-selected=true]")).toEqual([row(seen, 2), row(seen, 3)]);
      expect(seen.text(".npw-list-said")).toContain("2 selected");
      seen.one("[data-act=deselect]").click();
      expect(seen.model.get("selected")).toEqual([]);
    }));

  test("other keys are the notebook's", () =>
    withView(widget, traits(four()), (seen) => {
      expect(press(seen, "b")).toBe(true);
      expect(press(seen, "ArrowDown")).toBe(false);
    }));
});

describe("opening", () => {
  test("by double click, by Enter and by the name", () =>
    withView(widget, traits(four()), async (seen) => {
      row(seen, 1).dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
      expect(seen.model.get("opened")).toBe(ref(1));
      press(seen, "Home");
      press(seen, "Enter");
      expect(seen.model.get("opened")).toBe(ref(0));
      row(seen, 3).querySelector("button")!.click();
      await seen.drawn();
      expect(seen.model.get("opened")).toBe(ref(3));
      expect(chosen(seen)).toEqual([0]);
      expect(row(seen, 3).classList.contains("npw-list-opened")).toBe(true);
    }));

  test("needs a kernel; without one a name links to its page, and the rest works", () =>
    withView(
      widget,
      traits({ ...four(), lacking: 2, more: true }, { _live: false }),
      async (seen) => {
        press(seen, "Home");
        press(seen, "Enter");
        expect(seen.model.get("opened")).toBeNull();
        expect(chosen(seen)).toEqual([0]);
        expect(row(seen, 0).querySelector("a")?.getAttribute("href")).toBe(
          `https://www.neuronpedia.org/${ref(0)}`,
        );
        expect(seen.all("[data-act=fetch], [data-act=more]")).toHaveLength(0);
        seen.model.set("sort", "-cosine");
        await seen.drawn();
        expect(shown(seen)).toEqual([3, 0, 1, 2]);
      },
    ));
});

describe("what is under way", () => {
  const limited = {
    where: "more",
    title: "The rate limit is used up",
    message: "The limit is used up.",
    remedy: "All are free after 60 minutes.",
    retry: true,
  } as const;

  test("more is asked for by a button, and an error stands at the end", () =>
    withView(widget, traits({ ...four(), more: true }), async (seen) => {
      seen.one("[data-act=more]").click();
      seen.model.set("error", limited);
      await seen.drawn();
      expect(seen.text(".npw-list-end [role=alert]")).toContain("60 minutes");
      seen.one("[data-act=retry]").click();
      expect(commands(seen)).toEqual(["more", "retry"]);
      expect(shown(seen)).toHaveLength(4);
    }));

  test("details are offered, counted while they come, and stopped", () =>
    withView(widget, traits({ ...four(), lacking: 3, absent: 1 }), async (seen) => {
      expect(seen.text(".npw-list-lacks")).toBe(
        "1 does not exist · details of 3 not fetched · fetch",
      );
      seen.one("[data-act=fetch]").click();
      seen.model.set("busy", "details");
      seen.model.set("_progress", [50, 10_000]);
      await seen.drawn();
      expect(seen.text(".npw-list-lacks")).toBe(" 50 of 10,000 details stop");
      seen.one("[data-act=stop]").click();
      expect(commands(seen)).toEqual(["fetch", "stop"]);
    }));

  test("rows that arrive are added, and the selection stays", () =>
    withView(widget, traits({ ...rows(2), more: true }, { selected: [ref(1)] }), async (seen) => {
      seen.model.set("_rows", rows(5));
      await seen.drawn();
      expect(shown(seen)).toEqual([0, 1, 2, 3, 4]);
      expect(chosen(seen)).toEqual([1]);
      expect(seen.all("[data-act=more]")).toHaveLength(0);
    }));

  test("nothing says so", () =>
    withView(widget, traits(rows(0, [], { sources: [] })), (seen) => {
      expect(seen.text(".npw-list-end")).toBe("no features");
      press(seen, "ArrowDown");
      press(seen, "Enter");
      expect(chosen(seen)).toEqual([]);
    }));
});
