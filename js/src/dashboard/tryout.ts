import { attrs, button, focusable, h, keepFocus, onAct } from "../core/dom";
import { save, watch } from "../core/life";
import { type Doc, decode } from "../heatmap/doc";
import { createList } from "../heatmap/list";
import { viewOf } from "../heatmap/panel";
import { planOf } from "../heatmap/plan";
import { drawReadout } from "../heatmap/readout";
import { failure } from "./state";
import { command, isLive, type Model } from "./traits";

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
    keepFocus(go, () =>
      go.replaceChildren(
        button(busy ? "stop" : "run", busy ? "stop" : "run", { look: "push", cannot }),
      ),
    );
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

/** Try a text: the answer is drawn in the same scale as the examples, an error where the answer would be. */
export function mountTryout(model: Model, signal: AbortSignal, ports: TryPorts): HTMLElement {
  const said = h("p", "quiet");
  const wrong = h("div");
  const wait = h("div", "skeleton line-skeleton");
  let doc: Doc | null = null;
  let marks: [number, number] = [-1, -1];
  const list = createList(signal, {
    hover(p, byKey) {
      if (p === marks[0]) return;
      marks = [p, marks[1]];
      list.mark(...marks);
      drawReadout(ports.out, doc, p, byKey, "your text");
      save(model, { marker: doc && p >= 0 ? doc.values[p]! : null });
    },
    pick(p) {
      marks = [marks[0], p === marks[1] ? -1 : p];
      list.mark(...marks);
    },
  });
  attrs(list.el, { "aria-label": "your text: arrow keys move over its tokens" });
  const answer = h("div", "answer", list.el, said);
  const draw = (): void => {
    const given = model.get("_answer");
    const error = model.get("error");
    const busy = model.get("busy") === "text";
    wait.hidden = !busy || !!given;
    answer.hidden = !given;
    answer.classList.toggle("npw-dim", busy);
    wrong.replaceChildren(error?.where === "text" && !busy ? failure(error) : "");
    doc = given && decode(given.texts);
    if (!doc) return;
    const view = {
      ...viewOf(model),
      window: "full",
      value_range: null,
      next_token: null,
      show_hidden: ["not-positive"],
    } as const;
    list.draw(
      doc,
      { ...view, show_hidden: [...view.show_hidden] },
      planOf(doc, { ...view, show_hidden: ["not-positive", "duplicate"] }),
      ports.top(),
    );
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
