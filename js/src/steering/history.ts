import { isLive } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct } from "../core/dom";
import { save, watch } from "../core/life";
import { shownRun } from "./state";
import { strengthsOf } from "./texts";
import type { Model, Run } from "./types";

const entry = (run: Run, isShown: boolean, isCompared: boolean): HTMLElement => {
  const number = `${run.number}`;
  const box = focusable(h("input"));
  Object.assign(box, { type: "checkbox", name: number, checked: isCompared });
  attrs(box, { "aria-label": `lay run ${number} beside another` });
  const said = run.steered?.text.trim() ?? "";
  const tags = [run.sweep !== null && "sweep", run.state === "interrupted" && "incomplete"];
  const by = [strengthsOf(run), `seed ${run.settings.seed}`, ...tags].filter(Boolean).join(" · ");
  const line = button(h("b", "", number), "show", number, "steer-past-line");
  line.append(h("span", "quiet", by), h("span", "steer-past-text", said));
  attrs(line, { "aria-current": isShown && "true", title: run.at });
  return h("li", "steer-past", box, line);
};

/** What a run was asked with, put back into the fields. */
const setting = ({ features, settings, prompt, turns }: Run) => ({
  features: features.map(([ref]) => ref),
  strengths: Object.fromEntries(features.map(([ref, , strength]) => [ref, strength])),
  muted: [],
  settings,
  prompt: prompt ?? turns.at(-1)?.[1] ?? "",
});

/** The runs that were made: each can be shown again, and two laid side by side. */
export const mountHistory = (model: Model, signal: AbortSignal): HTMLElement => {
  const count = focusable(h("summary"));
  const list = h("ol", "steer-pasts");
  const back = h("p", "steer-past-foot quiet");
  const node = h("details", "steer-history", count, list, back);
  const compare = (number: number, isChosen: boolean): void => {
    const others = model.get("compared").filter((one) => one !== number);
    save(model, { compared: (isChosen ? [...others, number] : others).slice(-2) });
  };
  const onChange = ({ target }: Event): void => {
    const { name, checked } = target as HTMLInputElement;
    compare(Number(name), checked);
  };
  listen(list, "change", onChange, signal);
  onAct(node, signal, {
    show: (number) => save(model, { shown: Number(number), compared: [] }),
    again: () => {
      const run = shownRun(model);
      if (run) save(model, setting(run));
    },
  });
  const draw = (): void => {
    const [runs, compared, shown] = [model.get("_runs"), model.get("compared"), shownRun(model)];
    node.hidden = !runs.length;
    const all = runs.at(-1)?.number ?? 0;
    count.textContent = `history (${all})`;
    const entries = runs
      .map((run) => entry(run, run.number === shown?.number, compared.includes(run.number ?? 0)))
      .reverse();
    const { activeElement: held } = list.getRootNode() as Document;
    const name = list.contains(held) && held?.getAttribute("name");
    list.replaceChildren(...entries);
    if (name) list.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
    const older =
      all > runs.length ? `the latest ${runs.length}; history in Python has all · ` : "";
    const words =
      compared.length === 1
        ? "tick another one to lay them side by side"
        : "tick two to lay them side by side";
    back.replaceChildren(
      older + words,
      ...(isLive(model) && shown ? [" · ", button("take its settings", "again")] : []),
    );
  };
  watch(model, ["_runs", "_run", "compared", "shown", "_live"], draw, signal);
  return node;
};
