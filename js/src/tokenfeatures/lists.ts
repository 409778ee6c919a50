import { unpack } from "../core/decode";
import { isRare } from "../core/density";
import type { FeatureLine } from "../core/line";
import { max } from "../core/math";
import { type Token, tokensOf } from "../core/tokens";
import type { Model, TokensAnswer } from "./types";

/** One feature at one token. */
export interface Entry {
  feature: number;
  value: number;
}

/** An answer, decoded once: for each token its features, strongest first. */
export interface Lists {
  answer: TokensAnswer;
  tokens: Token[];
  lists: Entry[][];
}

/** The lists as they are shown, and what they say of each feature. */
export interface Shown extends Lists {
  /** Of each token the strongest that the threshold lets pass. */
  kept: Entry[][];
  /** The largest value anywhere, at which bars and colours end. */
  top: number;
}

/** A feature in the list: its value at the token, or its largest, and at how many tokens it is known to fire. */
export interface Row extends FeatureLine {
  feature: number;
  value: number;
  /** The place of the token with that value. */
  at: number;
  frequency: number;
}

export const EMPTY: Shown = {
  answer: { features: [], positions: [], tokens: [] } as unknown as TokensAnswer,
  ...{ tokens: [], lists: [], kept: [], top: 0 },
};

export const listsOf = (answer: TokensAnswer): Lists => {
  const values = unpack(answer.values, answer.numbers.length);
  let next = 0;
  const entry = (): Entry => ({ feature: answer.numbers[next]!, value: values[next++]! });
  const lists = answer.counts.map((n) => Array.from({ length: n }, entry));
  return { answer, tokens: tokensOf(answer), lists };
};

export const shownOf = (lists: Lists, model: Model): Shown => {
  const passes = lists.answer.features.map((feature) => isRare(feature, model));
  const limit = model.get("limit");
  const kept = lists.lists.map((list) =>
    list.filter(({ feature }) => passes[feature]).slice(0, limit),
  );
  return { ...lists, kept, top: max(0, ...kept.flat().map(({ value }) => value)) };
};

/** A feature's values as far as the lists tell them: 0 where a list leaves out nothing, NaN where it may. */
export const toldOf = ({ lists, answer }: Lists, feature: number): number[] => {
  const cut = new Set(answer.cut);
  return lists.map(
    (list, at) =>
      list.find((entry) => entry.feature === feature)?.value ?? (cut.has(at) ? Number.NaN : 0),
  );
};

const ORDER: Record<string, (a: Row, b: Row) => number> = {
  strength: (a, b) => b.value - a.value,
  frequency: (a, b) => b.frequency - a.frequency || b.value - a.value,
  // What is not known is no rarity.
  density: (a, b) => (a.density ?? 2) - (b.density ?? 2) || b.value - a.value,
};

/** The features at one token, or with `at` -1 those of the whole text, sorted. */
export const rowsAt = ({ kept, lists, answer }: Shown, at: number, sort: string): Row[] => {
  const rows = new Map<number, Row>();
  const counts = new Map<number, number>();
  for (const { feature } of lists.flat()) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  kept.forEach((list, place) => {
    for (const { feature, value } of list) {
      const best = rows.get(feature)?.value ?? Number.NEGATIVE_INFINITY;
      if ((at < 0 && value > best) || place === at)
        rows.set(feature, {
          ...answer.features[feature]!,
          feature,
          value,
          at: place,
          frequency: 0,
        });
    }
  });
  const all = [...rows.values()];
  for (const row of all) row.frequency = counts.get(row.feature) ?? 0;
  return all.sort(ORDER[sort]);
};
