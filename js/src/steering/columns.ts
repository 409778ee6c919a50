import { waiting } from "../core/ask";
import { attrs, h } from "../core/dom";
import { createFlow, type Piece } from "./flow";
import { byTokens, byWords } from "./pieces";
import type { Side, Turn } from "./types";
import { compare, tally } from "./words";

/** One turn: what was said to the model, and what it answered on both sides. */
export interface Exchange {
  /** What stands before the answers: messages of a conversation. */
  said: Turn[];
  /** What both texts go on with, drawn as a part of them. */
  prompt: string;
  left: Side | null;
  right: Side | null;
  /** Which sides still grow, and whether they are what stood there before. */
  grows: boolean;
  stale: [boolean, boolean];
}

export interface Block {
  el: HTMLElement;
  draw(exchange: Exchange, asTokens: boolean, labels: [string, string]): void;
  /** How many of the words on the right differ, of how many. */
  tally(): [number, number];
}

const NAMES: Record<string, string> = { user: "you", assistant: "model", model: "model" };

const message = ([role, left, right]: Turn): HTMLElement => {
  const texts = right === undefined ? [left] : [left, right];
  const parts = texts.map((text) => h("p", "steer-message", text ?? ""));
  return h("div", "steer-said", h("span", "steer-role quiet", NAMES[role] ?? role), ...parts);
};

const empty = { text: "" };

const piecesOf = (exchange: Exchange, asTokens: boolean): [Piece[], Piece[]] => {
  const { left, right, grows } = exchange;
  if (asTokens) return [byTokens(left ?? empty), byTokens(right ?? empty)];
  // A side that has not begun differs in nothing yet.
  if (!left || !right)
    return [[left ?? empty], [right ?? empty]].map((all) => all.map(({ text }) => ({ text }))) as [
      Piece[],
      Piece[],
    ];
  const [a, b] = compare(left.text, right.text, !grows);
  return [byWords(a, "steer-gave"), byWords(b, "steer-differs")];
};

interface Column {
  el: HTMLElement;
  /** Bare, while nothing has come. */
  draw(pieces: Piece[], bare: boolean): void;
}

const createColumn = (): Column => {
  const el = h("p", "steer-text");
  const flow = createFlow(el);
  let isBare = false;
  return {
    el,
    draw(pieces, bare) {
      if (bare || isBare) flow([]);
      if (bare && !isBare) el.replaceChildren(...waiting(3, 96));
      else if (!bare && isBare) el.replaceChildren();
      isBare = bare;
      if (!bare) flow(pieces);
    },
  };
};

/** Two texts side by side, below what they answer. */
export const createBlock = (): Block => {
  const said = h("div", "steer-says");
  const [left, right] = [createColumn(), createColumn()];
  let [differ, all] = [0, 0];
  return {
    el: h("div", "steer-block", said, left.el, right.el),
    tally: () => [differ, all],
    draw(exchange, asTokens, labels) {
      const { prompt, grows, stale } = exchange;
      said.replaceChildren(...exchange.said.map(message));
      said.hidden = !exchange.said.length;
      const pieces = piecesOf(exchange, asTokens);
      const sides = [exchange.left, exchange.right];
      if (sides.every(Boolean))
        [differ, all] = tally(compare(sides[0]!.text, sides[1]!.text, !grows)[1]);
      [left, right].forEach((one, i) => {
        const isBare = grows && !sides[i];
        const before = prompt ? [{ text: prompt, look: "steer-asked" }] : [];
        one.draw([...before, ...pieces[i]!], isBare);
        one.el.classList.toggle("npw-dim", stale[i]!);
        one.el.classList.toggle("npw-steer-writing", grows && !stale[i] && !isBare);
        attrs(one.el, { "aria-busy": grows && "true", "data-label": labels[i] });
      });
    },
  };
};
