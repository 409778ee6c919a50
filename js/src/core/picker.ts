import { opacity } from "./colour";
import { attrs, h, listen } from "./dom";
import { number } from "./format";
import { rove } from "./rove";
import { quoted, type Token } from "./tokens";
import type { HeatmapView } from "./types";

export interface PickerHooks {
  /** The token under the pointer or the focus; -1 for none. */
  over(at: number, byKey: boolean): void;
  pick(at: number): void;
}

/** Values by which a text is tinted, on a scale that ends at `top`; NaN where a value is unknown. */
export interface Tint {
  values: ArrayLike<number>;
  top: number;
  curve: HeatmapView["curve"];
}

/** A running text whose tokens can be picked: one tab stop, arrows move, Enter picks. */
export interface Picker {
  el: HTMLElement;
  fill(tokens: Token[]): void;
  tint(by: Tint | null): void;
  /** Marks what is picked, and what stands under the pointer elsewhere. */
  mark(picked: number[], over: number): void;
}

const lookOf = (token: Token, by: Tint | null, at: number): string => {
  const value = by?.values[at] ?? 0;
  const alpha = by && value ? opacity(value, by.top, by.curve) : 0;
  const tone = Number.isNaN(value) ? " npw-nan" : alpha ? ` npw-${value > 0 ? "pos" : "neg"}` : "";
  const strength = alpha > 0 ? ` npw-a${~~(alpha * 40.5)}` : "";
  return `npw-t npw-word${token.isSpecial ? " npw-special" : ""}${tone}${strength}`;
};

export const createPicker = (label: string, signal: AbortSignal, hooks: PickerHooks): Picker => {
  const el = attrs(h("div", "text-tokens"), {
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": "true",
  });
  let tokens: Token[] = [];
  let words: HTMLElement[] = [];
  const tabStop = rove(el, signal, () => words);
  const at = ({ target }: Event): number => words.indexOf(target as HTMLElement);
  listen(el, "pointerover", (event) => hooks.over(at(event), false), signal);
  listen(el, "pointerleave", () => hooks.over(-1, false), signal);
  listen(el, "focusin", (event) => hooks.over(at(event), true), signal);
  listen(el, "focusout", () => hooks.over(-1, true), signal);
  listen(el, "click", (event) => at(event) >= 0 && hooks.pick(at(event)), signal);
  const tint = (by: Tint | null): void =>
    words.forEach((word, i) => {
      const marks = ["npw-picked", "npw-under"].filter((name) => word.classList.contains(name));
      word.className = [lookOf(tokens[i]!, by, i), ...marks].join(" ");
      const value = by ? `, ${number(by.values[i] ?? 0)}` : "";
      attrs(word, { "aria-label": `${quoted(tokens[i]!)}${value}` });
    });
  return {
    el,
    tint,
    fill(given) {
      tokens = given;
      words = given.map(({ name }) => attrs(h("span", "", name), { role: "option" }));
      el.replaceChildren(
        ...words.flatMap((word, i) => (given[i]!.endsLine ? [word, "\n"] : [word])),
      );
      tint(null);
      tabStop();
    },
    mark(picked, over) {
      words.forEach((word, i) => {
        const isPicked = picked.includes(i);
        word.classList.toggle("npw-picked", isPicked);
        word.classList.toggle("npw-under", i === over);
        attrs(word, { "aria-selected": `${isPicked}` });
      });
    },
  };
};
