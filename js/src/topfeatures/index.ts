import { command, failure, waiting } from "../core/ask";
import { mountDashboard } from "../core/child";
import { attrs, h, onAct } from "../core/dom";
import { textField } from "../core/field";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import { origin } from "../core/origin";
import type { RenderProps } from "../core/types";
import { mountPanel } from "./panel";
import { textSwitch, textsOf } from "./tools";
import type { Model, TopFeaturesTraits } from "./types";

const GUIDE =
  "Each row is a feature, each column a token of the text. A feature that fires on one word says what the word is; " +
  "one that fires on many may follow the topic, or be dense. Pick the word that you wonder about.";

/** Whose features were asked. */
const header = (model: Model, signal: AbortSignal): HTMLElement => {
  const where = h("span", "asked-of");
  const draw = (): void => {
    const names = [model.get("model"), model.get("source_set"), model.get("sources").join(", ")];
    where.replaceChildren(
      ...names
        .filter(Boolean)
        .flatMap((name, n) => (n ? [h("span", "asked-slash", "/"), name] : [h("b", "", name)])),
    );
  };
  watch(model, ["model", "source_set", "sources"], draw, signal);
  return h("header", "asked-head", h("h3", "title", "Which features fire?"), where);
};

const field = (model: Model, signal: AbortSignal): HTMLElement =>
  textField(model, signal, {
    label: "the text, Enter asks",
    traits: ["text", "shown"],
    read: () => textsOf(model)[model.get("shown")] ?? "",
    write(text) {
      const texts = textsOf(model).with(model.get("shown"), text);
      save(model, { text: texts.length > 1 ? texts : text });
    },
  });

/** An error or bars where the features will stand; an error of the order stands above what is there. */
const status = (model: Model, signal: AbortSignal): HTMLElement => {
  const node = h("div", "status");
  const draw = (): void => {
    const [error, busy] = [model.get("error"), model.get("busy")];
    const isEmpty = !model.get("_answers").length;
    node.replaceChildren(
      ...(error && !busy ? [failure(error)] : busy && isEmpty ? waiting(9, 100) : []),
    );
  };
  onAct(node, signal, { retry: () => command(model, "retry") });
  watch(model, ["error", "busy", "_answers"], draw, signal);
  return node;
};

const provenance = (model: Model, signal: AbortSignal): HTMLElement => {
  const node = h("span", "asked-from");
  const draw = (): void => {
    const from = model.get("_answers")[model.get("shown")]?.provenance;
    node.replaceChildren(from ? origin(from) : "");
  };
  watch(model, ["_answers", "shown"], draw, signal);
  return node;
};

const render = (props: RenderProps<TopFeaturesTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("span", "readout");
    const panel = mountPanel(model, root, out, signal);
    const dress = (): void => {
      const busy = model.get("busy") === "features";
      panel.hidden = !model.get("_answers").length;
      panel.classList.toggle("npw-dim", busy);
      attrs(panel, { "aria-busy": busy && "true" });
    };
    watch(model, ["_answers", "busy"], dress, signal);
    const top = [
      header(model, signal),
      textSwitch(model, signal),
      field(model, signal),
      guide(GUIDE),
    ];
    const foot = h("footer", "foot", out, provenance(model, signal));
    const dashboard = mountDashboard(props.model, signal, () => save(model, { selected: null }));
    root.append(h("div", "card", ...top, status(model, signal), panel, foot, dashboard));
  });
};

export default { render };
