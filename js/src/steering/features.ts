import { isLive } from "../core/ask";
import { attrs, button, focusable, h, link, listen, onAct } from "../core/dom";
import { save, watch } from "../core/life";
import { mountDrag, refOf } from "./drag";
import { type Control, createControl } from "./slider";
import { recordedOf } from "./state";
import type { Model, Steered } from "./types";

interface Line {
  el: HTMLElement;
  control: Control;
  draw(feature: Steered, strength: number, model: Model): void;
}

const named = (feature: Steered, live: boolean): HTMLElement => {
  const label = feature.explanation ?? (feature.note ? "no feature was found" : "no explanation");
  if (live) return attrs(button(label, "choose", feature.ref), { title: "open its dashboard" });
  return feature.url ? link(label, feature.url) : h("span", "", label);
};

/** One feature: whether it takes part, what it is about, how strongly it is added. */
const createLine = (ref: string): Line => {
  const control = createControl(ref);
  const box = focusable(h("input"));
  Object.assign(box, { type: "checkbox", name: `${ref} on` });
  const [name, note] = [h("span", "steer-name"), h("p", "steer-note")];
  const place = h("span", "steer-ref quiet");
  const remove = button("×", "remove", ref);
  const top = h("div", "steer-top", box, name, place, remove);
  const el = attrs(h("div", "steer-line", top, control.el, note), {
    role: "group",
    "data-ref": ref,
  });
  return {
    el,
    control,
    draw(feature, strength, model) {
      const [live, label] = [isLive(model), feature.explanation ?? feature.name];
      const isOn = !model.get("muted").includes(ref);
      box.checked = isOn;
      el.classList.toggle("npw-steer-muted", !isOn);
      name.replaceChildren(named(feature, live));
      place.textContent = feature.name;
      note.textContent = feature.note;
      attrs(el, { "aria-label": label });
      attrs(box, { "aria-label": `steer by ${label}`, title: isOn ? "takes part" : "left out" });
      attrs(remove, { "aria-label": `remove ${label}`, title: "remove" });
      box.hidden = remove.hidden = !live;
      for (const input of control.el.querySelectorAll("input")) input.disabled = !live;
      control.draw(feature, strength, model.get("settings").method, recordedOf(model, ref));
    },
  };
};

/** What a feature that is still looked up is called. */
const unknown = (ref: string): Steered => ({
  ref,
  name: ref.split("/").slice(1).join("/"),
  explanation: "looking it up …",
  max_activation: null,
  suggested: null,
  url: null,
  note: "",
  usual: [],
});

/** The features, each with its slider; a line stays the same one as long as its feature does. */
export const mountFeatures = (model: Model, signal: AbortSignal): HTMLElement => {
  const host = h("div", "steer-lines");
  const lines = new Map<string, Line>();
  const held = mountDrag(host, model, signal, () => draw());
  const without = <T>(values: Record<string, T>, ref: string): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => name !== ref));
  onAct(host, signal, {
    choose: (ref) => save(model, { selected: ref === model.get("selected") ? null : ref }),
    remove: (ref) =>
      save(model, {
        features: model.get("features").filter((name) => name !== ref),
        strengths: without(model.get("strengths"), ref),
        muted: model.get("muted").filter((name) => name !== ref),
      }),
    strength: (arg) => held.set(arg.split(" ")[0]!, Number(arg.split(" ")[1])),
  });
  const onToggle = (event: Event): void => {
    const { type, checked } = event.target as HTMLInputElement;
    const ref = refOf(event);
    if (type !== "checkbox") return;
    const others = model.get("muted").filter((name) => name !== ref);
    save(model, { muted: checked ? others : [...others, ref] });
  };
  listen(host, "change", onToggle, signal);
  const draw = (): void => {
    const known = new Map(model.get("_features").map((feature) => [feature.ref, feature]));
    const refs = model.get("features");
    for (const ref of refs) if (!lines.has(ref)) lines.set(ref, createLine(ref));
    for (const ref of lines.keys()) if (!refs.includes(ref)) lines.delete(ref);
    const wanted = refs.map((ref) => lines.get(ref)!.el);
    if (wanted.some((el, i) => el !== host.children[i]) || host.children.length !== refs.length)
      host.replaceChildren(...wanted);
    for (const ref of refs)
      lines.get(ref)!.draw(known.get(ref) ?? unknown(ref), held.at(ref), model);
  };
  watch(
    model,
    ["features", "_features", "strengths", "settings", "muted", "_recorded", "_live"],
    draw,
    signal,
  );
  return host;
};
