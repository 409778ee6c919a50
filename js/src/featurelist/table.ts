import { command, isLive } from "../core/ask";
import { attrs, focusable, h, onAct } from "../core/dom";
import { endless } from "../core/endless";
import { save, watch } from "../core/life";
import { mountChoice } from "./choose";
import { columnsOf, lines, narrowest, template } from "./columns";
import { createHeader } from "./header";
import { orderOf } from "./order";
import { drawAll, follow, mark, measure, refAt, type Table } from "./rows";
import { columnOf, sheetOf } from "./sheet";
import { createStatus, ending, mountFilter, wrong } from "./tools";
import type { Model, RowsData } from "./types";

const NONE: RowsData = {
  count: 0,
  sources: [],
  index: "",
  columns: [],
  site: null,
  more: false,
  lacking: 0,
  absent: 0,
  provenance: null,
};

const createTable = (head: HTMLElement): Table => ({
  sheet: sheetOf(NONE),
  columns: [],
  order: [],
  selected: new Set(),
  opened: null,
  cursor: -1,
  scroller: attrs(focusable(h("div", "list-scroll")), {
    role: "grid",
    "aria-label": "features",
    "aria-multiselectable": "true",
  }),
  body: h("div", "list-body"),
  head,
  drawn: new Map(),
  high: 30,
});

/** Takes in other rows: what is known of them decides which columns there are. */
const take = (table: Table, data: RowsData, live: boolean): void => {
  table.sheet = sheetOf(data);
  table.columns = columnsOf(table.sheet, live);
  const { style } = table.scroller;
  style.setProperty("--npw-lines", `${lines(table.columns)}`);
  style.setProperty("--npw-columns", template(table.columns));
  style.setProperty("--npw-least", `${narrowest(table.columns)}px`);
};

/** Brings the rows into their order; the cursor stays on its row. */
const arrange = (table: Table, sort: string, filter: string): void => {
  const held = table.order[table.cursor] ?? -1;
  table.order = orderOf(table.sheet, sort, filter);
  table.cursor = table.order.indexOf(held);
  drawAll(table);
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

/** Below the last row, and above the first: what is under way, more, and what went wrong. */
const mountEnds = (
  model: Model,
  table: Table,
  signal: AbortSignal,
  open: (ref: string) => void,
) => {
  const status = createStatus(model, signal);
  const [end, failed] = [h("div", "list-end"), h("div")];
  table.scroller.append(table.head, table.body, end);
  const more = (): void => command(model, "more");
  const acts = { show: open, more, retry: () => command(model, "retry") };
  onAct(table.scroller, signal, acts);
  onAct(failed, signal, acts);
  const goOn = endless(table.scroller, end, signal, more);
  const tell = (): void => {
    status.draw(table.order.length);
    end.replaceChildren(...ending(model, table.order.length));
    failed.replaceChildren(...wrong(model));
    goOn(`${table.sheet.raw.count}`);
  };
  return { status, failed, tell };
};

/** The table with its tools: a field that sifts, what there is, what went wrong, and the rows. */
export const mountTable = (model: Model, signal: AbortSignal, out: HTMLElement): HTMLElement[] => {
  const header = createHeader(model, signal);
  const table = createTable(header.node);
  const open = (ref: string): void => {
    if (isLive(model)) save(model, { opened: ref });
  };
  const { status, failed, tell } = mountEnds(model, table, signal, open);
  const forget = mountChoice(table, signal, {
    select: (selected) => save(model, { selected }),
    open,
    read: (at, byKey) => readOut(table, out, at, byKey),
  });
  let filter = "";
  let wasLive: boolean | null = null;
  const draw = (): void => {
    arrange(table, model.get("sort") ?? "", filter);
    forget();
    tell();
  };
  const field = mountFilter(model, signal, (text) => {
    filter = text;
    draw();
  });
  const load = (): void => {
    const [data, live] = [model.get("_rows") ?? NONE, isLive(model)];
    if (data !== table.sheet.raw || live !== wasLive) take(table, data, live);
    wasLive = live;
    header.draw(table.columns);
    draw();
    measure(table);
  };
  const choose = (): void => {
    table.selected = new Set(model.get("selected"));
    table.opened = model.get("opened");
    mark(table);
    status.draw(table.order.length);
  };
  watch(model, ["_rows", "_live", "sort"], load, signal);
  watch(model, ["selected", "opened"], choose, signal);
  watch(model, ["busy", "error", "_progress"], tell, signal);
  follow(table, signal);
  readOut(table, out, -1, false);
  return [h("div", "list-bar", field, status.said, status.lacks), failed, table.scroller];
};
