import { isLive } from "../core/ask";
import { densityFilter } from "../core/density";
import { attrs, focusable, h, listen } from "../core/dom";
import { save, watch } from "../core/life";
import type { Model, SearchTraits } from "./types";

interface Filter {
  name: keyof SearchTraits & string;
  label: string;
  hint: string;
  number?: boolean;
  show(model: Model): string;
  read(text: string): unknown;
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** What is no number is no filter. */
const numeric = (text: string): number | null => {
  const value = Number.parseFloat(text.replace(",", "."));
  return Number.isFinite(value) ? value : null;
};

/** What is asked for, and, as numbers, what is shown of that. */
const FILTERS: Filter[] = [
  {
    name: "model",
    label: "model",
    hint: "all",
    show: (model) => model.get("model") ?? "",
    read: (text) => text.trim() || null,
  },
  {
    name: "sources",
    label: "sources",
    hint: "all of the model",
    show: (model) => model.get("sources").join(", "),
    read: words,
  },
  {
    name: "release",
    label: "release",
    hint: "all",
    show: (model) => model.get("release") ?? "",
    read: (text) => text.trim() || null,
  },
  {
    name: "min_cosine",
    label: "cosine from",
    hint: "any",
    number: true,
    show: (model) => `${model.get("min_cosine") ?? ""}`,
    read: numeric,
  },
];

const mountFilter = (model: Model, signal: AbortSignal, filter: Filter): HTMLElement => {
  const { name, label, hint, number, show, read } = filter;
  const input = focusable(h("input", number ? "input search-figure" : "input"));
  Object.assign(input, { type: "text", placeholder: hint, spellcheck: false, name });
  if (number) input.inputMode = "decimal";
  const node = h("label", "field", label, input);
  const draw = (): void => {
    input.value = show(model);
    // Without a kernel nothing can be asked, but what is there can still be sifted.
    input.disabled = !number && (!isLive(model) || !!model.get("_cannot")?.["ask"]);
    if (!number) node.hidden = !isLive(model) && !input.value;
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") draw();
  };
  listen(input, "keydown", onKey, signal);
  listen(input, "change", () => save(model, { [name]: read(input.value) }), signal);
  watch(model, [name, "_live", "_cannot"], draw, signal);
  return node;
};

/** What is searched, and what is shown of it; each commits when it is left or with Enter. */
export const mountFilters = (model: Model, signal: AbortSignal): HTMLElement =>
  attrs(
    h(
      "div",
      "search-filters",
      ...FILTERS.map((one) => mountFilter(model, signal, one)),
      densityFilter(model, signal),
    ),
    {
      role: "group",
      "aria-label": "where to look, and what to show",
    },
  );
