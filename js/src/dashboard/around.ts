import { isLive } from "../core/ask";
import { attrs, button, focusable, h, link, onAct } from "../core/dom";
import { number, plural, signed } from "../core/format";
import { save, watch } from "../core/life";
import type { Feature, Neighbour, Neuron } from "../core/types";
import type { Part } from "./traits";

function neighbour(near: Neighbour, live: boolean): HTMLElement {
  const name = String(near.index);
  const go = live
    ? attrs(button(name, "goto", near.ref), { title: `open ${near.ref}` })
    : near.url
      ? link(name, near.url)
      : name;
  const cosine = near.cosine === null ? "?" : number(near.cosine);
  return h("li", "near", go, h("span", "quiet", cosine));
}

/** Features whose directions lie close by. */
export const neighbours: Part = (model, signal) => {
  const list = h("ul", "nears");
  const title = h("h3", "title", "Which features are near?", h("span", "quiet", "by cosine"));
  const node = h("section", "panel", title, list);
  const draw = (): void => {
    const all = model.get("_feature")?.neighbours ?? [];
    node.hidden = !all.length;
    list.replaceChildren(...all.slice(0, 12).map((near) => neighbour(near, isLive(model))));
  };
  onAct(list, signal, { goto: (ref) => save(model, { ref }) });
  watch(model, ["_feature", "_live"], draw, signal);
  return node;
};

function pairs(rows: [string, string][]): HTMLElement {
  return h(
    "dl",
    "facts",
    ...rows.flatMap(([label, value]) => [h("dt", "", label), h("dd", "", value)]),
  );
}

function neuronRows(neurons: Neuron[], kind: Neuron["kind"]): [string, string][] {
  const some = neurons.filter((neuron) => neuron.kind === kind);
  const one = ({ index, value }: Neuron): string =>
    `${index} (${value === null ? "?" : signed(value)})`;
  return some.length ? [[`${kind} neurons`, some.map(one).join(", ")]] : [];
}

function contents(feature: Feature): HTMLElement | null {
  const { facts, neurons, lists, comments } = feature;
  const listRows = lists.map(({ name, description }): [string, string] => [
    "in list",
    [name, description].filter(Boolean).join(": "),
  ]);
  const said = comments.map(({ author, text, date }): [string, string] => [
    [author ?? "someone", date].filter(Boolean).join(", "),
    text,
  ]);
  const rows = [
    ...facts,
    ...neuronRows(neurons, "aligned"),
    ...neuronRows(neurons, "correlated"),
    ...listRows,
    ...said,
  ];
  return rows.length ? pairs(rows) : null;
}

/** Everything else that is known, folded away. */
export const details: Part = (model, signal) => {
  const summary = focusable(h("summary"));
  const body = h("div", "details-body");
  const node = h("details", "panel details", summary, body);
  const draw = (): void => {
    const feature = model.get("_feature");
    const rows = feature && contents(feature);
    const said = feature?.comments.length ?? 0;
    node.hidden = !rows;
    summary.textContent = said ? `details · ${plural(said, "comment")}` : "details";
    attrs(summary, { title: "hook, release, data set, neurons, lists, comments" });
    body.replaceChildren(rows ?? "");
  };
  watch(model, ["_feature"], draw, signal);
  return node;
};
