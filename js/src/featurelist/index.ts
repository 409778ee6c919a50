import { command, isLive } from "../core/ask";
import { mountDashboard } from "../core/child";
import { attrs, focusable, h, onAct } from "../core/dom";
import { endless } from "../core/endless";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import type { RenderProps } from "../core/types";
import { mountChoice } from "./choose";
import { columnsOf, narrowest, template } from "./columns";
import { createHeader } from "./header";
import { orderOf } from "./order";
import { drawAll, follow, mark, refAt, type Table } from "./rows";
import { columnOf, sheetOf } from "./sheet";
import { createStatus, ending, mountFilter } from "./tools";
import type { ListTraits, Model, RowsData } from "./types";

export const GUIDE =
  "Sort by density to meet the rarest and the commonest; the peaks of the examples stand in one column, " +
  "so read down them. A label that fits one example may not fit the next: open a row and look.";

const NONE: RowsData = {
  count: 0,
  sources: [],
  index: "",
  columns: [],
  site: null,
  more: false,
  lacking: 0,
  absent: 0,
};

const createTable = (head: HTMLElement): Table => {
  const scroller = focusable(h("div", "list-scroll"));
  const body = h("div", "list-body");
  return {
    sheet: sheetOf(NONE),
    columns: [],
    order: [],
    selected: new Set(),
    opened: null,
    cursor: -1,
    scroller: attrs(scroller, { role: "grid", "aria-multiselectable": "true" }),
    body,
    head,
    drawn: new Map(),
    high: 30,
  };
};

/** The row under the pointer or the keys, in full: cells cut long texts off. */
const readOut = (table: Table, out: HTMLElement, at: number, byKey: boolean): void => {
  const row = table.order[at];
  if (out.dataset["row"] === `${at} ${row}`) return;
  out.dataset["row"] = `${at} ${row}`;
  attrs(out, { "aria-live": byKey && "polite" });
  if (row === undefined)
    out.textContent = "click, arrow keys and Space select · Enter or a double click opens";
  else {
    const said = columnOf(table.sheet, "explanation")?.values[row];
    out.textContent = [`row ${at + 1}`, refAt(table, at), said].filter(Boolean).join(" · ");
  }
};

const mountTable = (model: Model, signal: AbortSignal, out: HTMLElement) => {
  const header = createHeader(model, signal);
  const table = createTable(header.node);
  const status = createStatus(model, signal);
  const end = h("div", "list-end");
  table.scroller.append(header.node, table.body, end);
  const open = (ref: string): void => {
    if (isLive(model)) save(model, { opened: ref });
  };
  const reset = mountChoice(table, signal, {
    select: (selected) => save(model, { selected }),
    open,
    read: (at, byKey) => readOut(table, out, at, byKey),
  });
  const goOn = endless(table.scroller, end, signal, () => command(model, "more"));
  const acts = {
    show: open,
    more: () => command(model, "more"),
    retry: () => command(model, "retry"),
  };
  onAct(table.scroller, signal, acts);
  let filter = "";
  const arrange = (): void => {
    const held = table.order[table.cursor] ?? -1;
    table.order = orderOf(table.sheet, model.get("sort") ?? "", filter);
    table.cursor = table.order.indexOf(held);
    reset();
    drawAll(table);
    status.draw(table.order.length);
  };
  const sort = (): void => {
    header.draw(table.columns);
    arrange();
  };
  const load = (): void => {
    table.sheet = sheetOf(model.get("_rows") ?? NONE);
    table.columns = columnsOf(table.sheet, isLive(model));
    const { style } = table.scroller;
    style.setProperty("--npw-columns", template(table.columns));
    style.setProperty("--npw-least", `${narrowest(table.columns)}px`);
    goOn(`${table.sheet.raw.count}`);
    sort();
  };
  const choose = (): void => {
    table.selected = new Set(model.get("selected"));
    table.opened = model.get("opened");
    mark(table);
    status.draw(table.order.length);
  };
  const tell = (): void => {
    status.draw(table.order.length);
    end.replaceChildren(...ending(model));
  };
  const field = mountFilter(model, signal, (text) => {
    filter = text;
    arrange();
  });
  watch(model, ["_rows", "_live"], load, signal);
  watch(model, ["sort"], sort, signal);
  watch(model, ["selected", "opened"], choose, signal);
  watch(model, ["_rows", "busy", "error", "_progress", "_live"], tell, signal);
  follow(table, signal);
  readOut(table, out, -1, false);
  const bar = h("div", "list-bar", field, status.said, status.lacks);
  return [bar, table.scroller] as const;
};

const render = (props: RenderProps<ListTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("p", "list-out quiet");
    const [bar, scroller] = mountTable(model, signal, out);
    const beside = mountDashboard(model, signal, () => save(model, { opened: null }));
    root.append(h("div", "card", bar, guide(GUIDE), scroller, out, beside));
  });
};

export default { render };
