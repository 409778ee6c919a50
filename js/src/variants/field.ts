import { attrs, focusable, h } from "../core/dom";

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
