import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save } from "../core/life";
import type { HeatmapTraits, RenderProps } from "../core/types";
import { mountHeatmap } from "./panel";

export const GUIDE =
  "Read the marked tokens, not the gist of the text; then look at what stands just before them.";

const render = (props: RenderProps<HeatmapTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("footer", "foot");
    const panel = mountHeatmap(model, signal, {
      texts: () => model.get("_texts"),
      trait: "_texts",
      title: "",
      none: (_doc, _view, total) => (total ? "no example passes the filter" : "no text to show"),
      out,
      hover: (hovered) => save(model, { hovered }),
    });
    root.append(h("div", "card", panel.bar, guide(GUIDE), panel.body, out));
  });
};

export default { render };
