import { attrs, button, h, onAct, refill } from "../core/dom";
import { save, watch } from "../core/life";
import { createFlow, type Piece } from "./flow";
import { spelt } from "./scale";
import { comparedRuns, short, shownRun } from "./state";
import type { Ladder, Model, Rung } from "./types";
import { compare } from "./words";

const WORD = /[\p{L}\p{N}_]+(?:['\u2019][\p{L}\p{N}_]+)*/gu;

/** The words that the feature promotes are marked in what was said. */
const marked = (text: string, promoted: string[], look: string): Piece[] => {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!promoted.includes(word.toLowerCase())) continue;
    pieces.push({ text: text.slice(from, index), look }, { text: word, look: "steer-promoted" });
    from = index + word.length;
  }
  return [...pieces, { text: text.slice(from), look }].filter(({ text: part }) => part);
};

/** What was said already at the strength before stands back. */
const told = (text: string | null, before: string | null, promoted: string[]): Piece[] => {
  const ahead: Piece = { text: "…", look: "quiet" };
  if (text === null) return [ahead];
  const all = before === null ? [{ text, differs: true }] : compare(before, text, true)[1];
  const parts = all.map((part) => marked(part.text, promoted, part.differs ? "" : "steer-old"));
  return [ahead, ...parts.flat()];
};

const share = (value: number | null, look: string, what: string): HTMLElement => {
  const length = h("i", look);
  length.style.width = `${(value ?? 0) * 100}%`;
  const amount = value === null ? "–" : `${Math.round(value * 100)} %`;
  return attrs(h("span", "steer-share", h("span", "steer-rail", length), amount), {
    title: `${what}: ${amount}`,
  });
};

const verdict = (ladder: Ladder, { strength }: Rung): string =>
  [
    strength === ladder.appears && "the concept appears",
    strength === ladder.falls && "the text falls apart",
  ]
    .filter(Boolean)
    .join(", ");

interface Step {
  el: HTMLElement;
  draw(ladder: Ladder, at: number, isShown: boolean): void;
}

const createStep = (): Step => {
  const [amount, bars, said, mark] = [
    h("span", "steer-rung-strength"),
    h("span", "steer-rung-bars"),
    h("p", "steer-rung-text"),
    h("span", "steer-verdict"),
  ];
  const flow = createFlow(said);
  const el = attrs(h("div", "steer-rung", amount, bars, h("div", "", mark, said)), {
    role: "listitem",
  });
  return {
    el,
    draw(ladder, at, isShown) {
      const rung = ladder.rungs[at]!;
      const { strength, number, text } = rung;
      const name = spelt(strength);
      refill(
        amount,
        number === null
          ? name
          : attrs(button(name, "show", `${number}`), { title: "show this run" }),
      );
      bars.replaceChildren(
        share(rung.promoted_share, "steer-concept", "words that the feature promotes"),
        share(rung.repeated_share, "steer-repeats", "words that were said before"),
      );
      mark.textContent = verdict(ladder, rung);
      flow(told(text, ladder.rungs[at - 1]?.text ?? null, ladder.promoted));
      attrs(el, { "aria-current": isShown && "true" });
    },
  };
};

/** What came of a range of strengths, one below the other: where the concept appears, and where the text falls apart. */
export const mountLadder = (model: Model, signal: AbortSignal): HTMLElement => {
  const title = h("h4", "title");
  const about = attrs(h("span", "quiet"), { role: "status" });
  const legend = h(
    "p",
    "steer-legend quiet",
    h("span", "", h("i", "steer-concept"), "words that it promotes"),
    h("span", "", h("i", "steer-repeats"), "words said before"),
  );
  const list = attrs(h("div", "steer-rungs"), { role: "list" });
  const node = h("section", "steer-ladder", h("div", "steer-heading", title, about), legend, list);
  const steps: Step[] = [];
  let drawn = 0;
  onAct(list, signal, {
    show: (number) => save(model, { shown: Number(number), compared: [] }),
  });
  const draw = (): void => {
    const ladder = model.get("_ladder");
    node.hidden = !ladder;
    if (!ladder) return;
    const { rungs, strengths } = ladder;
    title.textContent = "Sweep";
    const finished = rungs.filter(({ number }) => number !== null).length;
    const progress = finished < strengths.length ? ` · ${finished} of ${strengths.length}` : "";
    about.textContent = `${short(ladder.label)}${progress}`;
    if (ladder.number !== drawn) steps.splice(0).forEach(({ el }) => el.remove());
    drawn = ladder.number;
    while (steps.length < rungs.length) {
      steps.push(createStep());
      list.append(steps.at(-1)!.el);
    }
    const shown = comparedRuns(model) ? null : (shownRun(model)?.number ?? null);
    rungs.forEach((rung, i) => steps[i]!.draw(ladder, i, shown !== null && rung.number === shown));
  };
  watch(model, ["_ladder", "_run", "_runs", "shown", "compared"], draw, signal);
  return node;
};
