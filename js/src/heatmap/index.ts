import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save } from "../core/life";
import type { HeatmapTraits, RenderProps } from "../core/types";
import { GUIDE, mountHeatmap } from "./panel";

const render = (props: RenderProps<HeatmapTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("footer", "readout");
    const panel = mountHeatmap(model, signal, {
      texts: () => model.get("_texts"),
      trait: "_texts",
      title: "",
      none: () => "no text",
      out,
      hover: (hovered) => save(model, { hovered }),
    });
    root.append(h("div", "card", panel.bar, guide(GUIDE), panel.body, out));
  });
};

export default { render };
