import { attrs, button, h, onAct, refill } from "../core/dom";
import { save } from "../core/life";
import type { Shown } from "./columns";
import type { Model } from "./types";

/** Which way a column is sorted by the next click: numbers from the top, texts from A, then round, then not at all. */
const next = (sort: string, { key, look }: Shown): string => {
  const texts = look === "ref" || look === "main" || look === "text" || look === "strip";
  const turns = texts ? [key, `-${key}`, ""] : [`-${key}`, key, ""];
  return turns[turns.indexOf(sort) + 1] ?? turns[0]!;
};

const head = (column: Shown, sort: string): HTMLElement => {
  const { key, label, look } = column;
  const [rising, falling] = [sort === key, sort === `-${key}`];
  const arrow = h("span", "list-arrow", rising ? "▲" : falling ? "▼" : "");
  const name = attrs(button(label, "sort", key, "list-sort"), { title: `sort by ${label}` });
  name.append(arrow);
  return attrs(h("div", `list-cell list-${look}`, name), {
    role: "columnheader",
    "aria-sort": rising ? "ascending" : falling ? "descending" : "none",
  });
};

/** The columns' names; each sorts. */
export const createHeader = (model: Model, signal: AbortSignal) => {
  const node = attrs(h("div", "list-head"), { role: "row", "aria-rowindex": 1 });
  let columns: Shown[] = [];
  onAct(node, signal, {
    sort(key) {
      const column = columns.find((one) => one.key === key);
      if (column) save(model, { sort: next(model.get("sort") ?? "", column) });
    },
  });
  const draw = (now: Shown[]): void => {
    columns = now;
    refill(node, ...now.map((column) => head(column, model.get("sort") ?? "")));
  };
  return { node, draw };
};
