import { listen } from "../core/dom";
import { onEnd, save } from "../core/life";
import { caught, MOST, rounded, spelt, strengthAt } from "./scale";
import { ticksOf } from "./slider";
import { featureOf, obstacle, order, recordedOf } from "./state";
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

/** The strengths that draw the slider to them. */
const ticksFor = (model: Model, ref: string): number[] =>
  ticksOf(featureOf(model, ref), model.get("settings").method, recordedOf(model, ref));

export interface Held {
  /** The strength of a feature as this view has it. */
  at(ref: string): number;
  /** Moves it and lets it go. */
  set(ref: string, strength: number): void;
}

interface Hold extends Held {
  move(ref: string, strength: number): void;
  letGo(): void;
}

/**
 * Strengths that are being moved: the model learns of them when they are let go. Until then they stand here, since the
 * kernel may still repeat the ones before, and what a hand holds must not jump back.
 */
const createHold = (model: Model, moved: () => void): Hold => {
  let moving: Record<string, number> = {};
  const at = (ref: string): number => moving[ref] ?? model.get("strengths")[ref] ?? 0;
  const all = (): Record<string, number> =>
    Object.fromEntries(model.get("features").map((ref) => [ref, at(ref)]));
  /** Of a recording only the strengths that it holds can be run. */
  const areThere = (refs: string[]): boolean =>
    refs.every((ref) => recordedOf(model, ref)?.includes(at(ref)) ?? true);
  const move = (ref: string, strength: number): void => {
    moving[ref] = strength;
    moved();
    if (model.get("run_while_dragging")) save(model, { strengths: all() });
  };
  const letGo = (): void => {
    const strengths = all();
    // While it is dragged Python runs by itself.
    const isRun = model.get("run_while_dragging") || !areThere(Object.keys(moving));
    moving = {};
    if (isRun || obstacle(model)) save(model, { strengths });
    else order(model, "run", {}, { strengths });
  };
  const set = (ref: string, strength: number): void => {
    move(ref, strength);
    letGo();
  };
  return { at, move, letGo, set };
};

/** Calls `run` when the keys have been left alone for a moment. */
const afterPause = (run: () => void, signal: AbortSignal): { soon(): void; now(): void } => {
  let timer = 0;
  onEnd(signal, () => clearTimeout(timer));
  const now = (): void => {
    clearTimeout(timer);
    run();
  };
  return {
    now,
    soon() {
      clearTimeout(timer);
      timer = window.setTimeout(now, PAUSE);
    },
  };
};

/** The feature that something on the page belongs to. */
export const refOf = ({ target }: Event): string =>
  (target as Element).closest<HTMLElement>("[data-ref]")?.dataset["ref"] ?? "";

/** Moving a slider changes what it reads; letting it go runs. Keys let go by a pause, or by Enter. */
export const mountDrag = (
  host: HTMLElement,
  model: Model,
  signal: AbortSignal,
  moved: () => void,
): Held => {
  const hold = createHold(model, moved);
  const rest = afterPause(hold.letGo, signal);
  let isByKey = false;
  const onInput = (event: Event): void => {
    const { type, valueAsNumber: place } = event.target as HTMLInputElement;
    const ref = refOf(event);
    if (type !== "range") return;
    hold.move(ref, isByKey ? strengthAt(place) : caught(place, ticksFor(model, ref)));
  };
  const onChange = (event: Event): void => {
    const { type, value } = event.target as HTMLInputElement;
    const strength = type === "text" ? typed(value) : null;
    if (strength !== null) hold.set(refOf(event), strength);
    if (type === "range") isByKey ? rest.soon() : rest.now();
  };
  const onKey = (event: KeyboardEvent): void => {
    const field = event.target as HTMLInputElement;
    const [ref, { key }] = [refOf(event), event];
    if (field.type !== "range" && field.type !== "text") return;
    event.stopPropagation();
    isByKey = true;
    if (key === "Enter" && field.type === "range") rest.now();
    if (field.type !== "text" || !/^Arrow(Up|Down)$/.test(key)) return;
    const by = (key === "ArrowUp" ? STEP : -STEP) * (event.shiftKey ? 10 : 1);
    hold.move(ref, clipped(hold.at(ref) + by));
    field.value = spelt(hold.at(ref));
    rest.soon();
    event.preventDefault();
  };
  const byHand = (): void => {
    isByKey = false;
  };
  listen(host, "input", onInput, signal);
  listen(host, "change", onChange, signal);
  listen(host, "keydown", onKey, signal);
  listen(host, "pointerdown", byHand, signal);
  return hold;
};
