import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { foot } from "../core/origin";
import type { HistogramTraits, RenderProps } from "../core/types";
import { mountBins } from "./bins";

export const GUIDE =
  "Most firing is weak. What a feature does at its strongest may differ from what it does in the bulk: choose a bin and look.";

function render(props: RenderProps<HistogramTraits>): () => void {
  const { model } = props;
  return frame(props, (root, signal) => {
    const bins = mountBins(model, signal, {
      histograms: () => model.get("_histograms"),
      trait: "_histograms",
    });
    root.append(h("div", "card narrow", guide(GUIDE), bins, foot(model, signal)));
  });
}

export default { render };
