import { command, isLive } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct, refill, refuse } from "../core/dom";
import { plural } from "../core/format";
import { save, watch } from "../core/life";
import { featureOf, obstacle, order, recordedOf, short } from "./state";
import type { Model } from "./types";

/** The field for what the model goes on with: Enter runs, with Shift it begins a line. */
const promptField = (model: Model, signal: AbortSignal, run: () => void): HTMLElement => {
  const field = focusable(h("textarea", "input asked steer-prompt"));
  Object.assign(field, { rows: 3, spellcheck: false, name: "prompt", maxLength: 2048 });
  attrs(field, { "aria-label": "the prompt, Enter runs" });
  const commit = (): void => {
    if (field.value !== model.get("prompt")) save(model, { prompt: field.value });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    commit();
    run();
  };
  listen(field, "keydown", onKey, signal);
  // Letter by letter, and saved: what the kernel still repeats of letters before these must not undo them.
  listen(field, "input", commit, signal);
  const draw = (): void => {
    if (field.value !== model.get("prompt")) field.value = model.get("prompt");
    field.disabled = !isLive(model);
  };
  watch(model, ["prompt", "_live"], draw, signal);
  return h("div", "steer-prompt-box", h("h4", "title", "Prompt"), field);
};

/** A range of strengths for one feature, as it is written: `0, 20, 40`; and why it cannot be run, if so. */
const read = (text: string): { strengths: number[]; why: string } => {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const strengths = words.map((word) => Number(word.replace(/^[\u2212\u2013]/, "-")));
  const strange = words.find((_, i) => !Number.isFinite(strengths[i]));
  const why = strange
    ? `“${strange}” is no number`
    : strengths.length < 2 && "two strengths at least";
  return { strengths, why: why || "" };
};

/** The form of a sweep: which feature, which strengths, and how many requests that is. */
const sweepForm = (model: Model, signal: AbortSignal): { el: HTMLElement; toggle(): void } => {
  const select = focusable(h("select", "input"));
  const field = focusable(h("input", "input steer-range"));
  Object.assign(field, { type: "text", name: "range", spellcheck: false });
  attrs(field, { "aria-label": "strengths" });
  attrs(select, { "aria-label": "the feature whose strength is varied", name: "swept" });
  const go = h("span");
  const el = h("div", "steer-sweep-form", select, field, go);
  el.hidden = true;
  let ref = "";
  let filled = "";
  const usual = (): number[] => {
    const recorded = recordedOf(model, ref) ?? [];
    return recorded.length ? recorded : (featureOf(model, ref)?.usual ?? []);
  };
  const run = (): void => {
    const { strengths, why } = read(field.value);
    if (!why) order(model, "sweep", { ref, strengths });
  };
  const count = (): void => {
    const { strengths, why } = read(field.value);
    const label = `run ${plural(strengths.length, "request")}`;
    refill(go, refuse(button(label, "climb", "climb", "push"), obstacle(model) || why));
  };
  const choose = (): void => {
    ref = select.value;
    filled = field.value = usual().join(", ");
    count();
  };
  listen(select, "change", choose, signal);
  listen(field, "input", count, signal);
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Enter" && !obstacle(model)) run();
  };
  listen(el, "keydown", onKey, signal);
  onAct(el, signal, { climb: run });
  let drawn = "";
  const draw = (): void => {
    const muted = model.get("muted");
    const features = model.get("_features").filter((feature) => !muted.includes(feature.ref));
    const now = JSON.stringify(features.map((feature) => [feature.ref, feature.explanation]));
    if (now !== drawn) {
      const options = features.map((feature) => {
        const option = h("option", "", short(feature.explanation ?? feature.name));
        option.value = feature.ref;
        return option;
      });
      select.replaceChildren(...options);
      select.hidden = options.length < 2;
      select.value = features.some((feature) => feature.ref === ref)
        ? ref
        : (features[0]?.ref ?? "");
      if (select.value !== ref) choose();
    }
    if (field.value === filled) choose(); // what somebody wrote stays
    drawn = now;
    count();
  };
  watch(model, ["_features", "_recorded", "muted", "prompt", "_live"], draw, signal);
  const toggle = (): void => {
    el.hidden = !el.hidden;
    if (!el.hidden) field.focus();
  };
  return { el, toggle };
};

/** What is asked, and the buttons that ask it. */
export const mountAsking = (
  model: Model,
  signal: AbortSignal,
  settings: HTMLElement,
): HTMLElement => {
  const run = (): void => {
    if (!obstacle(model)) command(model, "run");
  };
  const prompt = promptField(model, signal, run);
  const sweep = sweepForm(model, signal);
  const buttons = h("div", "steer-buttons");
  const node = h("div", "steer-asking", prompt, settings, buttons, sweep.el);
  onAct(buttons, signal, { run, stop: () => command(model, "stop"), sweep: sweep.toggle });
  const draw = (): void => {
    const [why, isRunning, isChat] = [obstacle(model), model.get("running"), model.get("_is_chat")];
    const begun = isChat && model.get("_runs").length > 0;
    const main = button(begun ? "Ask again" : "Steer", "run", "run", "push steer-main");
    const stop = button("Stop", "stop", "stop", "push");
    const range = button("Sweep…", "sweep", "sweep", "push");
    prompt.hidden = isChat;
    buttons.hidden = !isLive(model);
    if (!isLive(model)) sweep.el.hidden = true;
    refill(
      buttons,
      refuse(main, why),
      refuse(stop, isRunning ? "" : "nothing is running"),
      refuse(range, why),
    );
  };
  watch(
    model,
    ["features", "muted", "prompt", "running", "_is_chat", "_runs", "_cannot", "_live"],
    draw,
    signal,
  );
  return node;
};
