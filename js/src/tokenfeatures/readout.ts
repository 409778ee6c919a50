import { h, refill } from "../core/dom";
import { plural } from "../core/format";
import { quoted } from "../core/tokens";
import type { Row, Shown } from "./lists";
import { sentence } from "./row";

/** What stands under the pointer or the keys: a feature, or a token. */
export const drawReadout = (out: HTMLElement, shown: Shown, at: number, row: Row | null): void => {
  const token = shown.tokens[at];
  if (row) refill(out, sentence(row, shown));
  else if (token) {
    const spelt = token.spelt === token.name ? "" : ` raw ${JSON.stringify(token.spelt)}`;
    const n = plural(shown.kept[at]!.length, "feature");
    const name = h("bdi", "token", `${quoted(token)}${spelt}`);
    refill(out, "token ", name, ` · position ${shown.answer.positions[at]} · ${n} listed`);
  } else refill(out, shown.tokens.length ? "point at a token, or use arrow keys" : "");
};
