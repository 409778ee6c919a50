import { command, failure, isLive } from "../core/ask";
import { attrs, h, onAct, refill } from "../core/dom";
import { save, watch } from "../core/life";
import type { Answer } from "../core/types";
import { type Doc, decode } from "../heatmap/doc";
import { createList, drawList, mark } from "../heatmap/list";
import { viewOf } from "../heatmap/panel";
import { planOf, type View } from "../heatmap/plan";
import { drawReadout } from "../heatmap/readout";
import { allTexts, dropText, mountEntry, takeAway } from "../variants/entry";
import { mountField } from "../variants/field";
import { type Line, legendOf, mountGrid } from "../variants/grid";
import type { Model } from "./traits";

export interface TryPorts {
  out: HTMLElement;
  /** End of the examples' colour scale, which the answer shares. */
  top(): number;
}

/** An answer is shown whole, whatever the examples are filtered by. */
const wholeText = (model: Model): View => ({
  ...viewOf(model),
  window: "full",
  value_range: null,
  next_token: null,
  show_hidden: ["not-positive"],
});

/** The text as the first line, its variants below it. */
const linesOf = (model: Model, { numbers }: Answer, end: number): Line[] =>
  numbers.map((n, which) => ({
    which,
    label: n ? `v${n}` : "text",
    title: n ? `variant ${n}` : "your text",
    base: n && !numbers[0] ? 0 : -1,
    end,
    faint: n > 0,
    drop: isLive(model) && n ? `${n}` : undefined,
  }));

/** Variants that have no answer, each with a way to take it back. */
const unanswered = (model: Model, given: Answer | null): HTMLElement[] =>
  allTexts(model).flatMap((text, n) => {
    if (!n || model.get("busy") || given?.numbers.includes(n)) return [];
    const drop = takeAway(`variant ${n}`, `${n}`);
    return [h("p", "quiet", drop, `variant ${n} has no answer: `, h("bdi", "token", text))];
  });

/** Try a text: the answer is drawn in the same scale as the examples, an error where the answer would be. */
export function mountTryout(model: Model, signal: AbortSignal, ports: TryPorts): HTMLElement {
  const [said, wrong, wait] = [h("p", "quiet"), h("div"), h("div", "skeleton line-skeleton")];
  const rest = h("div", "unanswered");
  let doc: Doc | null = null;
  const hover = (marker: number | null): void => save(model, { marker });
  const list = createList(signal, {
    hover(p, byKey) {
      if (p === list.over) return;
      mark(list, p, list.held);
      attrs(ports.out, { "aria-live": byKey && "polite" });
      drawReadout(ports.out, doc, p, "your text");
      hover(doc?.values[p] ?? null);
    },
    pick: (p) => mark(list, list.over, p === list.held ? -1 : p),
  });
  attrs(list.box, { "aria-label": "your text: arrow keys move over its tokens" });
  const grid = mountGrid(signal, ports.out, hover);
  const answer = h("div", "answer", list.box, grid.el, said);
  const draw = (): void => {
    const given = model.get("_answer");
    const error = model.get("error");
    const busy = model.get("busy") === "text";
    wait.hidden = !busy || !!given;
    answer.hidden = !given;
    answer.classList.toggle("npw-dim", busy);
    wrong.replaceChildren(error?.where === "text" && !busy ? failure(error) : "");
    refill(rest, ...unanswered(model, given));
    doc = given && decode(given.texts);
    Object.assign(list, { over: -1, held: -1 });
    if (!given || !doc) return;
    const [view, end] = [wholeText(model), ports.top()];
    const several = given.numbers.length > 1;
    list.box.hidden = several;
    grid.el.hidden = !several;
    if (several) {
      const lines = linesOf(model, given, end || doc.top);
      // One scale for all, or their differences would not be seen.
      const shared: View = { ...view, scale: "feature" };
      grid.draw({ doc, view: shared, lines, columns: given.columns });
    } else drawList(list, { doc, view, plan: planOf(doc, view), end });
    const silent = "the feature does not fire on this text";
    said.textContent = doc.top > 0 ? (several ? legendOf() : "") : silent;
  };
  onAct(wrong, signal, { retry: () => command(model, "retry") });
  const drop = (at: string): void => dropText(model, Number(at));
  onAct(answer, signal, { drop });
  onAct(rest, signal, { drop });
  watch(
    model,
    ["_answer", "_feature", "error", "busy", "texts", "curve", "scale", "threshold", "breaks"],
    draw,
    signal,
  );
  const entry = mountEntry(model, signal);
  const field = mountField(model, signal, "a text to try", "try a text of your own");
  return h("div", "tryout", field, wait, answer, wrong, rest, entry);
}
