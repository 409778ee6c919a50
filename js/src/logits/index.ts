import { h } from "../core/dom";
import { frame, guide } from "../core/frame";
import { foot } from "../core/origin";
import type { LogitTraits, RenderProps } from "../core/types";
import { chooseIn, mountBars } from "./bars";

export const GUIDE =
  "This is what the feature does to the next token, not when it fires. " +
  "If it disagrees with the examples, the disagreement tells you something.";

function render(props: RenderProps<LogitTraits>): () => void {
  const { model } = props;
  return frame(props, (root, signal) => {
    const bars = mountBars(model, signal, {
      logits: () => model.get("_logits"),
      trait: "_logits",
      choose: chooseIn(model),
    });
    root.append(h("div", "card narrow", guide(GUIDE), bars, foot(model, signal)));
  });
}

export default { render };
