import { attrs, h, listen } from "./dom";
import { onEnd, watch } from "./life";
import { followTheme } from "./theme";
import type { AnyModel, CommonTraits, RenderProps } from "./types";

/** The root of every widget: theme, colours and help follow their traits; everything ends with the view. */
export const frame = <Traits extends CommonTraits>(
  { model, el, signal: outer }: RenderProps<Traits>,
  fill: (root: HTMLElement, signal: AbortSignal) => void,
): (() => void) => {
  // The view ends with the host's signal, or with the returned cleanup, whichever comes first.
  const life = new AbortController();
  const { signal } = life;
  const root = h("div", "root");
  const common = model as unknown as AnyModel<CommonTraits & { scheme: string }>;
  onEnd(signal, () => root.remove());
  const retheme = followTheme(el, root, () => common.get("theme"), signal);
  const dress = (): void => {
    retheme();
    attrs(root, { "data-scheme": common.get("scheme"), "data-guide": common.get("guide") });
  };
  watch(common, ["theme", "scheme", "guide"], dress, signal);
  // Filled before it is attached, and themed before both: to ask for a style costs a layout of what is there.
  fill(root, signal);
  el.append(root);
  const end = (): void => life.abort();
  if (outer?.aborted) end();
  if (outer) listen(outer, "abort", end, signal);
  return end;
};

/** Help for a class; shown only while `guide` is set. */
export const guide = (text: string): HTMLElement => h("p", "guide", text);
