import { command, failure, isLive } from "../core/ask";
import { attrs, h, onAct, refill } from "../core/dom";
import { guide } from "../core/frame";
import { watch } from "../core/life";
import { type Doc, decode } from "../heatmap/doc";
import { LINE } from "../heatmap/strip";
import { allTexts, dropText, mountEntry, takeAway } from "../variants/entry";
import { mountField } from "../variants/field";
import { type Line, legendOf, mountGrid } from "../variants/grid";
import { scalesOf } from "./scales";
import type { Model, Runs } from "./types";

const GUIDE =
  "Features with the same explanation often fire on different tokens of the same text. " +
  "Change one word, and see which of them follows.";

/** Each feature's texts below one another; a feature that has not answered yet keeps its place. */
const linesOf = (model: Model, runs: Runs, ends: number[]): [Line[], number[][]] => {
  const cards = model.get("_cards")?.cards ?? [];
  const n = allTexts(model).length;
  const nothing = runs.columns[0]?.map(() => -1) ?? [];
  const lines: Line[] = [];
  const columns: number[][] = [];
  cards.forEach(({ name, feature }, at) => {
    if (!feature || runs.errors[at]) return;
    const base = lines.length;
    for (let text = 0; text < n; text++) {
      const which = runs.rows.findIndex(([f, t]) => f === at && t === text);
      lines.push({
        which,
        label: text ? `v${text}` : name,
        title: text ? `${name} on variant ${text}` : name,
        base: text && lines[base]!.which >= 0 ? base : -1,
        end: ends[at]!,
        faint: !!base || !!text,
        apart: !text && !!base && n > 1,
      });
      columns.push(runs.columns[which] ?? nothing);
    }
  });
  return [lines, columns];
};

/** The texts by their numbers, once there are several. */
const legend = (model: Model): HTMLElement[] => {
  const all = allTexts(model);
  if (all.length < 2) return [];
  return all.map((text, n) => {
    const drop = isLive(model) && n > 0 && takeAway(`variant ${n}`, `${n}`);
    const what = h("span", "quiet", n ? `v${n}` : "text");
    const whole = attrs(h("bdi", "token", text), { title: text });
    return h("p", "cmp-text", what, whole, drop);
  });
};

/** The same text through all features: a line for each over the same tokens, and for each variant of the text. */
export const mountTexts = (model: Model, signal: AbortSignal, out: HTMLElement): HTMLElement => {
  const [names, wrong, said] = [h("div", "cmp-texts"), h("div"), h("p", "quiet")];
  const wait = h("div", "skeleton line-skeleton");
  const grid = mountGrid(signal, out, () => {});
  const answer = h("div", "answer", grid.el, said);
  let held: Runs | null = null;
  let doc: Doc | null = null;
  const draw = (): void => {
    const runs = model.get("_runs");
    const cards = model.get("_cards");
    const busy = model.get("busy") === "text";
    if (runs !== held) doc = runs && decode(runs.texts);
    held = runs;
    refill(names, ...legend(model));
    const errors = Object.entries(runs?.errors ?? {}).map(([at, error]) =>
      failure({ ...error, title: `${cards?.cards[Number(at)]?.name}: ${error.title}` }),
    );
    wrong.replaceChildren(...(busy ? [] : errors));
    answer.hidden = !runs?.rows.length;
    wait.hidden = !busy || !answer.hidden;
    if (!runs || !doc || !cards || answer.hidden) return;
    const { ends } = scalesOf(model, cards.cards, decode(cards.texts));
    const [lines, columns] = linesOf(model, runs, ends);
    grid.draw({ doc, view: LINE, lines, columns });
    const several = allTexts(model).length > 1;
    const silent = !doc.top && "none of them fires on this text";
    said.textContent = silent || (several ? legendOf() : "");
  };
  onAct(names, signal, { drop: (at) => dropText(model, Number(at)) });
  onAct(wrong, signal, { retry: () => command(model, "resume") });
  watch(model, ["_runs", "_cards", "scale", "busy", "text", "texts", "_live"], draw, signal);
  const title = h("h3", "title", "How do they fire on the same text?");
  const entry = mountEntry(model, signal);
  const field = mountField(model, signal, "a text for all features", "try a text on all of them");
  const node = h(
    "section",
    "cmp-panel",
    title,
    guide(GUIDE),
    field,
    names,
    wait,
    answer,
    wrong,
    entry,
  );
  // Without a kernel there is nothing to try, and without a text nothing to see.
  const dress = (): void => {
    node.hidden = !isLive(model) && !model.get("_runs");
  };
  watch(model, ["_live", "_runs"], dress, signal);
  return node;
};
