import { command, failure, isLive } from "../core/ask";
import { attrs, button, focusable, h, onAct, refill, refuse } from "../core/dom";
import { save, watch } from "../core/life";
import { type Doc, decode } from "../heatmap/doc";
import { createList, drawList, mark } from "../heatmap/list";
import { viewOf } from "../heatmap/panel";
import { planOf, type View } from "../heatmap/plan";
import { drawReadout } from "../heatmap/readout";
import type { Model } from "./traits";

export interface TryPorts {
  out: HTMLElement;
  /** End of the examples' colour scale, which the answer shares. */
  top(): number;
}

function createField(model: Model, signal: AbortSignal): HTMLElement {
  const field = focusable(h("textarea", "input text"));
  Object.assign(field, { rows: 1, placeholder: "try a text of your own", spellcheck: false });
  attrs(field, { "aria-label": "a text to try" });
  const go = h("span");
  const node = h("div", "try", field, go);
  const run = (): void => {
    if (field.value === (model.get("text") ?? "")) command(model, "run");
    else save(model, { text: field.value });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!field.disabled) run();
  };
  field.addEventListener("keydown", onKey, { signal });
  onAct(node, signal, { run, stop: () => command(model, "stop") });
  const draw = (): void => {
    const cannot = model.get("_cannot")?.activate;
    const busy = model.get("busy") === "text";
    node.hidden = !isLive(model);
    field.disabled = !!cannot;
    attrs(node, { title: cannot });
    refill(go, refuse(button(busy ? "stop" : "run", busy ? "stop" : "run", "try", "push"), cannot));
  };
  watch(model, ["busy", "_cannot", "_live"], draw, signal);
  watch(
    model,
    ["text"],
    () => {
      field.value = model.get("text") ?? "";
    },
    signal,
  );
  return node;
}

/** An answer is shown whole, whatever the examples are filtered by. */
const wholeText = (model: Model): View => ({
  ...viewOf(model),
  window: "full",
  value_range: null,
  next_token: null,
  show_hidden: ["not-positive"],
});

/** Try a text: the answer is drawn in the same scale as the examples, an error where the answer would be. */
export function mountTryout(model: Model, signal: AbortSignal, ports: TryPorts): HTMLElement {
  const [said, wrong, wait] = [h("p", "quiet"), h("div"), h("div", "skeleton line-skeleton")];
  let doc: Doc | null = null;
  const list = createList(signal, {
    hover(p, byKey) {
      if (p === list.over) return;
      mark(list, p, list.held);
      attrs(ports.out, { "aria-live": byKey && "polite" });
      drawReadout(ports.out, doc, p, "your text");
      save(model, { marker: doc?.values[p] ?? null });
    },
    pick: (p) => mark(list, list.over, p === list.held ? -1 : p),
  });
  attrs(list.box, { "aria-label": "your text: arrow keys move over its tokens" });
  const answer = h("div", "answer", list.box, said);
  const draw = (): void => {
    const given = model.get("_answer");
    const error = model.get("error");
    const busy = model.get("busy") === "text";
    wait.hidden = !busy || !!given;
    answer.hidden = !given;
    answer.classList.toggle("npw-dim", busy);
    wrong.replaceChildren(error?.where === "text" && !busy ? failure(error) : "");
    doc = given && decode(given.texts);
    Object.assign(list, { over: -1, held: -1 });
    if (!doc) return;
    const view = wholeText(model);
    drawList(list, { doc, view, plan: planOf(doc, view), end: ports.top() });
    said.textContent = doc.top > 0 ? "" : "the feature does not fire on this text";
  };
  onAct(wrong, signal, { retry: () => command(model, "retry") });
  watch(
    model,
    ["_answer", "_feature", "error", "busy", "curve", "scale", "threshold", "breaks"],
    draw,
    signal,
  );
  return h("div", "tryout", createField(model, signal), wait, wrong, answer);
}
