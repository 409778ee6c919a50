import { isLive } from "../core/ask";
import { save } from "../core/life";
import type { Model, Order, Patch, Run, Steered } from "./types";

/** Sends what a button stands for, with what has changed, as one message. */
export const order = (model: Model, name: string, more: Partial<Order> = {}, patch: Patch = {}) =>
  save(model, { ...patch, _command: { ...more, name, n: (model.get("_command")?.n ?? 0) + 1 } });

/** What is known of a feature, once it was looked up. */
export const featureOf = (model: Model, ref: string): Steered | undefined =>
  model.get("_features").find((feature) => feature.ref === ref);

/** The strengths of a feature that alone can be run, where the source is a recording. */
export const recordedOf = (model: Model, ref: string): number[] | undefined =>
  model.get("_recorded")?.[ref];

const numbered = (model: Model, number: number | null | undefined): Run | undefined =>
  model.get("_runs").find((run) => run.number === number);

/** The run that is shown: one that was chosen, else that under way, else the last. */
export const shownRun = (model: Model): Run | null =>
  numbered(model, model.get("shown")) ?? model.get("_run") ?? model.get("_runs").at(-1) ?? null;

/** Two runs to lay side by side; none where they are not both there. */
export const comparedRuns = (model: Model): [Run, Run] | null => {
  const [left, right] = model.get("compared").map((number) => numbered(model, number));
  return left && right ? [left, right] : null;
};

/** Why no run can be asked for now; empty when one can. */
export const obstacle = (model: Model): string => {
  const cannot = model.get("_cannot")?.["steer"];
  if (!isLive(model)) return "there is no kernel";
  if (cannot) return cannot;
  const muted = model.get("muted");
  if (!model.get("features").some((ref) => !muted.includes(ref))) return "add a feature first";
  return model.get("prompt") ? "" : "write a prompt first";
};

/** The letters that a feature is called by where there is little room. */
export const short = (label: string): string =>
  label.length > 34 ? `${label.slice(0, 33).trimEnd()}…` : label;
