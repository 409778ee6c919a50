import { renderAsked } from "../core/asked";
import { save } from "../core/life";
import type { RenderProps } from "../core/types";
import { mountPanel } from "./panel";
import type { TokenFeaturesTraits } from "./types";

const GUIDE =
  "At each token many features fire: some say what the word is, some what came before it, some what comes next. " +
  "Pick a word, and then a feature: where else does it fire, and does its explanation fit there too?";

const render = (props: RenderProps<TokenFeaturesTraits>): (() => void) => {
  const { model } = props;
  return renderAsked(props, {
    title: "Which features fire at each token?",
    guide: GUIDE,
    names: () => [model.get("model"), model.get("source")],
    namedBy: ["model", "source"],
    field: {
      label: "the text, Enter asks",
      traits: ["text"],
      read: () => model.get("text"),
      write: (text) => save(model, { text }),
    },
    provenance: () => model.get("_answer")?.provenance,
    answeredBy: ["_answer"],
    panel: (_root, out, signal) => mountPanel(model, out, signal),
  });
};

export default { render };
