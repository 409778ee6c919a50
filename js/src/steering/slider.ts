import { attrs, button, focusable, h } from "../core/dom";
import { meaning, placeOf, spelt, strengthAt } from "./scale";
import type { Steered } from "./types";

export interface Control {
  el: HTMLElement;
  draw(feature: Steered, strength: number, method: string, recorded: number[] | undefined): void;
}

/** Where the slider's middle is, and its thumb, in its own width; a thumb stays inside of it by half its own width. */
const along = (place: number): string => `calc(8px + (100% - 16px) * ${(place + 1) / 2})`;

const tick = (strength: number, look: string): HTMLElement => {
  const node = h("i", look);
  node.style.left = along(placeOf(strength));
  return node;
};

/** The strength that is suggested: an amount to add, so that it says nothing to the other methods. */
const suggestionOf = (feature: Steered | undefined, method: string): number | null =>
  method === "additive" && feature ? feature.suggested : null;

/** The strengths that a slider marks: those that were recorded, else the one that is suggested. */
export const ticksOf = (
  feature: Steered | undefined,
  method: string,
  recorded: number[] | undefined,
): number[] => {
  const suggested = suggestionOf(feature, method);
  return recorded ?? (suggested ? [suggested] : []);
};

/** The nearest strength that can be run, where not every one can. */
const nearest = (recorded: number[], strength: number): number | undefined =>
  recorded.reduce<number | undefined>(
    (best, one) =>
      best === undefined || Math.abs(one - strength) < Math.abs(best - strength) ? one : best,
    undefined,
  );

/** What the strength means, and a way to a strength that is known to show something. */
const reading = (
  ref: string,
  suggested: number | null,
  strength: number,
  meant: string,
  recorded: number[] | undefined,
): (Node | string)[] => {
  const way = (label: string, to: number): (Node | string)[] => [
    " · ",
    button(label, "strength", `${ref} ${to}`),
  ];
  if (recorded && !recorded.includes(strength)) {
    const near = nearest(recorded, strength);
    return [
      "not in the recording",
      ...(near === undefined ? [] : way(`nearest ${spelt(near)}`, near)),
    ];
  }
  const isThere = suggested !== null && (recorded?.includes(suggested) ?? true);
  const isAway = isThere && suggested !== strength;
  return [meant, ...(isAway ? way(`suggested ${spelt(suggested)}`, suggested) : [])];
};

/** A slider with zero in its middle, a field for the number, and what it means. */
export const createControl = (ref: string): Control => {
  const slider = focusable(h("input", "steer-slider"));
  Object.assign(slider, { type: "range", min: "-1", max: "1", step: "0.002", name: ref });
  const field = focusable(h("input", "input steer-number"));
  Object.assign(field, { type: "text", inputMode: "decimal", name: `${ref} number` });
  const [ticks, read] = [h("span", "steer-ticks"), h("span", "steer-read quiet")];
  const track = h("span", "steer-track", ticks, slider);
  let drawn: string | null = null;
  return {
    el: h("div", "steer-control", track, field, read),
    draw(feature, strength, method, recorded) {
      const label = feature.explanation ?? feature.name;
      if (strengthAt(slider.valueAsNumber) !== strength) slider.value = `${placeOf(strength)}`;
      if (!field.matches(":focus")) field.value = spelt(strength);
      track.style.setProperty("--at", `${placeOf(strength)}`);
      const meant = meaning(strength, feature.max_activation, method);
      const told = `${spelt(strength)}, ${meant}`;
      attrs(slider, { "aria-label": `strength of ${label}`, "aria-valuetext": told });
      attrs(field, { "aria-label": `strength of ${label}, as a number` });
      read.replaceChildren(
        ...reading(ref, suggestionOf(feature, method), strength, meant, recorded),
      );
      const all = ticksOf(feature, method, recorded);
      const marks = all.join();
      if (marks !== drawn)
        ticks.replaceChildren(tick(0, "steer-zero"), ...all.map((one) => tick(one, "steer-tick")));
      drawn = marks;
    },
  };
};
