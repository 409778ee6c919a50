import { attrs, h, link } from "../core/dom";
import { brief, number, percent } from "../core/format";
import type { Doc } from "../heatmap/doc";
import { strip } from "../heatmap/strip";
import type { Card } from "./types";

/** How close the explanation is, as a number and as a length. */
const closeness = ({ cosine }: Card): HTMLElement => {
  const node = h("div", "search-cosine", h("b", "", cosine === null ? "?" : number(cosine)));
  if (cosine !== null) {
    const length = h("i");
    length.style.width = `${Math.max(0, Math.min(1, cosine)) * 100}%`;
    node.append(h("span", "search-rail", length));
  }
  return attrs(node, { title: "cosine similarity of explanation and query" });
};

const facts = (card: Card, live: boolean): HTMLElement => {
  const { known, density, max_activation: peak, author, method } = card;
  const name =
    live || !card.url
      ? h("span", "search-ref", card.ref)
      : link(card.ref, card.url, "link search-ref");
  const figures = known
    ? [
        density === null ? "density unknown" : `${percent(density)} of tokens`,
        peak !== null && `peak ${brief(peak)}`,
      ]
    : ["not in the database"];
  const by = [author, method].filter(Boolean).join(" · ");
  const all = [...figures.filter(Boolean), by || "author unknown"];
  return h("p", "search-facts quiet", name, ...all.map((fact) => h("span", "", fact as string)));
};

const promoted = ({ promoted: tokens }: Card): HTMLElement | false => {
  // A space that begins a token is part of it, so it is shown.
  const names = tokens.map((token) => h("bdi", "token", token.replace(/^ | $/g, "·")));
  return !!names.length && h("p", "search-promoted quiet", "promotes", ...names);
};

/** An explanation with what is needed to judge it at a glance; `first` is the number of its first example. */
export const cardOf = (card: Card, doc: Doc, from: number, live: boolean): HTMLElement => {
  const strips = Array.from({ length: card.examples }, (_, i) =>
    strip(doc, from + i, peakOf(card)),
  );
  const body = h(
    "div",
    "search-text",
    h("p", "search-explanation", card.text || "(empty)"),
    facts(card, live),
    !!strips.length && h("div", "search-strips", ...strips),
    promoted(card),
  );
  return attrs(h("article", "search-result", closeness(card), body), {
    role: "option",
    "aria-selected": "false",
    "data-act": live && "choose",
    "data-arg": card.ref,
  });
};

const peakOf = ({ max_activation: peak }: Card): number => (peak && peak > 0 ? peak : 0);
