import { isLive } from "../core/ask";
import { attrs, h, onAct } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import type { DashboardTraits, Place, RenderProps } from "../core/types";
import { GUIDE as FIRE_GUIDE, mountHeatmap, type Panel } from "../heatmap/panel";
import { GUIDE as STRENGTH_GUIDE } from "../histogram";
import { mountBins } from "../histogram/bins";
import { GUIDE as DOES_GUIDE } from "../logits";
import { mountBars } from "../logits/bars";
import { details, neighbours } from "./around";
import { chips, emptyText } from "./filters";
import { guess } from "./guess";
import { header } from "./header";
import { mountOptions } from "./options";
import { provenance, status } from "./state";
import type { Model } from "./traits";
import { mountTryout } from "./tryout";

function none(model: Model): string {
  const feature = model.get("_feature");
  if (feature?.dead) return "This feature never fired on the sampled text.";
  return feature?.vector
    ? "A vector has no stored examples; try a text."
    : "no examples were stored for this feature";
}

/** When does it fire? Examples, and a text of the reader's own on the same scale. */
function fire(model: Model, signal: AbortSignal, out: HTMLElement): HTMLElement {
  const panel: Panel = mountHeatmap(model, signal, {
    texts: () => model.get("_feature")?.texts ?? null,
    trait: "_feature",
    heading: h("h3", "title", "When does it fire?"),
    none: (doc, view, total) => (total ? emptyText(view, doc) : none(model)),
    chips: (doc, view) => chips(view, doc),
    out,
    hover: (hovered: Place, marker: number | null) => save(model, { hovered, marker }),
  });
  const tryout = mountTryout(model, signal, {
    out,
    top: () => panel.doc()?.top || model.get("_feature")?.max_activation || 0,
  });
  onAct(panel.body, signal, { clear: (arg) => save(model, { [arg]: null }) });
  const options = mountOptions(model, signal, () => panel.doc()?.top || 1);
  return h("section", "panel area-fire", panel.bar, guide(FIRE_GUIDE), tryout, options, panel.body);
}

/** What does it do? Logit weights; a chosen promoted token shows the examples in which it comes next. */
function does(model: Model, signal: AbortSignal): HTMLElement {
  const bars = mountBars(model, signal, {
    logits: () => model.get("_feature")?.logits ?? null,
    trait: "_feature",
    choose: (chosen) => save(model, { chosen, next_token: chosen }),
  });
  const title = h("h3", "title", "What does it do?", h("span", "quiet", "promotes, suppresses"));
  return h("section", "panel", title, guide(DOES_GUIDE), bars);
}

function strength(model: Model, signal: AbortSignal): HTMLElement {
  const bins = mountBins(model, signal, {
    histograms: () => model.get("_feature")?.histograms ?? null,
    trait: "_feature",
  });
  return h(
    "section",
    "panel",
    h("h3", "title", "How strongly, how often"),
    guide(STRENGTH_GUIDE),
    bins,
  );
}

/** `chosen` and `next_token` are one choice under two names: whichever changed last wins. */
function linkChoice(model: Model, signal: AbortSignal): void {
  let last: string | null = null;
  const sync = (): void => {
    const chosen = model.get("chosen") ?? null;
    const next = model.get("next_token") ?? null;
    const winner = chosen === last ? next : chosen;
    last = winner;
    if (chosen !== next) save(model, { chosen: winner, next_token: winner });
  };
  watch(model, ["chosen", "next_token"], sync, signal);
}

function render(props: RenderProps<DashboardTraits>): () => void {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("span", "readout");
    linkChoice(model, signal);
    const side = h(
      "div",
      "area-side",
      does(model, signal),
      strength(model, signal),
      neighbours(model, signal),
    );
    const main = h("div", "main", guess(model, signal), fire(model, signal, out), side);
    const foot = h("footer", "foot", out, provenance(model, signal));
    const rest = details(model, signal);
    const dress = (): void => {
      const busy = model.get("busy") === "feature";
      main.hidden = !model.get("_feature") || (model.get("error")?.where === "feature" && !busy);
      main.classList.toggle("npw-dim", busy);
      attrs(main, { "aria-busy": busy ? "true" : null });
      root.classList.toggle("npw-still", !isLive(model));
    };
    watch(model, ["_feature", "busy", "error", "_live"], dress, signal);
    root.append(h("div", "card", header(model, signal), status(model, signal), main, rest, foot));
  });
}

export default { render };
