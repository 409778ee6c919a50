import { isLive } from "../core/ask";
import { type DensityNotes, densityFilter, densityNotes } from "../core/density";
import { attrs, h } from "../core/dom";
import { save, watch } from "../core/life";
import { createPicker, type Picker } from "../core/picker";
import { createHits, type Hits } from "./hits";
import { EMPTY, type Lists, listsOf, type Row, type Shown, shownOf } from "./lists";
import { drawReadout } from "./readout";
import type { Model, TokensAnswer } from "./types";
import { createSpread, type Spreads, spreadOf } from "./whereabouts";

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

const toggle = <T>(model: Model, name: "position" | "selected", value: T): void =>
  save(model, { [name]: value === model.get(name) ? null : value });

interface Panel {
  model: Model;
  out: HTMLElement;
  picker: Picker;
  hits: Hits;
  spread: Spreads;
  hidden: DensityNotes;
  shown: Shown;
  /** The place of the token under the pointer or the focus; -1 for none. */
  pointed: number;
  /** The feature under the pointer or the focus. */
  row: Row | null;
}

/** The place of the token that was picked. */
const pinned = ({ model, shown }: Panel): number =>
  shown.answer.positions.indexOf(model.get("position") ?? -1);

const mark = (panel: Panel): void => {
  const { model, picker, spread, shown, row } = panel;
  const ref = row?.ref ?? model.get("selected");
  const found = ref ? spreadOf(shown, ref, model) : null;
  const values = found?.values.map((value) => value || 0);
  picker.tint(values ? { values, top: shown.top, curve: model.get("curve") } : null);
  picker.mark([pinned(panel)], row ? row.at : -1);
  spread.draw(found);
  drawReadout(panel.out, shown, panel.pointed, row);
};

const list = (panel: Panel, byKey = false): void => {
  const { hits, shown, pointed } = panel;
  panel.row = null;
  hits.draw(shown, pointed < 0 ? pinned(panel) : pointed, byKey);
  mark(panel);
};

const draw = (panel: Panel, lists: Lists | null): void => {
  const isOther = lists?.answer !== panel.shown.answer;
  panel.shown = lists ? shownOf(lists, panel.model) : EMPTY;
  if (isOther) {
    panel.pointed = -1;
    panel.picker.fill(panel.shown.tokens);
  }
  panel.hidden.draw(panel.shown.answer.features);
  list(panel);
};

/** The text, and beside it the features of the token that is pointed at or picked. */
export const mountPanel = (model: Model, out: HTMLElement, signal: AbortSignal): HTMLElement => {
  const read = reader(model);
  const picker = createPicker("the text: pick a token to list its features", signal, {
    over(pointed, byKey) {
      if (pointed === panel.pointed) return;
      panel.pointed = pointed;
      list(panel, byKey);
    },
    pick: (at) => toggle(model, "position", panel.shown.answer.positions[at]),
  });
  const hits = createHits(model, signal, {
    over(row, byKey) {
      panel.row = row;
      attrs(out, { "aria-live": byKey && "polite" });
      mark(panel);
    },
    // Without a kernel there is no dashboard to open.
    choose: (ref) => ref && isLive(model) && toggle(model, "selected", ref),
  });
  const [spread, hidden] = [createSpread(model, signal), densityNotes(model, signal)];
  const parts = { picker, hits, spread, hidden };
  const panel: Panel = { model, out, ...parts, shown: EMPTY, pointed: -1, row: null };
  watch(model, DRAWN, () => draw(panel, read()), signal);
  watch(model, ["selected", "_where"], () => list(panel), signal);
  const tools = h("div", "bar tools", densityFilter(model, signal), hidden.el);
  const text = h("section", "", picker.el, spread.el);
  return h("div", "by-token", text, h("section", "", hits.el, tools));
};
