import { command, isLive } from "./ask";
import { attrs, button, focusable, h, onAct, refill, refuse } from "./dom";
import { watch } from "./life";
import type { AnyModel, AskingTraits } from "./types";

export interface FieldPorts<Traits extends object> {
  label: string;
  /** Traits that `read` reads. */
  traits: readonly (keyof Traits & string)[];
  read(): string;
  write(text: string): void;
}

/** A field for the text that is asked about: Enter asks, the button stops. Without a kernel there is nothing to ask. */
export const textField = <Traits extends AskingTraits>(
  model: AnyModel<Traits>,
  signal: AbortSignal,
  ports: FieldPorts<Traits>,
): HTMLElement => {
  const asking = model as unknown as AnyModel<AskingTraits>;
  const field = focusable(h("textarea", "input asked"));
  Object.assign(field, { rows: 1, spellcheck: false });
  attrs(field, { "aria-label": ports.label });
  const go = h("span");
  const node = h("div", "ask-line", field, go);
  const run = (): void => {
    if (field.value === ports.read()) command(asking, "run");
    else ports.write(field.value);
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    run();
  };
  field.addEventListener("keydown", onKey, { signal });
  onAct(node, signal, { run, stop: () => command(asking, "stop") });
  const dress = (): void => {
    const what = asking.get("busy") ? "stop" : "run";
    const cannot = asking.get("_cannot")?.["ask"];
    node.hidden = !isLive(asking);
    field.disabled = !!cannot;
    attrs(node, { title: cannot });
    refill(go, refuse(button(what, what, "ask", "push"), cannot));
  };
  watch(asking, ["busy", "_cannot", "_live"], dress, signal);
  watch(model, ports.traits, () => Object.assign(field, { value: ports.read() }), signal);
  return node;
};
