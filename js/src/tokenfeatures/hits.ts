import { attrs, button, h, listen, onAct, refill } from "../core/dom";
import { plural } from "../core/format";
import { save } from "../core/life";
import { max } from "../core/math";
import { rove } from "../core/rove";
import { quoted } from "../core/tokens";
import { type Row, rowsAt, type Shown } from "./lists";
import { rowOf } from "./row";
import type { Model, TokenFeaturesTraits } from "./types";

const SORTS = ["strength", "frequency", "density"] as const;
/** Features of a whole text that are drawn at once. */
const MANY = 100;

export interface HitHooks {
  /** The feature under the pointer or the focus. */
  over(row: Row | null, byKey: boolean): void;
  choose(ref: string): void;
}

/** The features at one token, or of the whole text. */
export interface Hits {
  el: HTMLElement;
  draw(shown: Shown, at: number, byKey: boolean): void;
}

const headingOf = ({ tokens, answer }: Shown, at: number, n: number): string => {
  const features = plural(n, "feature");
  const token = tokens[at];
  return token
    ? `${features} at ${quoted(token)} · position ${answer.positions[at]}`
    : `${features} on the whole text`;
};

const sortButtons = (model: Model): HTMLElement[] =>
  SORTS.map((name) =>
    attrs(button(name, "sort", name, "segment"), {
      "aria-pressed": `${model.get("sort") === name}`,
    }),
  );

const captions = (isToken: boolean): HTMLElement =>
  attrs(
    h(
      "div",
      "found found-captions",
      h("span", "", "feature"),
      h("span"),
      h("span", "", isToken ? "value" : "peak"),
      h("span"),
      attrs(h("span", "found-count", "tokens"), {
        title: "at how many tokens it is known to fire",
      }),
      h("span", "line-density", "density"),
    ),
    { "aria-hidden": "true" },
  );

export const createHits = (model: Model, signal: AbortSignal, hooks: HitHooks): Hits => {
  const [heading, sorts, caption, more] = [
    h("h4", "found-heading"),
    attrs(h("span", "segments"), { role: "group", "aria-label": "sort" }),
    h("div"),
    h("p", "empty"),
  ];
  const list = attrs(h("div", "found-list"), {
    role: "listbox",
    "aria-label": "features, Enter opens one",
  });
  let rows: Row[] = [];
  let limit = MANY;
  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]")];
  const tabStop = rove(list, signal, options);
  const rowUnder = ({ target }: Event): Row | undefined => {
    const ref = (target as Element).closest<HTMLElement>("[data-arg]")?.dataset["arg"];
    return rows.find((row) => row.ref === ref);
  };
  const over = (event: Event): void =>
    hooks.over(rowUnder(event) ?? null, event.type === "focusin");
  for (const name of ["pointerover", "focusin"]) listen(list, name, over, signal);
  for (const name of ["pointerleave", "focusout"]) {
    listen(list, name, () => hooks.over(null, false), signal);
  }
  listen(list, "click", (event) => hooks.choose(rowUnder(event)?.ref ?? ""), signal);
  let again = (): void => {};
  const acts = {
    sort: (arg: string) => save(model, { sort: arg as TokenFeaturesTraits["sort"] }),
    more() {
      limit = Number.POSITIVE_INFINITY;
      again();
    },
  };
  onAct(sorts, signal, acts);
  onAct(more, signal, acts);
  const draw = (shown: Shown, at: number, byKey: boolean): void => {
    again = () => draw(shown, at, false);
    rows = rowsAt(shown, at, model.get("sort"));
    heading.textContent = headingOf(shown, at, rows.length);
    attrs(heading, { "aria-live": byKey && "polite" });
    refill(sorts, ...sortButtons(model));
    caption.replaceChildren(captions(at >= 0));
    el.style.setProperty("--which", `${max(4, ...rows.map(({ index }) => `${index}`.length))}`);
    // Bars compare what stands in one list: one strong feature elsewhere would make all of them short.
    const longest = max(0, ...rows.map(({ value }) => value));
    const selected = model.get("selected");
    const some = rows.slice(0, limit).map((row) => rowOf(row, shown, longest, selected));
    refill(list, ...some, more);
    const left = rows.length - limit;
    more.replaceChildren(
      ...(left > 0
        ? [button(`${left} more`, "more")]
        : rows.length
          ? []
          : ["none that the threshold lets pass"]),
    );
    more.hidden = !more.childNodes.length;
    tabStop();
  };
  const el = h("section", "founds", h("div", "bar", heading, sorts), caption, list);
  return { el, draw };
};
