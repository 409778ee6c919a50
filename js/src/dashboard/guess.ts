import { button, h, onAct, refill } from "../core/dom";
import { number } from "../core/format";
import { guide } from "../core/frame";
import { watch } from "../core/life";
import type { Explanation, Score } from "../core/types";
import type { Part } from "./traits";

const GUIDE =
  "An explanation is a hypothesis, mostly a model's that saw some of the examples below. " +
  "Test it: try a text that should make the feature fire, and one that should not.";

function scoreText({ value, method, model }: Score): string {
  const how = [method, model].filter(Boolean).join(", ");
  return `score ${value === null ? "unknown" : number(value)}${how ? ` (${how})` : ""}`;
}

function one(explanation: Explanation, first: boolean): HTMLElement {
  const { author, method, by, scores } = explanation;
  const who = [author, method, ...scores.map(scoreText), by && by !== author ? `by ${by}` : null];
  const text = h("p", first ? "guess first" : "guess", explanation.text || "(empty)");
  return h(
    "div",
    "",
    text,
    h("p", "quiet by", who.filter(Boolean).join(" · ") || "author unknown"),
  );
}

/** What might it be? Explanations, each with who made it, how, and how well it scored. */
export const guess: Part = (model, signal) => {
  const list = h("div", "guesses");
  let open = false;
  const draw = (): void => {
    const all = model.get("_feature")?.explanations ?? [];
    const some = open ? all : all.slice(0, 1);
    const rest = all.length - 1;
    const more = rest > 0 && button(open ? "fewer" : `${rest} more`, "more");
    const texts = some.map((explanation, i) => one(explanation, i === 0));
    if (more) texts[0]?.querySelector(".npw-by")?.append("   ", more);
    refill(list, ...(all.length ? texts : [h("p", "guess quiet", "no explanation yet")]));
  };
  const toggle = (): void => {
    open = !open;
    draw();
  };
  onAct(list, signal, { more: toggle });
  watch(model, ["_feature"], draw, signal);
  const title = h(
    "h3",
    "title",
    "What might it be?",
    h("span", "quiet", "a hypothesis — check it"),
  );
  return h("section", "panel area-guess", title, guide(GUIDE), list);
};
