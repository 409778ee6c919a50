import type { AnyModel, DashboardTraits } from "../core/types";

export type Model = AnyModel<DashboardTraits>;

/** One of the panels: an element that redraws itself from the model's traits until the signal ends. */
export type Part = (model: Model, signal: AbortSignal) => HTMLElement;
