import { isLive } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct } from "../core/dom";
import { save, watch } from "../core/life";
import type { Model, Settings } from "./types";

interface Setting {
  name: keyof Settings;
  label: string;
  hint: string;
  low: number;
  high: number;
  step: number;
}

/** The ranges are the service's own; how many tokens a model writes at most it says itself. */
const NUMBERS: Setting[] = [
  {
    name: "temperature",
    label: "temperature",
    hint: "0 always takes the likeliest token",
    low: 0,
    high: 2,
    step: 0.1,
  },
  {
    name: "n_tokens",
    label: "tokens",
    hint: "the most that are written",
    low: 1,
    high: 1024,
    step: 1,
  },
  {
    name: "seed",
    label: "seed",
    hint: "the same seed gives the same text",
    low: -1e8,
    high: 1e8,
    step: 1,
  },
  {
    name: "multiplier",
    label: "multiplier",
    hint: "every strength is multiplied by it",
    low: 0,
    high: 10,
    step: 0.1,
  },
  {
    name: "frequency_penalty",
    label: "frequency penalty",
    hint: "it has no effect: the service takes it, and nothing behind it reads it",
    low: -2,
    high: 2,
    step: 0.1,
  },
];
const METHODS = ["additive", "orthogonal", "projection-cap"];
const NAMED = 4;

const numeric = ({ name, label, hint, low, high, step }: Setting): HTMLElement => {
  const field = focusable(h("input", "input"));
  Object.assign(field, { type: "number", name, min: `${low}`, max: `${high}`, step: `${step}` });
  const note = name === "frequency_penalty" && h("span", "quiet", "no effect");
  return attrs(h("label", "steer-setting", h("span", "", label), field, note), { title: hint });
};

const method = (): HTMLElement => {
  const select = focusable(h("select", "input"));
  select.name = "method";
  select.append(...METHODS.map((name) => h("option", "", name)));
  const label = h("label", "steer-setting", h("span", "", "method"), select);
  return attrs(label, { title: "how the directions change the hidden state" });
};

const special = (): HTMLElement => {
  const box = focusable(h("input"));
  Object.assign(box, { type: "checkbox", name: "special_tokens" });
  const label = h("label", "steer-setting", h("span", "", "steer special tokens"), box);
  return attrs(label, { title: "whether the chat template's own tokens are steered too" });
};

const dragging = (): HTMLElement => {
  const box = focusable(h("input"));
  Object.assign(box, { type: "checkbox", name: "run_while_dragging" });
  return h("label", "steer-setting", h("span", "", "run while dragging"), box);
};

/** What a field holds, inside of its range; null where it holds no number. */
const fieldValue = ({ type, name, value, checked, valueAsNumber }: HTMLInputElement): unknown => {
  if (type === "checkbox") return checked;
  if (type !== "number") return value;
  const { low, high, step } = NUMBERS.find((setting) => setting.name === name)!;
  if (!Number.isFinite(valueAsNumber)) return null;
  const inside = Math.max(low, Math.min(high, valueAsNumber));
  return step === 1 ? Math.round(inside) : inside;
};

/** What is set beside text and features: in one line, and unfolded as fields. */
export const mountSettings = (model: Model, signal: AbortSignal): HTMLElement => {
  const line = focusable(h("summary", "steer-settings-line"));
  const chatOnly = special();
  const dice = attrs(button("another", "dice"), { title: "another seed, another text" });
  const fields = h("div", "steer-fields", ...NUMBERS.map(numeric), method(), chatOnly, dragging());
  fields.querySelector("[name=seed]")!.after(dice);
  const inputs = [...fields.querySelectorAll<HTMLInputElement>("[name]")];
  const change = (patch: Partial<Settings>): void =>
    save(model, { settings: { ...model.get("settings"), ...patch } });
  const onChange = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    const value = fieldValue(input);
    if (input.name === "run_while_dragging") save(model, { run_while_dragging: !!value });
    else if (value !== null) change({ [input.name]: value });
    draw();
  };
  listen(fields, "change", onChange, signal);
  listen(fields, "keydown", (event) => event.stopPropagation(), signal);
  onAct(fields, signal, { dice: () => change({ seed: Math.floor(Math.random() * 1e6) }) });
  const draw = (): void => {
    const settings = model.get("settings");
    const said = NUMBERS.slice(0, NAMED).map(({ name, label }) =>
      h("span", "", `${label} `, h("b", "", `${settings[name]}`.replace("-", "\u2212"))),
    );
    const how = settings.method !== "additive" && h("span", "", settings.method);
    // Spaces, so that the line can break.
    line.replaceChildren(...[...said, how || ""].flatMap((part) => [part, " "]));
    chatOnly.hidden = !model.get("_is_chat");
    dice.hidden = !isLive(model);
    for (const input of inputs) {
      const value = { ...settings, run_while_dragging: model.get("run_while_dragging") }[
        input.name as keyof Settings
      ];
      if (input.type === "checkbox") input.checked = !!value;
      else if (!input.matches(":focus") || Number(input.value) !== value) input.value = `${value}`;
      input.disabled = !isLive(model);
    }
  };
  watch(model, ["settings", "run_while_dragging", "_is_chat", "_live"], draw, signal);
  return h("details", "steer-settings", line, fields);
};
