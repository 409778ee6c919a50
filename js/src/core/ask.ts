import { attrs, button, h } from "./dom";
import { save } from "./life";
import type { AnyModel, Failure } from "./types";

interface Asks {
  _live: boolean;
  _command: { name: string; n: number } | null;
}

/** A rising number makes two commands of the same name in a row two changes. */
export const command = (model: AnyModel<Asks>, name: string): void =>
  save(model, { _command: { name, n: (model.get("_command")?.n ?? 0) + 1 } });

/** Whether there is a kernel to ask. */
export const isLive = (model: AnyModel<Asks>): boolean => model.get("_live") ?? false;

/** An error, where its result would have been: what happened, and what to do next. */
export const failure = (error: Failure): HTMLElement => {
  const retry = error.retry && button("try again", "retry", "retry", "push");
  const remedy = error.remedy && h("p", "remedy", error.remedy);
  const node = h("div", "error", h("b", "", error.title), h("p", "", error.message), remedy, retry);
  return attrs(node, { role: "alert" });
};

/** Bars about as long as what will stand there, so that nothing jumps when it comes. */
export const waiting = (n: number, from: number): HTMLElement[] =>
  Array.from({ length: n }, (_, i) => {
    const bar = h("div", "skeleton");
    bar.style.width = `${from - ((i * 37) % 30)}%`;
    return bar;
  });
