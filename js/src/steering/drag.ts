import { listen } from "../core/dom";
import { onEnd, save } from "../core/life";
import { caught, MOST, rounded, strengthAt } from "./scale";
import { ticksOf } from "./slider";
import { obstacle, order } from "./state";
import type { Model } from "./types";

/** How long a slider that is moved by keys must be left alone to count as let go, in milliseconds. */
const PAUSE = 600;
/** By how much the arrows change the number in the field. */
const STEP = 1;

const clipped = (strength: number): number => rounded(Math.max(-MOST, Math.min(MOST, strength)));

/** The number that was typed, with any minus or comma; what is none is not taken. */
const typed = (text: string): number | null => {
  const value = Number.parseFloat(text.replace(/[\u2212\u2013]/g, "-").replace(",", "."));
  return Number.isFinite(value) ? clipped(value) : null;
};

const recordedOf = (model: Model, ref: string): number[] | undefined =>
  model.get("_recorded")?.[ref];

/** The strengths that draw the slider to them. */
const ticksFor = (model: Model, ref: string): number[] => {
  const feature = model.get("_features").find((one) => one.ref === ref);
  return ticksOf(feature?.suggested ?? null, recordedOf(model, ref));
};

/** Whether a run of these strengths can be had: of a recording only what it holds. */
const isThere = (model: Model, ref: string): boolean =>
  recordedOf(model, ref)?.includes(model.get("strengths")[ref] ?? 0) ?? true;

/** Moving a slider changes what it reads; letting it go runs. Keys let go by a pause, or by Enter. */
export const mountDrag = (
  host: HTMLElement,
  model: Model,
  signal: AbortSignal,
): { set(ref: string, strength: number): void } => {
  let [isByKey, timer] = [false, 0];
  const move = (ref: string, strength: number): void => {
    model.set("strengths", { ...model.get("strengths"), [ref]: strength });
    if (model.get("run_while_dragging")) model.save_changes();
  };
  const letGo = (ref: string): void => {
    clearTimeout(timer);
    const strengths = model.get("strengths");
    // While it is dragged Python runs by itself.
    if (model.get("run_while_dragging") || obstacle(model) || !isThere(model, ref))
      save(model, { strengths });
    else order(model, "run", {}, { strengths });
  };
  const later = (ref: string): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => letGo(ref), PAUSE);
  };
  const refOf = ({ target }: Event): string =>
    (target as Element).closest<HTMLElement>("[data-ref]")?.dataset["ref"] ?? "";
  const onInput = (event: Event): void => {
    const { type, valueAsNumber } = event.target as HTMLInputElement;
    const [ref, place] = [refOf(event), valueAsNumber];
    if (type !== "range") return;
    move(ref, isByKey ? strengthAt(place) : caught(place, ticksFor(model, ref)));
  };
  const onChange = (event: Event): void => {
    const { type, value } = event.target as HTMLInputElement;
    const ref = refOf(event);
    if (type === "range") {
      (isByKey ? later : letGo)(ref);
      return;
    }
    const strength = type === "text" ? typed(value) : null;
    if (strength === null) return;
    move(ref, strength);
    letGo(ref);
  };
  const onKey = (event: KeyboardEvent): void => {
    const field = event.target as HTMLInputElement;
    const [ref, { key }] = [refOf(event), event];
    if (field.type !== "range" && field.type !== "text") return;
    event.stopPropagation();
    isByKey = true;
    if (key === "Enter" && field.type === "range") letGo(ref);
    if (field.type !== "text" || !/^Arrow(Up|Down)$/.test(key)) return;
    const by = (key === "ArrowUp" ? STEP : -STEP) * (event.shiftKey ? 10 : 1);
    const strength = clipped((model.get("strengths")[ref] ?? 0) + by);
    field.value = `${strength}`;
    move(ref, strength);
    later(ref);
    event.preventDefault();
  };
  const byHand = (): void => {
    isByKey = false;
  };
  listen(host, "input", onInput, signal);
  listen(host, "change", onChange, signal);
  listen(host, "keydown", onKey, signal);
  listen(host, "pointerdown", byHand, signal);
  onEnd(signal, () => clearTimeout(timer));
  return {
    set(ref, strength) {
      move(ref, strength);
      letGo(ref);
    },
  };
};
