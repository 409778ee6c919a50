import { mountDashboard } from "../core/child";
import { attrs, h, link } from "../core/dom";
import { number } from "../core/format";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import { origin } from "../core/origin";
import type { RenderProps } from "../core/types";
import { mountAsking } from "./asking";
import { mountFeatures } from "./features";
import { mountFind } from "./find";
import { mountHistory } from "./history";
import { mountLadder } from "./ladder";
import { mountPresets } from "./presets";
import { mountSettings } from "./settings";
import { comparedRuns, shownRun } from "./state";
import { mountTalk } from "./talk";
import { mountTexts } from "./texts";
import type { Model, SteeringTraits } from "./types";

const GUIDE =
  "A strength times the feature's direction is added to the model's hidden state at every token. Look for the least " +
  "strength at which the text changes its topic, and for that from which it is no language any more.";

const header = (model: Model, signal: AbortSignal): HTMLElement => {
  const [what, left] = [h("span", "quiet"), h("span", "quiet steer-left")];
  const draw = (): void => {
    const steered = model.get("model") ?? model.get("features")[0]?.split("/")[0] ?? "";
    const kind = model.get("_is_chat") ? "chat" : "completion";
    what.textContent = [steered, kind].filter(Boolean).join(" · ");
    left.textContent = model.get("_left")?.line ?? "";
    attrs(left, { "data-few": (model.get("_left")?.count ?? Number.POSITIVE_INFINITY) < 10 });
  };
  watch(model, ["model", "features", "_is_chat", "_left"], draw, signal);
  return h("header", "steer-head", h("h3", "title", "Steer"), what, left);
};

/** Which run is shown, how long it took, and where it can be seen by others. */
const footer = (model: Model, signal: AbortSignal): HTMLElement => {
  const node = h("footer", "foot");
  const draw = (): void => {
    const run = comparedRuns(model) ? null : shownRun(model);
    const facts = run?.number
      ? [`run ${run.number}`, `${number(run.seconds ?? 0, 1)} s`, `seed ${run.settings.seed}`]
      : [];
    const shared = run?.share && link("share ↗", run.share);
    const about = h("span", "readout", facts.join(" · "), shared && " · ", shared);
    node.replaceChildren(
      ...(facts.length ? [about] : []),
      ...(run?.provenance ? [origin(run.provenance)] : []),
    );
  };
  watch(model, ["_run", "_runs", "shown", "compared"], draw, signal);
  return node;
};

const section = (title: string, aside: HTMLElement, ...content: HTMLElement[]): HTMLElement =>
  h("section", "", h("div", "steer-heading", h("h4", "title", title), aside), ...content);

const render = (props: RenderProps<SteeringTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const features = section(
      "Features",
      mountPresets(model, signal),
      mountFeatures(model, signal),
      mountFind(model, signal),
    );
    const asking = mountAsking(model, signal, mountSettings(model, signal));
    const talk = [mountTexts(model, signal), mountTalk(model, signal)];
    const said = [...talk, mountLadder(model, signal), mountHistory(model, signal)];
    const split = h(
      "div",
      "steer-split",
      h("div", "steer-controls", features, asking),
      h("div", "steer-said-side", ...said),
    );
    const dashboard = mountDashboard(props.model, signal, () => save(model, { selected: null }));
    const top = [header(model, signal), guide(GUIDE)];
    root.append(h("div", "card", ...top, split, footer(model, signal), dashboard));
  });
};

export default { render };
