import { command, isLive } from "../core/ask";
import { attrs, button, focusable, h, onAct, refill, refuse } from "../core/dom";
import { save, watch } from "../core/life";
import type { AnyModel } from "../core/types";

/** What runs a reader's own texts. */
export interface TextTraits {
  text: string;
  texts: string[];
  busy: string;
  _live: boolean;
  _cannot: { activate?: string } | null;
  _command: { name: string; n: number } | null;
}

/** A widget's model has more traits than these; what is set here fits all of them. */
export type TextModel = AnyModel<TextTraits>;

/** A field for a text: Enter runs it, Shift and Enter break the line, Escape gives up. */
export const textField = (
  label: string,
  hint: string,
  signal: AbortSignal,
  run: (text: string) => void,
  leave: () => void = () => {},
): HTMLTextAreaElement => {
  const field = focusable(h("textarea", "input text"));
  Object.assign(field, { rows: 1, placeholder: hint, spellcheck: false });
  attrs(field, { "aria-label": label });
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!field.disabled) run(field.value);
  };
  field.addEventListener("keydown", onKey, { signal });
  return field;
};

/** The field of the text that is run, with a button to run it again or to stop it. */
export const mountField = (
  model: TextModel,
  signal: AbortSignal,
  label: string,
  hint: string,
): HTMLElement => {
  const run = (): void => {
    if (field.value === (model.get("text") ?? "")) command(model, "run");
    else save(model, { text: field.value });
  };
  const field = textField(label, hint, signal, run);
  const go = h("span");
  const node = h("div", "try", field, go);
  onAct(node, signal, { run, stop: () => command(model, "stop") });
  const draw = (): void => {
    const cannot = model.get("_cannot")?.activate;
    const act = model.get("busy") === "text" ? "stop" : "run";
    node.hidden = !isLive(model);
    field.disabled = !!cannot;
    attrs(node, { title: cannot });
    refill(go, refuse(button(act, act, "try", "push"), cannot));
  };
  const follow = (): void => {
    field.value = model.get("text") ?? "";
  };
  watch(model, ["busy", "_cannot", "_live"], draw, signal);
  watch(model, ["text"], follow, signal);
  return node;
};
