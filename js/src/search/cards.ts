import { isLive } from "../core/ask";
import { isRare } from "../core/density";
import { attrs, h } from "../core/dom";
import { rove } from "../core/rove";
import { decode } from "../heatmap/doc";
import { cardOf } from "./card";
import type { Card, Found, Model, Page } from "./types";

const passes = (model: Model, card: Card): boolean => {
  const least = model.get("min_cosine") ?? null;
  const { cosine } = card;
  return isRare(card, model) === true && (least === null || (cosine !== null && cosine >= least));
};

export interface Cards {
  list: HTMLElement;
  /** All that arrived, and the boxes of those that are shown. */
  all(): Card[];
  shown(): HTMLElement[];
  /** Cards are added below those that stand; only another search draws anew, and says so. */
  draw(found: Found | null): boolean;
  /** Hides what the filters leave out, and marks what is selected. */
  sift(): void;
}

/** The cards that stand on the page: many items, one tab stop. */
export const createCards = (model: Model, signal: AbortSignal): Cards => {
  const list = attrs(h("div", "search-results"), { role: "listbox", "aria-label": "explanations" });
  const cards: Card[] = [];
  const boxes: HTMLElement[] = [];
  const shown = (): HTMLElement[] => boxes.filter((box) => !box.hidden);
  const tabStop = rove(list, signal, shown);
  let [search, pages] = [-1, 0];
  const add = (page: Page): void => {
    const doc = decode(page.texts);
    let from = 0;
    for (const card of page.cards) {
      const box = cardOf(card, doc, from, isLive(model));
      from += card.examples;
      cards.push(card);
      boxes.push(box);
      list.append(box);
    }
  };
  return {
    list,
    all: () => cards,
    shown,
    draw(found) {
      const isOther = (found?.search ?? -1) !== search;
      if (isOther) {
        list.replaceChildren();
        cards.length = boxes.length = pages = 0;
      }
      search = found?.search ?? -1;
      for (const page of found?.pages.slice(pages) ?? []) add(page);
      pages = found?.pages.length ?? 0;
      return isOther;
    },
    sift() {
      const selected = model.get("selected");
      cards.forEach((card, i) => {
        const box = attrs(boxes[i]!, { "aria-selected": `${card.ref === selected}` });
        box.hidden = !passes(model, card);
      });
      tabStop();
    },
  };
};
