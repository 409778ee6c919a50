import { command, failure, isLive } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct, refill } from "../core/dom";
import { number } from "../core/format";
import { save, watch } from "../core/life";
import { order } from "./state";
import type { Hits, Model } from "./types";

const found = (hits: Hits, features: string[]): HTMLElement[] => {
  if (hits.state === "asking") return [h("p", "empty", `looking for “${hits.query}” …`)];
  if (hits.error) return [failure({ ...hits.error, retry: false })];
  const lines = hits.hits.map(({ ref, text, cosine }) => {
    const there = features.includes(ref);
    const label = h("span", "steer-hit-text", text || "(empty)");
    const line = button(label, "add", ref, "steer-hit");
    const [, source, index] = ref.split("/");
    const how = [`${source}/${index}`, cosine === null ? "" : number(cosine), there ? "added" : ""];
    line.append(h("span", "quiet", how.filter(Boolean).join(" · ")));
    return attrs(line, { "aria-disabled": there && "true" });
  });
  const none = `no explanation is close to “${hits.query}”`;
  return lines.length ? lines : [h("p", "empty", none)];
};

/** One field for a feature's name, its address, its index alone, or words to look for. */
export const mountFind = (model: Model, signal: AbortSignal): HTMLElement => {
  const field = focusable(h("input", "input steer-find"));
  Object.assign(field, { type: "text", spellcheck: false, name: "find" });
  const [list, bar] = [
    attrs(h("div", "steer-hits"), { role: "group" }),
    h("div", "steer-hits-foot"),
  ];
  const line = h("div", "steer-find-line", field, button("add", "find", "find", "push"));
  const node = h("div", "steer-add", line, list, bar);
  const ask = (): void => {
    const text = field.value.trim();
    if (text) order(model, "find", { text });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") command(model, "forget");
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    ask();
  };
  listen(field, "keydown", onKey, signal);
  onAct(node, signal, {
    find: ask,
    forget: () => command(model, "forget"),
    add: (ref) => save(model, { features: [...model.get("features"), ref] }),
  });
  let asked = "";
  const draw = (): void => {
    const hits = model.get("_hits");
    const cannot = model.get("_cannot")?.["search_explanations"];
    const what = cannot ? "a feature's name" : "a feature's name, or what it is about";
    attrs(field, { placeholder: `add: ${what}`, "aria-label": `add ${what}`, title: cannot });
    node.hidden = !isLive(model);
    refill(list, ...(hits ? found(hits, model.get("features")) : []));
    attrs(list, { "aria-label": hits && `features close to ${hits.query}` });
    bar.replaceChildren(...(hits ? [button("close", "forget")] : []));
    // What was typed has become a feature.
    if (asked !== `${model.get("features")}` && !hits) field.value = "";
    asked = `${model.get("features")}`;
  };
  watch(model, ["_hits", "features", "_cannot", "_live"], draw, signal);
  return node;
};
