import { command, isLive } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct, refill } from "../core/dom";
import { onEnd, save, watch } from "../core/life";
import type { Model } from "./types";

/** The service takes no less. */
const LEAST = 3;
/** How long the field must be left alone before it asks, in milliseconds. */
const PAUSE = 500;

const tooShort = (text: string): boolean => text.length > 0 && [...text].length < LEAST;

/** Asks when a key is followed by a pause, or by Enter; never with a key alone. */
const asker = (model: Model, input: HTMLInputElement, signal: AbortSignal) => {
  let timer = 0;
  let sent = model.get("query");
  const ask = (byEnter: boolean): void => {
    clearTimeout(timer);
    const text = input.value.trim();
    // Emptied on the way to another question: what was found stays until Enter says otherwise.
    if (tooShort(text) || (!text && !byEnter)) return;
    sent = text;
    if (text !== model.get("query")) save(model, { query: text });
    else if (byEnter && text) command(model, "run");
  };
  onEnd(signal, () => clearTimeout(timer));
  return {
    ask,
    later(): void {
      clearTimeout(timer);
      timer = window.setTimeout(() => ask(false), PAUSE);
    },
    /** A question that came from elsewhere; one's own must not undo the letters typed since. */
    follow(): void {
      const query = model.get("query") ?? "";
      if (query !== sent) input.value = query;
      sent = query;
    },
  };
};

/** The field that asks; what it cannot ask it says itself. */
export const mountField = (model: Model, signal: AbortSignal, leave: () => void): HTMLElement => {
  const input = focusable(h("input", "input search-query"));
  Object.assign(input, { type: "text", value: model.get("query") ?? "", spellcheck: false });
  attrs(input, { "aria-label": "what to look for", placeholder: "what to look for, in words" });
  const hint = attrs(h("span", "search-hint"), { role: "status" });
  const go = h("span");
  const node = h("div", "search-field", h("span", "search-box", input, hint), go);
  const asks = asker(model, input, signal);
  const say = (): void => {
    const short = tooShort(input.value.trim());
    hint.textContent = short ? `at least ${LEAST} characters` : "";
    attrs(input, { "aria-invalid": short && "true" });
  };
  const typed = (event: Event): void => {
    say();
    if (!(event as InputEvent).isComposing) asks.later();
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "ArrowDown") leave();
    else if (event.key !== "Enter" || event.isComposing) return;
    else asks.ask(true);
    event.preventDefault();
  };
  listen(input, "input", typed, signal);
  listen(input, "compositionend", typed, signal);
  listen(input, "keydown", onKey, signal);
  onAct(node, signal, { search: () => asks.ask(true), stop: () => command(model, "stop") });
  const draw = (): void => {
    const cannot = model.get("_cannot")?.["ask"];
    const act = model.get("busy") === "query" ? "stop" : "search";
    node.hidden = !isLive(model);
    input.disabled = !!cannot;
    attrs(node, { title: cannot });
    refill(go, attrs(button(act, act, "go", "push"), { "aria-disabled": cannot && "true" }));
  };
  watch(model, ["busy", "_cannot", "_live"], draw, signal);
  const follow = (): void => {
    asks.follow();
    say();
  };
  watch(model, ["query"], follow, signal);
  return node;
};
