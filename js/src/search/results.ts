import { command, failure, isLive, waiting } from "../core/ask";
import { attrs, button, h, onAct } from "../core/dom";
import { endless } from "../core/endless";
import { plural } from "../core/format";
import { save, watch } from "../core/life";
import { rove } from "../core/rove";
import { decode } from "../heatmap/doc";
import { cardOf } from "./card";
import type { Card, Found, Model, Page } from "./types";

/** The cards that stand on the page, with what the filters ask of each. */
interface Hit {
  card: Card;
  box: HTMLElement;
}

const passes = (model: Model, { cosine, density }: Card): boolean => {
  const [least, most] = [model.get("min_cosine") ?? null, model.get("max_density") ?? null];
  if (least !== null && !(cosine !== null && cosine >= least)) return false;
  return most === null || (density !== null && density <= most);
};

/** What was found, in words: how much, of what, what is left out. */
const summary = (found: Found | null, shown: number, total: number): string => {
  if (!found) return "";
  const { query, where, warnings } = found;
  if (!total) return `no explanations for “${query}” in ${where}`;
  const amount =
    shown < total ? `${shown} of ${plural(total, "explanation")}` : plural(total, "explanation");
  return [`${amount} for “${query}” in ${where}, closest first`, ...warnings].join(" · ");
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

/** Cards are added below those that stand; only another search draws anew. */
const createCards = (model: Model, list: HTMLElement) => {
  const hits: Hit[] = [];
  let [search, pages] = [-1, 0];
  const add = ({ cards, texts }: Page): void => {
    const doc = decode(texts);
    let from = 0;
    for (const card of cards) {
      const box = cardOf(card, doc, from, isLive(model));
      from += card.examples;
      hits.push({ card, box });
      list.append(box);
    }
  };
  return {
    hits,
    draw(found: Found | null): void {
      if ((found?.search ?? -1) !== search) {
        list.replaceChildren();
        list.scrollTop = hits.length = pages = 0;
      }
      search = found?.search ?? -1;
      for (const page of found?.pages.slice(pages) ?? []) add(page);
      pages = found?.pages.length ?? 0;
    },
  };
};

export interface Results {
  node: HTMLElement;
  /** Goes from the field to the first card. */
  enter(): void;
}

/** What was found, page after page: the next one is asked for when the reader has scrolled to the end. */
export const mountResults = (model: Model, signal: AbortSignal): Results => {
  const said = attrs(h("p", "search-said quiet"), { role: "status" });
  const list = attrs(h("div", "search-results"), { role: "listbox", "aria-label": "explanations" });
  const [end, failed] = [h("div", "search-end"), h("div")];
  const area = h("div", "search-area", list, end);
  const { hits, draw: drawCards } = createCards(model, list);
  const items = (): HTMLElement[] => hits.map(({ box }) => box).filter((box) => !box.hidden);
  const tabStop = rove(list, signal, items);
  const more = (): void => command(model, "more");
  const goOn = endless(area, end, signal, more);
  const choose = (ref: string): void => {
    if (`${getSelection()}`) return;
    save(model, { selected: ref === model.get("selected") ? null : ref });
  };
  onAct(area, signal, {
    choose,
    more,
    stop: () => command(model, "stop"),
    retry: () => command(model, "retry"),
  });
  onAct(failed, signal, { retry: () => command(model, "retry") });
  const mark = (): void => {
    const selected = model.get("selected");
    for (const { card, box } of hits) attrs(box, { "aria-selected": `${card.ref === selected}` });
    tabStop();
  };
  const sift = (): void => {
    for (const { card, box } of hits) box.hidden = !passes(model, card);
    said.textContent = summary(model.get("_found"), items().length, hits.length);
    mark();
  };
  const draw = (): void => {
    const [found, busy, error] = [model.get("_found"), model.get("busy"), model.get("error")];
    const asking = busy === "query";
    drawCards(found);
    area.classList.toggle("npw-dim", asking);
    attrs(area, { "aria-busy": asking && "true" });
    const wrong = error && error.where !== "more" && !asking ? error : null;
    failed.replaceChildren(wrong ? failure({ ...wrong, retry: wrong.retry && isLive(model) }) : "");
    end.replaceChildren(...(asking && !hits.length ? waiting(8, 90) : ending(model, hits.length)));
    sift();
    goOn(`${found?.search}.${found?.pages.length}`);
  };
  watch(model, ["_found", "busy", "error", "_live"], draw, signal);
  watch(model, ["min_cosine", "max_density"], sift, signal);
  watch(model, ["selected"], mark, signal);
  return { node: h("div", "search-found", failed, said, area), enter: () => items()[0]?.focus() };
};
