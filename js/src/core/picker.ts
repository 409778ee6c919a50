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

/** The classes of a token under a tint. */
const toneOf = (by: Tint | null, at: number): string => {
  const value = by?.values[at] ?? 0;
  if (!by || value === 0) return "";
  if (Number.isNaN(value)) return " npw-nan";
  const strength = ~~(opacity(value, by.top, by.curve) * 40.5);
  return ` npw-${value > 0 ? "pos" : "neg"} npw-a${strength}`;
};

const nameOf = (token: Token, by: Tint | null, at: number): string =>
  by ? `${quoted(token)}, ${number(by.values[at] ?? 0)}` : quoted(token);

export const createPicker = (label: string, signal: AbortSignal, hooks: PickerHooks): Picker => {
  const el = attrs(h("div", "text-tokens"), {
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": "true",
  });
  let tokens: Token[] = [];
  let words: HTMLElement[] = [];
  let tones: string[] = [];
  let chosen: number[] = [];
  let pointed = -1;
  const tabStop = rove(el, signal, () => words);
  const at = ({ target }: Event): number => words.indexOf(target as HTMLElement);
  listen(el, "pointerover", (event) => hooks.over(at(event), false), signal);
  listen(el, "pointerleave", () => hooks.over(-1, false), signal);
  listen(el, "focusin", (event) => hooks.over(at(event), true), signal);
  listen(el, "focusout", () => hooks.over(-1, true), signal);
  listen(el, "click", (event) => at(event) >= 0 && hooks.pick(at(event)), signal);
  /** Only what has changed is touched: a text may be long, and a pointer fast. */
  const dress = (i: number): void => {
    const marks = `${chosen.includes(i) ? " npw-picked" : ""}${i === pointed ? " npw-under" : ""}`;
    const quiet = tokens[i]!.isSpecial ? " npw-special" : "";
    words[i]!.className = `npw-t npw-word${quiet}${tones[i]}${marks}`;
  };
  const wordOf = (token: Token): HTMLElement =>
    attrs(h("span", token.isSpecial ? "t word special" : "t word", token.name), {
      role: "option",
      "aria-selected": "false",
      "aria-label": quoted(token),
    });
  return {
    el,
    tint(by) {
      words.forEach((word, i) => {
        const tone = toneOf(by, i);
        attrs(word, { "aria-label": nameOf(tokens[i]!, by, i) });
        if (tone === tones[i]) return;
        tones[i] = tone;
        dress(i);
      });
    },
    fill(given) {
      [tokens, chosen, pointed] = [given, [], -1];
      tones = given.map(() => "");
      words = given.map(wordOf);
      el.replaceChildren(
        ...words.flatMap((word, i) => (given[i]!.endsLine ? [word, "\n"] : [word])),
      );
      tabStop();
    },
    mark(picked, over) {
      const changed = new Set([...chosen, ...picked, pointed, over]);
      [chosen, pointed] = [picked, over];
      for (const i of changed) {
        if (!words[i]) continue;
        dress(i);
        attrs(words[i], { "aria-selected": `${picked.includes(i)}` });
      }
    },
  };
};
