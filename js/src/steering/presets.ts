import { command, failure, isLive } from "../core/ask";
import { button, focusable, h, listen, onAct, refill } from "../core/dom";
import { save, watch } from "../core/life";
import { spelt } from "./scale";
import type { Model, Preset, Presets } from "./types";

const entry = (preset: Preset, i: number): HTMLElement => {
  const by = preset.features.map(([ref, label, strength]) => `${label ?? ref} ${spelt(strength)}`);
  const about = h("span", "quiet", [preset.own && "yours", ...by].filter(Boolean).join(" · "));
  const line = button(h("span", "steer-hit-text", preset.name), "preset", `${i}`, "steer-hit");
  line.append(about);
  return line;
};

const content = ({ state, error, presets }: Presets): HTMLElement[] => {
  if (state === "asking") return [h("p", "empty", "asking …")];
  if (error) return [failure({ ...error, retry: false })];
  return presets.length ? presets.map(entry) : [h("p", "empty", "there are none for this model")];
};

/** Features with strengths that the source offers; they are asked for when the list is unfolded, not before. */
export const mountPresets = (model: Model, signal: AbortSignal): HTMLElement => {
  const list = h("div", "steer-hits");
  const node = h("details", "steer-presets", focusable(h("summary", "", "presets")), list);
  const isUnfolded = (): boolean => node.hasAttribute("open");
  const ask = (): void => {
    const state = model.get("_presets")?.state ?? "failed";
    if (isUnfolded() && isLive(model) && state === "failed") command(model, "presets");
  };
  const use = (which: number): void => {
    const preset = model.get("_presets")?.presets[which];
    if (!preset) return;
    save(model, {
      features: preset.features.map(([ref]) => ref),
      strengths: Object.fromEntries(preset.features.map(([ref, , strength]) => [ref, strength])),
      muted: [],
      settings: { ...model.get("settings"), method: preset.method },
    });
    node.removeAttribute("open");
  };
  listen(node, "toggle", ask, signal);
  onAct(list, signal, { preset: (arg) => use(Number(arg)) });
  const draw = (): void => {
    const presets = model.get("_presets");
    node.hidden = !isLive(model) || !!model.get("_cannot")?.["steering_presets"];
    refill(list, ...(presets ? content(presets) : []));
  };
  watch(model, ["_presets", "_cannot", "_live"], draw, signal);
  return node;
};
