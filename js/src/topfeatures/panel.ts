import { isLive } from "../core/ask";
import { densityFilter, densityNotes } from "../core/density";
import { attrs, h } from "../core/dom";
import { plural } from "../core/format";
import { save, watch } from "../core/life";
import { createPicker, type Picker, type Tint } from "../core/picker";
import {
  createMatrix,
  fillMatrix,
  type Hooks,
  type Matrix,
  markMatrix,
  NOTHING,
  type Scene,
} from "./matrix";
import { drawReadout } from "./readout";
import { EMPTY, type Line, linesOf, rowValues, type Table, tableOf } from "./table";
import { createTexts, type TextRows } from "./texts";
import { createTools, type Tools } from "./tools";
import type { MatrixAnswer, Model } from "./types";

/** Traits that the rows are drawn from. */
const DRAWN = [
  ...(["_answers", "shown", "positions", "density_threshold", "keep_unknown"] as const),
  ...(["show_as", "scale", "curve", "busy"] as const),
];

const answerOf = (model: Model): MatrixAnswer | undefined =>
  model.get("_answers")[model.get("shown")];

const hooksOf = (model: Model, over: Hooks["over"]): Hooks => ({
  over,
  choose(ref) {
    // Without a kernel there is no dashboard to open.
    if (isLive(model)) save(model, { selected: ref === model.get("selected") ? null : ref });
  },
  pick(token) {
    const chosen = model.get("positions");
    const without = chosen.filter((at) => at !== token);
    save(model, { positions: without.length < chosen.length ? without : [...chosen, token] });
  },
});

/** Decodes an answer when it is another one. */
const reader = (model: Model): (() => Table | null) => {
  let answer: MatrixAnswer | undefined;
  let table: Table | null = null;
  return () => {
    const now = answerOf(model);
    if (now !== answer) table = now ? tableOf(now) : null;
    answer = now;
    return table;
  };
};

/** What tells the sources of a set apart is what stands before the set's name: the layer. */
const namer = (table: Table, model: Model): Scene["sourceOf"] => {
  const end = `-${model.get("source_set")}`;
  const short = (source: string): string =>
    source.endsWith(end) ? source.slice(0, -end.length) : source;
  const isOne = new Set(table.answer.features.map(({ source }) => source)).size < 2;
  return ({ source }) => (isOne ? "" : short(source));
};

const sceneOf = (table: Table, model: Model): Scene => ({
  table,
  lines: linesOf(table, model),
  positions: model.get("positions").filter((at) => at < table.tokens.length),
  curve: model.get("curve"),
  sourceOf: namer(table, model),
});

const spelt = ({ answer }: Table): string => JSON.stringify(answer.tokens);

const tintOf = ({ table, curve }: Scene, { row, top }: Line): Tint => ({
  values: rowValues(table, row),
  top,
  curve,
});

interface Notes {
  /** Said in place of the rows when there are none. */
  empty: HTMLElement;
  el: HTMLElement;
  draw(scene: Scene): void;
}

/** What is not among the rows, or not known of them. */
const createNotes = (model: Model, signal: AbortSignal): Notes => {
  const [hidden, lost, empty] = [densityNotes(model, signal), h("span"), h("p", "empty")];
  return {
    empty,
    el: h("div", "notes quiet", hidden.el, lost),
    draw({ table, lines }) {
      const { features } = table.answer;
      const missing = features.filter((feature) => feature.lost).length;
      lost.textContent = missing ? `${plural(missing, "feature")} not in the database` : "";
      hidden.draw(features);
      empty.hidden = lines.length > 0;
      empty.textContent = features.length
        ? "every feature is denser than the threshold, or of unknown density"
        : `no feature of ${model.get("source_set")} fires on this text`;
    },
  };
};

interface Panel {
  model: Model;
  out: HTMLElement;
  picker: Picker;
  tools: Tools;
  matrix: Matrix;
  texts: TextRows;
  notes: Notes;
  scene: Scene;
  /** What is pointed at: number of the line, and of the token; -1 for none. */
  line: number;
  token: number;
  tinted: Line | undefined;
}

const mark = (panel: Panel): void => {
  const { model, picker, scene, line, token } = panel;
  const chosen = model.get("selected");
  const active = scene.lines[line] ?? scene.lines.find(({ ref }) => ref === chosen);
  if (active !== panel.tinted) picker.tint(active ? tintOf(scene, active) : null);
  panel.tinted = active;
  picker.mark(scene.positions, token);
  markMatrix(panel.matrix, line, token, chosen);
  panel.texts.mark(line, chosen);
  drawReadout(panel.out, scene, line, token);
};

const draw = (panel: Panel, table: Table): void => {
  const { model, matrix, scene: before } = panel;
  // A better list of the same text leaves the text alone, and the focus where it stands in it.
  if (spelt(table) !== spelt(before.table)) panel.picker.fill(table.tokens);
  if (table !== before.table) panel.line = -1;
  const scene = sceneOf(table, model);
  const isMatrix = model.get("show_as") === "matrix";
  panel.scene = scene;
  panel.tools.draw(scene);
  fillMatrix(matrix, isMatrix ? scene : NOTHING);
  panel.texts.fill(isMatrix ? NOTHING : scene);
  matrix.el.hidden = !isMatrix || !scene.lines.length;
  panel.notes.draw(scene);
  mark(panel);
};

/** The text on top, and below it the features that fire on it. */
export const mountPanel = (
  model: Model,
  root: HTMLElement,
  out: HTMLElement,
  signal: AbortSignal,
): HTMLElement => {
  const read = reader(model);
  const hooks = hooksOf(model, (line, token, byKey) => {
    if (line === panel.line && token === panel.token) return;
    Object.assign(panel, { line, token });
    // A pointer that wanders must not talk; a cursor moved by keys must.
    attrs(out, { "aria-live": byKey && "polite" });
    mark(panel);
  });
  const picker = createPicker("the text: pick tokens to sort by their values", signal, {
    over: (at, byKey) => hooks.over(-1, at, byKey),
    pick: hooks.pick,
  });
  const tools = createTools(model, signal, densityFilter(model, signal));
  const [matrix, texts] = [createMatrix(root, signal, hooks), createTexts(signal, hooks)];
  const notes = createNotes(model, signal);
  const panel: Panel = {
    ...{ model, out, picker, tools, matrix, texts, notes },
    ...{ scene: NOTHING, line: -1, token: -1, tinted: undefined },
  };
  watch(model, DRAWN, () => draw(panel, read() ?? EMPTY), signal);
  watch(model, ["selected"], () => mark(panel), signal);
  return h("div", "", picker.el, tools.el, notes.empty, matrix.el, texts.el, notes.el);
};
