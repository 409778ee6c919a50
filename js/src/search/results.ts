import { command, failure, isLive, waiting } from "../core/ask";
import { densityNotes } from "../core/density";
import { attrs, button, h, onAct } from "../core/dom";
import { endless } from "../core/endless";
import { plural } from "../core/format";
import { save, watch } from "../core/life";
import { createCards } from "./cards";
import type { Found, Model } from "./types";

/** What was found, in words: how much, of what, what is left out. */
const summary = (found: Found | null, shown: number, total: number): string => {
  if (!found) return "";
  const { query, where } = found;
  if (!total) return `no explanations for “${query}” in ${where}`;
  const all = plural(total, "explanation");
  return `${shown < total ? `${shown} of ${all}` : all} for “${query}” in ${where}, closest first`;
};

/** The end of the list: more, the way to it, or why there is no more. */
const ending = (model: Model, total: number): (HTMLElement | "")[] => {
  const [busy, error, found] = [model.get("busy"), model.get("error"), model.get("_found")];
  const live = isLive(model);
  if (busy === "more") return [...waiting(3, 70), button("stop", "stop", "more", "push")];
  const broken = error?.where === "more" ? error : found?.broken;
  if (broken) return [failure({ ...broken, retry: broken.retry && live })];
  if (!found?.more) return [total ? h("p", "empty", "that is all") : ""];
  return [live ? button("more", "more", "more", "push") : h("p", "empty", "there are more")];
};

export interface Results {
  node: HTMLElement;
  /** Goes from the field to the first card. */
  enter(): void;
}

/** What was found, page after page: the next one is asked for when the reader has scrolled to the end. */
export const mountResults = (model: Model, signal: AbortSignal): Results => {
  const said = attrs(h("p", "search-said quiet"), { role: "status" });
  const notes = densityNotes(model, signal);
  const cards = createCards(model, signal);
  const [end, failed] = [h("div", "search-end"), h("div")];
  const area = h("div", "search-area", cards.list, end);
  const ask = (name: string) => (): void => command(model, name);
  const goOn = endless(area, end, signal, ask("more"));
  const choose = (ref: string): void => {
    // Dragging over a text selects it, and chooses nothing.
    if (`${getSelection()}`) return;
    save(model, { selected: ref === model.get("selected") ? null : ref });
  };
  onAct(area, signal, { choose, more: ask("more"), stop: ask("stop"), retry: ask("retry") });
  onAct(failed, signal, { retry: ask("retry") });
  const sift = (): void => {
    cards.sift();
    said.textContent = summary(model.get("_found"), cards.shown().length, cards.all().length);
    notes.draw(cards.all());
  };
  const draw = (): void => {
    const [found, busy, error] = [model.get("_found"), model.get("busy"), model.get("error")];
    const asking = busy === "query";
    if (cards.draw(found)) area.scrollTop = 0;
    const total = cards.all().length;
    area.hidden = !found && !asking;
    area.classList.toggle("npw-dim", asking);
    attrs(area, { "aria-busy": asking && "true" });
    const wrong = error && error.where !== "more" && !asking ? error : null;
    failed.replaceChildren(wrong ? failure({ ...wrong, retry: wrong.retry && isLive(model) }) : "");
    end.replaceChildren(...(asking && !total ? waiting(8, 90) : ending(model, total)));
    sift();
    goOn(`${found?.search}.${found?.pages.length}`);
  };
  watch(model, ["_found", "busy", "error", "_live"], draw, signal);
  watch(model, ["min_cosine", "density_threshold", "keep_unknown", "selected"], sift, signal);
  return {
    node: h("div", "search-found", failed, said, h("p", "search-notes quiet", notes.el), area),
    enter: () => cards.shown()[0]?.focus(),
  };
};
