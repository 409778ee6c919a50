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
  choose(ref: string): unknown;
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

interface Parts {
  el: HTMLElement;
  heading: HTMLElement;
  sorts: HTMLElement;
  caption: HTMLElement;
  list: HTMLElement;
  more: HTMLElement;
}

const createParts = (): Parts => {
  const [heading, sorts, caption] = [h("h4", "found-heading"), h("span", "segments"), h("div")];
  const [list, more] = [h("div"), h("p", "empty")];
  attrs(sorts, { role: "group", "aria-label": "sort" });
  attrs(list, { role: "listbox", "aria-label": "features, Enter opens one" });
  const bar = h("div", "bar", heading, sorts);
  const el = h("section", "founds", bar, caption, h("div", "found-list", list, more));
  return { el, heading, sorts, caption, list, more };
};

/** Says what is left of the rows, or that there are none. */
const drawMore = (more: HTMLElement, n: number, limit: number): void => {
  const left = n - limit;
  more.hidden = n > 0 && left <= 0;
  more.replaceChildren(
    left > 0 ? button(`${left} more`, "more") : n ? "" : "none that the threshold lets pass",
  );
};

const fill = (parts: Parts, model: Model, rows: Row[], shown: Shown, limit: number): void => {
  const letters = max(4, ...rows.map(({ index }) => `${index}`.length));
  // Bars compare what stands in one list: one strong feature elsewhere would make all of them short.
  const longest = max(0, ...rows.map(({ value }) => value));
  const some = rows.slice(0, limit);
  parts.el.style.setProperty("--which", `${letters}`);
  refill(parts.sorts, ...sortButtons(model));
  refill(parts.list, ...some.map((row) => rowOf(row, shown, longest, model.get("selected"))));
  drawMore(parts.more, rows.length, limit);
};

export const createHits = (model: Model, signal: AbortSignal, hooks: HitHooks): Hits => {
  const parts = createParts();
  const { el, heading, sorts, caption, list, more } = parts;
  let rows: Row[] = [];
  let again = (_limit: number): void => {};
  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]")];
  const tabStop = rove(list, signal, options);
  const rowUnder = ({ target }: Event): Row | undefined =>
    rows[options().indexOf((target as Element).closest<HTMLElement>("[role=option]")!)];
  for (const name of ["pointerover", "focusin"]) {
    const byKey = name === "focusin";
    listen(list, name, (event) => hooks.over(rowUnder(event) ?? null, byKey), signal);
  }
  for (const name of ["pointerleave", "focusout"]) {
    listen(list, name, () => hooks.over(null, false), signal);
  }
  listen(list, "click", (event) => hooks.choose(rowUnder(event)?.ref ?? ""), signal);
  onAct(sorts, signal, {
    sort: (arg) => save(model, { sort: arg as TokenFeaturesTraits["sort"] }),
  });
  onAct(more, signal, { more: () => again(Number.POSITIVE_INFINITY) });
  return {
    el,
    draw(shown, at, byKey) {
      rows = rowsAt(shown, at, model.get("sort"));
      heading.textContent = headingOf(shown, at, rows.length);
      attrs(heading, { "aria-live": byKey && "polite" });
      caption.replaceChildren(captions(at >= 0));
      again = (limit) => {
        fill(parts, model, rows, shown, limit);
        tabStop();
      };
      again(MANY);
    },
  };
};
