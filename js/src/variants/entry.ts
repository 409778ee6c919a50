import { isLive } from "../core/ask";
import { attrs, button, h, onAct } from "../core/dom";
import { save, watch } from "../core/life";
import { type TextModel, textField } from "./field";

/** All texts: the base, which is the first, and its variants. */
export const allTexts = (model: TextModel): string[] =>
  [model.get("text") ?? "", ...(model.get("texts") ?? [])].filter(Boolean);

/** A cross that takes something away. */
export const takeAway = (what: string, arg: string): HTMLElement => {
  const title = `take ${what} away`;
  return attrs(button("×", "drop", arg, "clear"), { title, "aria-label": title });
};

/** Takes a variant away; the base is number 0. */
export const dropText = (model: TextModel, at: number): void => {
  const first = model.get("text") ? 1 : 0;
  save(model, { texts: model.get("texts").filter((_, n) => n + first !== at) });
};

/** Keeps the text that ran as the base, and lets the reader edit a copy of it. */
export const mountEntry = (model: TextModel, signal: AbortSignal): HTMLElement => {
  const open = button("compare with a variant", "vary");
  const add = (text: string): void => {
    const texts = model.get("texts") ?? [];
    if (text.trim() && !allTexts(model).includes(text)) save(model, { texts: [...texts, text] });
  };
  const show = (shown: boolean): void => {
    row.hidden = !shown;
    open.hidden = shown;
    (shown ? field : open).focus();
  };
  const field = textField("a variant of the text", "a variant", signal, add, () => show(false));
  const row = h("div", "try", field, button("add", "add", "add", "push"));
  row.hidden = true;
  attrs(open, { title: "edit a copy, and see what changes token by token" });
  const node = h("div", "entry", open, row);
  onAct(node, signal, {
    vary() {
      field.value = allTexts(model).at(-1) ?? "";
      show(true);
    },
    add: () => add(field.value),
  });
  const draw = (): void => {
    const can = isLive(model) && !model.get("_cannot")?.activate;
    node.hidden = !can || !allTexts(model).length;
  };
  watch(model, ["text", "texts", "_live", "_cannot"], draw, signal);
  return node;
};
