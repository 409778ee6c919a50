import { save } from "../core/life";
import type { AnyModel, DashboardTraits } from "../core/types";

export type Model = AnyModel<DashboardTraits>;

/** One of the panels: an element that redraws itself from the model's traits until the signal ends. */
export type Part = (model: Model, signal: AbortSignal) => HTMLElement;

/** A rising number makes two commands of the same name in a row two changes. */
export function command(model: Model, name: "reload" | "retry" | "stop" | "run"): void {
  save(model, { _command: { name, n: (model.get("_command")?.n ?? 0) + 1 } });
}

export const isLive = (model: Model): boolean => model.get("_live") ?? false;
