import { focusable, h } from "./dom";
import { watch } from "./life";
import type { AnyModel, OriginTraits, Provenance } from "./types";

/** Where data came from and when, in one quiet line; the address that was asked and the warnings unfold. */
export const origin = ({ line, stale, more }: Provenance): HTMLElement =>
  h(
    "details",
    stale ? "from stale" : "from",
    focusable(h("summary", "", line)),
    ...more.map((text) => h("p", "", text)),
  );

/** The foot of a widget that stands alone: where tokens are read out, and where its data came from. */
export const foot = (
  model: AnyModel<OriginTraits>,
  signal: AbortSignal,
  out: HTMLElement | "" = "",
): HTMLElement => {
  const node = h("footer", "foot");
  const draw = (): void => {
    const from = model.get("_provenance");
    node.replaceChildren(out, from ? origin(from) : "");
  };
  watch(model, ["_provenance"], draw, signal);
  return node;
};
