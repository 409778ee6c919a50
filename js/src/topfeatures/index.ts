import { renderAsked } from "../core/asked";
import { save } from "../core/life";
import type { RenderProps } from "../core/types";
import { mountPanel } from "./panel";
import { textSwitch, textsOf } from "./tools";
import type { TopFeaturesTraits } from "./types";

const GUIDE =
  "Each row is a feature, each column a token of the text. A feature that fires on one word says what the word is; " +
  "one that fires on many may follow the topic, or be dense. Pick the word that you wonder about.";

const render = (props: RenderProps<TopFeaturesTraits>): (() => void) => {
  const { model } = props;
  return renderAsked(props, {
    title: "Which features fire?",
    guide: GUIDE,
    names: () => [model.get("model"), model.get("source_set"), model.get("sources").join(", ")],
    namedBy: ["model", "source_set", "sources"],
    field: {
      label: "the text, Enter asks",
      traits: ["text", "shown"],
      read: () => textsOf(model)[model.get("shown")] ?? "",
      write(text) {
        const texts = textsOf(model).with(model.get("shown"), text);
        save(model, { text: texts.length > 1 ? texts : text });
      },
    },
    provenance: () => model.get("_answers")[model.get("shown")]?.provenance,
    answeredBy: ["_answers", "shown"],
    above: (signal) => textSwitch(model, signal),
    panel: (root, out, signal) => mountPanel(model, root, out, signal),
  });
};

export default { render };
