import { command, isLive } from "../core/ask";
import { button, h, onAct, refill } from "../core/dom";
import { plural } from "../core/format";
import { meaning } from "../core/line";
import { type Shown, toldOf } from "./lists";
import type { Model, Where } from "./types";

/** Where a feature fires, as far as it is known. */
export interface Spread {
  /** One value per token; NaN where it is not known. */
  values: number[];
  /** What a line says of it. */
  said: (Node | string)[];
}

const at = (n: number, of: number): string => `${n} of ${plural(of, "token")}`;

const firing = (values: number[]): number => values.filter((value) => value > 0).length;

const known = (told: number[], all: number[]): string => {
  const more = firing(all) - firing(told);
  const beyond = more > 0 ? `, at ${more} of them not among the strongest` : "";
  return ` fires at ${at(firing(all), all.length)}${beyond}`;
};

const partly = (told: number[], where: Where | null, live: boolean): (Node | string)[] => {
  const listed = ` is among the strongest at ${at(firing(told), told.length)}`;
  if (where?.error)
    return [
      `${listed}; asking for the others failed: ${where.error.message} `,
      button("try again", "where"),
    ];
  const left = `the other ${plural(told.filter(Number.isNaN).length, "token")}`;
  const next = where ? `asking about ${left}` : live ? `choose it to ask about ${left}` : "";
  return [next ? `${listed}; ${next}` : listed];
};

/** What the lists tell of a feature, and what the source has said since. */
export const spreadOf = (shown: Shown, ref: string, model: Model): Spread => {
  const where = model.get("_where");
  const feature = shown.answer.features.findIndex((one) => one.ref === ref);
  const mine = where?.ref === ref ? where : null;
  const told = feature < 0 ? shown.tokens.map(() => Number.NaN) : toldOf(shown, feature);
  const all = mine?.values?.map((value) => value ?? Number.NaN) ?? told;
  const line = shown.answer.features[feature];
  const name = h("b", "", line ? `${line.index} ${meaning(line)}` : ref);
  const said =
    all.some(Number.isNaN) && !mine?.values
      ? partly(told, mine, isLive(model))
      : [known(told, all)];
  return { values: all, said: [name, ...said] };
};

export interface Spreads {
  el: HTMLElement;
  draw(spread: Spread | null): void;
}

/** One line below the text: where the feature that tints it fires. */
export const createSpread = (model: Model, signal: AbortSignal): Spreads => {
  const el = h("p", "spread quiet");
  onAct(el, signal, { where: () => command(model, "where") });
  return {
    el,
    draw: (spread) =>
      refill(el, ...(spread?.said ?? ["point at a feature to see where else it fires"])),
  };
};
