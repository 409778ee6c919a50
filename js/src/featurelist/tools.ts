import { command, failure, isLive, waiting } from "../core/ask";
import { attrs, button, focusable, h, listen, onAct, refill } from "../core/dom";
import { count, plural } from "../core/format";
import { onEnd, save, watch } from "../core/life";
import type { Model } from "./types";

/** How long the field must be left alone before Python hears of it, in milliseconds; the view follows every key. */
const PAUSE = 300;

/** A field that sifts rows; what it holds is drawn at once and sent when it is left alone. */
export const mountFilter = (model: Model, signal: AbortSignal, sift: (text: string) => void) => {
  const input = focusable(h("input", "input list-filter"));
  Object.assign(input, { type: "text", placeholder: "filter by words", spellcheck: false });
  attrs(input, { "aria-label": "filter the rows by words" });
  let timer = 0;
  const send = (): void => {
    clearTimeout(timer);
    save(model, { filter: input.value });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") input.value = "";
    else if (event.key !== "Enter") return;
    send();
  };
  const typed = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(send, PAUSE);
    sift(input.value);
  };
  onEnd(signal, () => clearTimeout(timer));
  listen(input, "input", typed, signal);
  listen(input, "keydown", onKey, signal);
  const follow = (): void => {
    const filter = model.get("filter") ?? "";
    if (filter !== input.value) input.value = filter;
    clearTimeout(timer);
    sift(filter);
  };
  watch(model, ["filter"], follow, signal);
  return input;
};

/** How far it is, and a way to stop. */
const underWay = (model: Model): (HTMLElement | string)[] => {
  const [done = 0, all = 0] = model.get("_progress") ?? [];
  const bar = all ? Object.assign(h("progress"), { value: done, max: all }) : "";
  const what = model.get("busy") === "more" ? "features" : "details";
  const said = all ? `${count(done)} of ${count(all)} ${what}` : `fetching ${what}`;
  return [bar, ` ${said} `, button("stop", "stop")];
};

/** How many rows there are, how many are shown and selected, and what is not known of them. */
export const createStatus = (model: Model, signal: AbortSignal) => {
  const said = attrs(h("span", "list-said quiet"), { role: "status" });
  const lacks = h("span", "list-lacks quiet");
  onAct(said, signal, { deselect: () => save(model, { selected: [] }) });
  onAct(lacks, signal, {
    fetch: () => command(model, "fetch"),
    stop: () => command(model, "stop"),
  });
  const draw = (shown: number): void => {
    const data = model.get("_rows");
    const total = data?.count ?? 0;
    const [only] = data?.sources ?? [];
    const where = only && data?.sources.length === 1 ? ` of ${only.join("/")}` : "";
    const amount =
      shown < total ? `${count(shown)} of ${plural(total, "feature")}` : plural(total, "feature");
    const chosen = model.get("selected")?.length;
    const clear = chosen ? [` · ${count(chosen)} selected · `, button("clear", "deselect")] : [];
    refill(said, `${amount}${where}`, ...clear);
    const absent = data?.absent ? `${plural(data.absent, "does", "do")} not exist` : "";
    const lacking =
      data?.lacking && isLive(model)
        ? [`details of ${count(data.lacking)} not fetched · `, button("fetch", "fetch")]
        : [];
    refill(
      lacks,
      ...(model.get("busy")
        ? underWay(model)
        : [absent, absent && lacking.length ? " · " : "", ...lacking]),
    );
  };
  return { said, lacks, draw };
};

const said = (model: Model, where: boolean): HTMLElement[] => {
  const error = model.get("error");
  if (!error || model.get("busy") || (error.where === "more") !== where) return [];
  return [failure({ ...error, retry: error.retry && isLive(model) })];
};

/** What went wrong with what rows lack: above them, since they may be many. */
export const wrong = (model: Model): HTMLElement[] => said(model, false);

/** What stands below the last row: more, the way to it, or what went wrong with it. */
export const ending = (model: Model, shown: number): HTMLElement[] => {
  const [busy, data, failed] = [model.get("busy"), model.get("_rows"), said(model, true)];
  if (busy === "more") return waiting(3, 80);
  if (failed.length) return failed;
  if (!data?.count && !data?.more) return [h("p", "empty", "no features")];
  const none = shown ? [] : [h("p", "empty", "no row holds these words")];
  if (!data.more) return none;
  return [
    ...none,

    isLive(model) ? button("more", "more", "more", "push") : h("p", "empty", "there are more"),
  ];
};
