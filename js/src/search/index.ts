import { mountDashboard } from "../core/child";
import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import { origin } from "../core/origin";
import type { RenderProps } from "../core/types";
import { mountField } from "./field";
import { mountFilters } from "./filters";
import { mountResults } from "./results";
import type { SearchTraits } from "./types";

export const GUIDE =
  "The search compares meanings, not words, and reads explanations, not the model: " +
  "an explanation is a hypothesis, and a feature without one is not found. Open one and check it.";

const render = (props: RenderProps<SearchTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const results = mountResults(model, signal);
    const field = mountField(model, signal, results.enter);
    const beside = mountDashboard(model, signal, () => save(model, { selected: null }));
    const foot = h("footer", "foot");
    const tell = (): void => {
      const from = model.get("_found")?.provenance;
      foot.replaceChildren(from ? origin(from) : "");
    };
    watch(model, ["_found"], tell, signal);
    const split = h("div", "search-split", results.node, beside);
    root.append(h("div", "card", field, mountFilters(model, signal), guide(GUIDE), split, foot));
  });
};

export default { render };
