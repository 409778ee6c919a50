import { isLive } from "../core/ask";
import { densityFilter, densityNotes } from "../core/density";
import { attrs, h } from "../core/dom";
import { save, watch } from "../core/life";
import { createPicker } from "../core/picker";
import { createHits } from "./hits";
import { EMPTY, type Lists, listsOf, type Row, type Shown, shownOf } from "./lists";
import { drawReadout } from "./readout";
import type { Model, TokensAnswer } from "./types";
import { createSpread, spreadOf } from "./whereabouts";

/** Traits that the lists are drawn from. */
const DRAWN = [
  ...(["_answer", "limit", "density_threshold", "keep_unknown"] as const),
  ...(["position", "sort", "curve"] as const),
];

/** Decodes an answer when it is another one. */
const reader = (model: Model): (() => Lists | null) => {
  let answer: TokensAnswer | null = null;
  let lists: Lists | null = null;
  return () => {
    const now = model.get("_answer");
    if (now !== answer) lists = now && listsOf(now);
    answer = now;
    return lists;
  };
};

/** The text, and beside it the features of the token that is pointed at or picked. */
export const mountPanel = (model: Model, out: HTMLElement, signal: AbortSignal): HTMLElement => {
  const read = reader(model);
  let shown: Shown = EMPTY;
  let over = -1;
  let row: Row | null = null;
  const pinned = (): number => shown.answer.positions.indexOf(model.get("position") ?? -1);
  const picker = createPicker("the text: pick a token to list its features", signal, {
    over(at, byKey) {
      if (at === over) return;
      over = at;
      list(byKey);
    },
    pick(at) {
      const position = shown.answer.positions[at] ?? null;
      save(model, { position: position === model.get("position") ? null : position });
    },
  });
  const hits = createHits(model, signal, {
    over(next, byKey) {
      row = next;
      attrs(out, { "aria-live": byKey && "polite" });
      mark();
    },
    choose(ref) {
      // Without a kernel there is no dashboard to open.
      if (ref && isLive(model))
        save(model, { selected: ref === model.get("selected") ? null : ref });
    },
  });
  const [spread, hidden] = [createSpread(model, signal), densityNotes(model, signal)];
  const mark = (): void => {
    const ref = row?.ref ?? model.get("selected");
    const found = ref ? spreadOf(shown, ref, model) : null;
    const values = found?.values.map((value) => value || 0);
    picker.tint(values ? { values, top: shown.top, curve: model.get("curve") } : null);
    picker.mark([pinned()], row ? row.at : -1);
    spread.draw(found);
    drawReadout(out, shown, over, row);
  };
  const list = (byKey = false): void => {
    row = null;
    hits.draw(shown, over < 0 ? pinned() : over, byKey);
    mark();
  };
  const draw = (): void => {
    const lists = read();
    const isOther = lists?.answer !== shown.answer;
    shown = lists ? shownOf(lists, model) : EMPTY;
    if (isOther) {
      over = -1;
      picker.fill(shown.tokens);
    }
    hidden.draw(shown.answer.features);
    list();
  };
  watch(model, DRAWN, draw, signal);
  watch(model, ["selected", "_where"], () => list(), signal);
  const text = h("section", "", picker.el, spread.el);
  const tools = h("div", "bar tools", densityFilter(model, signal), hidden.el);
  return h("div", "by-token", text, h("section", "", hits.el, tools));
};
