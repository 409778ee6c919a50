import { isLive } from "../core/ask";
import { attrs, button, focusable, h, link, onAct, refill, refuse } from "../core/dom";
import { brief, percent } from "../core/format";
import { save, watch } from "../core/life";
import type { Feature } from "../core/types";
import type { Model, Part } from "./traits";

const stat = (value: string, label: string, before = false): HTMLElement =>
  before
    ? h("span", "stat", `${label} `, h("b", "", value))
    : h("span", "stat", h("b", "", value), ` ${label}`);

function stats(feature: Feature | null): (HTMLElement | null)[] {
  if (!feature) return [];
  const { density, max_activation: peak, url, site } = feature;
  return [
    feature.vector ? h("span", "tag", "vector") : null,
    feature.dead ? h("span", "tag", "dead") : null,
    density === null ? h("span", "stat", "density unknown") : stat(percent(density), "of tokens"),
    peak === null ? null : stat(brief(peak), "peak", true),
    url ? link(`${site ?? "site"} ↗`, url, "link stat") : null,
  ];
}

function indexField(index: string): HTMLInputElement {
  const field = focusable(h("input", "input index"));
  Object.assign(field, { type: "text", inputMode: "numeric", value: index });
  field.style.width = `${Math.max(4, index.length) + 1}ch`;
  return attrs(field, {
    "aria-label": "feature index",
    title: "type an index and press Enter",
    "data-act": "index",
  });
}

/** Previous, index, next; without a kernel just the index. */
function steps(model: Model, index: string): (HTMLElement | string)[] {
  if (!isLive(model)) return [h("b", "", index)];
  const cannot = /^\d+$/.test(index) ? null : "this feature has no number to count from";
  const first = index === "0" ? "this is the first feature" : null;
  const last = model.get("_cannot")?.next ?? null;
  const step = (label: string, by: string, name: string, why: string | null): HTMLElement =>
    refuse(attrs(button(label, "step", by, "push"), { title: name, "aria-label": name }), why);
  const back = step("‹", "-1", "previous feature", cannot ?? first);
  const on = step("›", "1", "next feature", cannot ?? last);
  return [h("span", "steps", indexField(index), back, on)];
}

/** `model / source / index`, the way to other features, and the figures that stand for the whole. */
export const header: Part = (model, signal) => {
  const name = h("div", "ref");
  const figures = h("div", "stats");
  const node = h("header", "head", name, figures);
  const parts = (): [string, string, string] => {
    const all = (model.get("ref") ?? model.get("_feature")?.title ?? "").split("/");
    return [all[0] ?? "", all.slice(1, -1).join("/"), all.at(-1) ?? ""];
  };
  const go = (index: string): void => {
    const [first, source] = parts();
    save(model, { ref: `${first}/${source}/${index}` });
  };
  const draw = (): void => {
    const [first, source, index] = parts();
    const slash = (): HTMLElement => h("span", "slash", "/");
    refill(name, h("b", "", first), slash(), source, slash(), ...steps(model, index));
    figures.replaceChildren(...stats(model.get("_feature")).filter((part) => part !== null));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    event.stopPropagation();
    if (event.key === "Escape") event.target.value = parts()[2];
    if (event.key !== "Enter") return;
    const wish = event.target.value.trim();
    // What is no number would be refused in Python, where nobody would see it.
    const wrong = !/^\d+$/.test(wish);
    attrs(event.target, { "aria-invalid": wrong ? "true" : null });
    if (!wrong) go(String(Number(wish)));
  };
  node.addEventListener("keydown", onKey, { signal });
  onAct(node, signal, { step: (arg) => go(String(Number(parts()[2]) + Number(arg))) });
  watch(model, ["ref", "_feature", "_live", "_cannot"], draw, signal);
  return node;
};
