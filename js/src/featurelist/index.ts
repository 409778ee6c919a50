import { mountDashboard } from "../core/child";
import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import { origin } from "../core/origin";
import type { RenderProps } from "../core/types";
import { mountTable } from "./table";
import type { ListTraits } from "./types";

export const GUIDE =
  "Sort by density to meet the rarest and the commonest; the peaks of the examples stand in one column, " +
  "so read down them. A label that fits one example may not fit the next: open a row and look.";

const render = (props: RenderProps<ListTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const [out, from] = [h("span", "readout list-out"), h("span")];
    const table = mountTable(model, signal, out);
    const beside = mountDashboard(model, signal, () => save(model, { opened: null }));
    const tell = (): void => {
      const provenance = model.get("_rows")?.provenance;
      from.replaceChildren(provenance ? origin(provenance) : "");
    };
    watch(model, ["_rows"], tell, signal);
    const foot = h("footer", "foot", out, from);
    root.append(h("div", "card", guide(GUIDE), ...table, foot, beside));
  });
};

export default { render };
