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

interface State {
  tokens: Token[];
  words: HTMLElement[];
  tones: string[];
  picked: number[];
  pointed: number;
}

/** Only what has changed is dressed anew: a text may be long, and a pointer fast. */
const dress = ({ tokens, words, tones, picked, pointed }: State, i: number): void => {
  const quiet = tokens[i]!.isSpecial ? " npw-special" : "";
  const marks = `${picked.includes(i) ? " npw-picked" : ""}${i === pointed ? " npw-under" : ""}`;
  words[i]!.className = `npw-t npw-word${quiet}${tones[i]}${marks}`;
};

const tint = (state: State, by: Tint | null): void =>
  state.words.forEach((word, i) => {
    const tone = toneOf(by, i);
    attrs(word, { "aria-label": nameOf(state.tokens[i]!, by, i) });
    if (tone === state.tones[i]) return;
    state.tones[i] = tone;
    dress(state, i);
  });

const mark = (state: State, picked: number[], pointed: number): void => {
  const changed = new Set([...state.picked, ...picked, state.pointed, pointed]);
  Object.assign(state, { picked, pointed });
  for (const i of changed) {
    if (!state.words[i]) continue;
    dress(state, i);
    attrs(state.words[i], { "aria-selected": `${picked.includes(i)}` });
  }
};

const wordOf = ({ name, isSpecial }: Token): HTMLElement =>
  attrs(h("span", isSpecial ? "t word special" : "t word", name), {
    role: "option",
    "aria-selected": "false",
    "aria-label": `“${name}”`,
  });

export const createPicker = (label: string, signal: AbortSignal, hooks: PickerHooks): Picker => {
  const el = attrs(h("div", "text-tokens"), {
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": "true",
  });
  const state: State = { tokens: [], words: [], tones: [], picked: [], pointed: -1 };
  const tabStop = rove(el, signal, () => state.words);
  const at = ({ target }: Event): number => state.words.indexOf(target as HTMLElement);
  listen(el, "pointerover", (event) => hooks.over(at(event), false), signal);
  listen(el, "pointerleave", () => hooks.over(-1, false), signal);
  listen(el, "focusin", (event) => hooks.over(at(event), true), signal);
  listen(el, "focusout", () => hooks.over(-1, true), signal);
  listen(el, "click", (event) => at(event) >= 0 && hooks.pick(at(event)), signal);
  return {
    el,
    tint: (by) => tint(state, by),
    mark: (picked, over) => mark(state, picked, over),
    fill(tokens) {
      const words = tokens.map(wordOf);
      const tones = tokens.map(() => "");
      Object.assign(state, { tokens, words, tones, picked: [], pointed: -1 });
      el.replaceChildren(
        ...words.flatMap((word, i) => (tokens[i]!.endsLine ? [word, "\n"] : [word])),
      );
      tabStop();
    },
  };
};
