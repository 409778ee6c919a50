import { command } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct, refill } from "../core/dom";
import { plural } from "../core/format";
import { save, watch } from "../core/life";
import { quoted } from "../core/tokens";
import type { Doc } from "../heatmap/doc";
import { legend } from "../heatmap/legend";
import type { View } from "../heatmap/plan";
import type { Scene } from "./matrix";
import type { Model, TopFeaturesTraits } from "./types";

const FORMS = ["matrix", "texts"] as const;
const SCALES = { all: "one for all", row: "each row's own", feature: "each feature's maximum" };

export const textsOf = (model: Model): string[] => {
  const text = model.get("text");
  return typeof text === "string" ? [text] : text;
};

/** Which of several texts; nothing where there is one. */
export const textSwitch = (model: Model, signal: AbortSignal): HTMLElement => {
  const node = attrs(h("div", "segments"), { role: "group", "aria-label": "text" });
  onAct(node, signal, { text: (arg) => save(model, { shown: Number(arg), positions: [] }) });
  const draw = (): void => {
    const texts = textsOf(model);
    node.hidden = texts.length < 2;
    const one = (text: string, n: number): HTMLElement =>
      attrs(button(`text ${n + 1}`, "text", `${n}`, "segment"), {
        "aria-pressed": `${n === model.get("shown")}`,
        title: text,
      });
    refill(node, ...texts.map(one));
  };
  watch(model, ["text", "shown"], draw, signal);
  return node;
};

const scaleField = (model: Model, signal: AbortSignal): HTMLElement => {
  const select = focusable(h("select", "input"));
  for (const [value, label] of Object.entries(SCALES)) {
    select.append(Object.assign(h("option", "", label), { value }));
  }
  const draw = (): void => {
    select.value = model.get("scale");
  };
  const commit = (): void => save(model, { scale: select.value as TopFeaturesTraits["scale"] });
  listen(select, "change", commit, signal);
  watch(model, ["scale"], draw, signal);
  return h("label", "field", "scale", select);
};

const formButtons = (model: Model, signal: AbortSignal): HTMLElement => {
  const node = attrs(h("span", "segments"), { role: "group", "aria-label": "form" });
  onAct(node, signal, { form: (arg) => save(model, { show_as: arg as (typeof FORMS)[number] }) });
  const draw = (): void => {
    const one = (name: string): HTMLElement =>
      attrs(button(name, "form", name, "segment"), {
        "aria-pressed": `${model.get("show_as") === name}`,
      });
    refill(node, ...FORMS.map(one));
  };
  watch(model, ["show_as"], draw, signal);
  return node;
};

export interface Tools {
  el: HTMLElement;
  draw(scene: Scene): void;
}

/** How many features, in which order, in which form, on which scale. */
export const createTools = (model: Model, signal: AbortSignal, filter: HTMLElement): Tools => {
  const [amount, order, scale] = [h("span", "quiet"), h("span", "order quiet"), h("span")];
  const el = h(
    "div",
    "",
    h("div", "bar", amount, order, formButtons(model, signal)),
    h("div", "bar tools", filter, scaleField(model, signal), scale),
  );
  onAct(order, signal, {
    clear: () => save(model, { positions: [] }),
    stop: () => command(model, "stop"),
  });
  const asking = (): (Node | string)[] =>
    model.get("busy") === "order"
      ? [` · asking for the ${model.get("limit")} strongest there `, button("stop", "stop")]
      : [];
  return {
    el,
    draw({ table, lines, positions, curve }) {
      const all = table.answer.features.length;
      amount.textContent =
        lines.length < all
          ? `${lines.length} of ${plural(all, "feature")}`
          : plural(all, "feature");
      const at = positions.map((place) => quoted(table.tokens[place]!)).join(" + ");
      const by = positions.length
        ? [
            positions.length > 1 ? "by the sum at " : "by the value at ",
            at,
            " · ",
            button("clear", "clear"),
          ]
        : ["strongest first; pick tokens to sort by them"];
      refill(order, ...by, ...asking());
      const view = { curve, threshold: 0, scale: "feature" } as View;
      const end = lines[0]?.top ?? 0;
      const doc = {
        top: end,
        diverging: table.values.some((v) => v < 0),
        raw: {},
      } as unknown as Doc;
      const isShared = model.get("scale") === "all" && end > 0;
      refill(scale, isShared ? legend(view, doc) : "");
    },
  };
};
