import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save } from "../core/life";
import { foot } from "../core/origin";
import type { HeatmapTraits, RenderProps } from "../core/types";
import { GUIDE, mountHeatmap } from "./panel";

const render = (props: RenderProps<HeatmapTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("span", "readout");
    const panel = mountHeatmap(model, signal, {
      texts: () => model.get("_texts"),
      trait: "_texts",
      none: () => "no text",
      out,
      hover: (hovered) => save(model, { hovered }),
    });
    const last = foot(model, signal, out);
    root.append(h("div", "card", panel.bar, guide(GUIDE), panel.body, last));
  });
};

export default { render };
