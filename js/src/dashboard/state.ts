import { command, failure, isLive, waiting } from "../core/ask";
import { attrs, button, h, onAct } from "../core/dom";
import { watch } from "../core/life";
import { origin } from "../core/origin";
import type { Part } from "./traits";

/** Stands where a feature will stand, in about its size, so that nothing jumps when it comes. */
export function skeleton(): HTMLElement {
  const side = h("div", "area-side", ...waiting(22, 90));
  const fire = h("div", "area-fire", ...waiting(22, 100));
  return attrs(h("div", "main waiting", h("div", "area-guess", ...waiting(2, 60)), fire, side), {
    "aria-label": "loading",
    role: "status",
  });
}

/** Note, error or skeleton: what stands above or instead of the panels. */
export const status: Part = (model, signal) => {
  const node = h("div", "status");
  const draw = (): void => {
    const feature = model.get("_feature");
    const error = model.get("error");
    const busy = model.get("busy") === "feature";
    const failed = error?.where === "feature" && !busy ? failure(error) : null;
    const empty = !feature && !busy && !failed ? h("p", "empty", "no feature to show") : null;
    const note = feature?.note ? h("p", "note", feature.note) : null;
    const parts = [failed, note, !feature && busy ? skeleton() : null, empty];
    node.replaceChildren(...parts.filter((part) => part !== null));
  };
  onAct(node, signal, { retry: () => command(model, "retry") });
  watch(model, ["_feature", "error", "busy"], draw, signal);
  return node;
};

/** Where the data came from and when, and a way past a stale copy. */
export const provenance: Part = (model, signal) => {
  const node = h("div", "where");
  const draw = (): void => {
    const from = model.get("_feature")?.provenance;
    const busy = model.get("busy") === "feature";
    const reload =
      isLive(model) &&
      (busy
        ? button("stop", "stop")
        : from && attrs(button("reload", "reload"), { title: "fetch it again, past the cache" }));
    node.replaceChildren(from ? origin(from) : "", reload || "");
  };
  onAct(node, signal, {
    reload: () => command(model, "reload"),
    stop: () => command(model, "stop"),
  });
  watch(model, ["_feature", "busy", "_live"], draw, signal);
  return node;
};
