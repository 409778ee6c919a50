import { describe, expect, test } from "vitest";
import type { Answer, DashboardTraits } from "../src/core/types";
import widget from "../src/dashboard";
import { answerOf, dashboard, feature, strengthOf } from "./data";
import { type View, withView } from "./model";

/** "the doctor said she left" and, with gaps: "the old doctor said he". */
const ANSWER: Answer = {
  ...answerOf(
    { tokens: ["the", " doctor", " said", " she", " left"], values: [0, 2, 0, 8, 1] },
    { tokens: ["the", " old", " doctor", " said", " he"], values: [0, 1, 6, 0, 0.1] },
  ),
  columns: [
    [0, -1, 1, 2, 3, 4],
    [0, 1, 2, 3, 4, -1],
  ],
};
const STATE = { text: "the doctor said she left", texts: ["the old doctor said he"] };

const withVariants = (
  run: (view: View<DashboardTraits>) => Promise<void> | void,
  more: Partial<DashboardTraits> = {},
): Promise<void> =>
  withView(widget, dashboard(feature(), { ...STATE, _answer: ANSWER, ...more }), run);

const press = (node: HTMLElement, key: string): boolean =>
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));

/** The cells of a line: token and difference, a gap as an underscore. */
const lineOf = ({ all }: View<DashboardTraits>, line: number): string[] =>
  all(".npw-laid-column").map((column) => {
    const cell = column.children[line]!;
    const parts = [...cell.childNodes].map((part) => part.textContent);
    return parts.join("|") || "_";
  });

describe("variants", () => {
  test("stand below their text, token by token, with gaps and differences", () =>
    withVariants((view) => {
      expect(lineOf(view, 0)).toEqual(["the", "_", " doctor", " said", " she", " left"]);
      expect(lineOf(view, 1)).toEqual([
        "the",
        " old",
        " doctor|+4.0",
        " said",
        " he|\u22127.9",
        "_",
      ]);
      expect(view.one(".npw-answer .npw-list").hidden).toBe(true);
      expect(view.text(".npw-answer")).toContain("from 5 % of the scale on");
    }));

  test("mark what changed by more than a colour", () =>
    withVariants(({ all }) => {
      const changed = all(".npw-laid-changed").map((cell) => cell.firstChild?.textContent ?? "gap");
      expect(changed).toEqual([" old", " he", "gap"]);
    }));

  test("share the colour scale of the examples, also where each example has its own", () =>
    withVariants(
      ({ all }) => {
        const strengths = all(".npw-laid-cell .npw-pos").map((n) => [n.textContent, strengthOf(n)]);
        expect(Object.fromEntries(strengths)).toMatchObject({ " she": 1, " doctor": 0.9 });
      },
      { scale: "row" },
    ));

  test("are read out with what the base has there", () =>
    withVariants(({ all, text, model }) => {
      const cell = (column: number): HTMLElement =>
        all(".npw-laid-column")[column]!.children[1] as HTMLElement;
      const read = (column: number): string => {
        cell(column).dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        return text(".npw-readout");
      };
      expect(read(2)).toMatch(
        /“ doctor” · variant 1 · position 2 · 6.00.* · your text 2.00 · Δ \+4.00/,
      );
      expect(model.get("marker")).toBe(6);
      expect(read(4)).toContain("replaced · your text “ she” 8.00 · Δ \u22127.90");
      expect(read(1)).toContain("inserted · your text: nothing here");
      expect(read(5)).toContain("variant 1: nothing here · deleted · your text “ left” 1.00");
      expect(model.get("marker")).toBe(null);
    }));

  test("are walked through by keys, and left by Escape", () =>
    withVariants(({ one, text, all }) => {
      const grid = one(".npw-laid");
      for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"]) press(grid, key);
      expect(text(".npw-readout")).toContain("variant 1 · position 2");
      press(grid, "End");
      expect(text(".npw-readout")).toContain("deleted");
      press(grid, "Home");
      press(grid, "ArrowUp");
      expect(text(".npw-readout")).toContain("your text · position 0");
      expect(all(".npw-laid-lit")).toHaveLength(1);
      press(grid, "Escape");
      expect(all(".npw-laid-lit")).toHaveLength(0);
    }));

  test("are written by editing a copy of the text", () =>
    withVariants(({ one, model }) => {
      one("[data-act=vary]").click();
      const field = one("[aria-label='a variant of the text']") as HTMLTextAreaElement;
      expect(field.value).toBe("the old doctor said he");
      expect(one("[data-act=vary]").hidden).toBe(true);
      press(field, "Enter");
      field.value = "  ";
      press(field, "Enter");
      expect(model.saved).toEqual([]);
      field.value = "the doctor said they left";
      press(field, "Enter");
      expect(model.get("texts")).toEqual(["the old doctor said he", "the doctor said they left"]);
      press(field, "Escape");
      expect(one("[data-act=vary]").hidden).toBe(false);
    }, {}));

  test("are taken away one by one, also those that have no answer", () =>
    withVariants(
      async ({ all, one, model, drawn, text }) => {
        expect(text(".npw-unanswered")).toContain("variant 2 has no answer: too long");
        one(".npw-unanswered [data-act=drop]").click();
        expect(model.get("texts")).toEqual(["the old doctor said he"]);
        await drawn();
        expect(all(".npw-unanswered [data-act]")).toHaveLength(0);
        one(".npw-laid-name [data-act=drop]").click();
        expect(model.get("texts")).toEqual([]);
      },
      { texts: ["the old doctor said he", "too long"] },
    ));

  test("need no kernel to be read, and one to be written", () =>
    withVariants(
      ({ one, all }) => {
        expect(one(".npw-entry").hidden).toBe(true);
        expect(all(".npw-laid [data-act]")).toHaveLength(0);
        expect(all(".npw-laid-column")).toHaveLength(6);
      },
      { _live: false },
    ));

  test("show hostile tokens as text", () => {
    const bad = "<img src=x onerror=alert(1)>";
    const answer = answerOf({ tokens: [bad], values: [1] }, { tokens: ["b"], values: [0] });
    return withVariants(
      ({ all, text }) => {
        expect(text(".npw-laid-cell")).toBe(bad);
        expect(all("img")).toHaveLength(0);
      },
      { _answer: answer },
    );
  });
});
