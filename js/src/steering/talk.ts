import { command, isLive } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct, refill, refuse } from "../core/dom";
import { watch } from "../core/life";
import { obstacle, order, shownRun } from "./state";
import type { Model } from "./types";

/** The field for the next message of a conversation, below what was said. */
export const mountTalk = (model: Model, signal: AbortSignal): HTMLElement => {
  const field = focusable(h("textarea", "input asked"));
  Object.assign(field, { rows: 1, spellcheck: false, name: "message", maxLength: 2048 });
  attrs(field, { "aria-label": "your message, Enter sends it", placeholder: "your message" });
  const go = h("span", "steer-talk-buttons");
  const node = h("div", "ask-line", field, go);
  const reason = (): string => {
    const why = obstacle(model);
    if (model.get("running")) return "wait for the answer, or stop it";
    return why === "write a prompt first" ? "" : why;
  };
  const say = (): void => {
    const text = field.value.trim();
    if (!text || reason()) return;
    field.value = "";
    order(model, "say", { text });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  };
  listen(field, "keydown", onKey, signal);
  onAct(go, signal, { say, reset: () => command(model, "reset") });
  const draw = (): void => {
    const begun = !!shownRun(model);
    node.hidden = !model.get("_is_chat") || !isLive(model);
    // Before the first turn, and where a message could not be sent, it stands in the field.
    if (!field.value && (!begun || model.get("error"))) field.value = model.get("prompt");
    const buttons = [refuse(button("Send", "say", "say", "push steer-main"), reason())];
    if (begun) buttons.push(button("begin anew", "reset"));
    refill(go, ...buttons);
  };
  const traits = [
    "prompt",
    "running",
    "error",
    "features",
    "muted",
    "_is_chat",
    "_run",
    "_runs",
    "_live",
  ] as const;
  watch(model, traits, draw, signal);
  return node;
};
