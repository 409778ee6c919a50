import { opacity } from "../core/colour";
import { attrs, h, listen } from "../core/dom";
import { count, number, plural } from "../core/format";
import { guide } from "../core/frame";
import { watch } from "../core/life";
import { max } from "../core/math";
import { rove } from "../core/rove";
import type { Model, Overlap, Overlaps } from "./types";

const GUIDE =
  "Jaccard's index: of all that either has, the share that both have. " +
  "Features that fire together may still promote different tokens, and the other way round.";

const KINDS: [keyof Overlaps, title: string, thing: string][] = [
  ["promoted", "promoted tokens", "promoted token"],
  ["firing", "positions on the texts above", "firing position"],
  ["examples", "positions on examples that both have", "firing position"],
];

/** Longer names stand upright above their columns. */
const SHORT = 6;

const say = (
  names: string[],
  [one, other, shared, either, what]: Overlap["pairs"][0],
  thing: string,
): string => {
  const both = `${names[one]} and ${names[other]} share ${count(shared)} of ${plural(either, thing)}`;
  if (!either) return `neither ${names[one]} nor ${names[other]} has any ${thing}`;
  const rest = shared - what.length;
  const named = what.map((name) => `“${name}”`).join(", ");
  return `${both} (${number(shared / either)})${named && `: ${named}`}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
};

const cell = (
  names: string[],
  pair: Overlap["pairs"][0] | undefined,
  thing: string,
): HTMLElement => {
  if (!pair) return attrs(h("td", "quiet", "–"), { title: "not known" });
  const [, , shared, either] = pair;
  const share = either ? shared / either : 0;
  const node = h(
    "td",
    shared ? "cmp-pair" : "cmp-pair quiet",
    h(
      "b",
      "",
      either
        ? number(share)
            .replace(/^0\./, ".")
            .replace(/^\.00$/, "0")
        : "–",
    ),
    h("small", "", `${count(shared)}/${count(either)}`),
  );
  node.style.background = `rgb(var(--npw-pos) / ${opacity(share, 1, "linear").toFixed(2)})`;
  return attrs(node, {
    "aria-label": say(names, pair, thing),
    "data-say": say(names, pair, thing),
  });
};

/** The lower half of a matrix; its diagonal says how much each feature has. */
const table = (names: string[], { sizes, pairs }: Overlap, thing: string): HTMLElement => {
  const find = (row: number, column: number) =>
    pairs.find(([one, other]) => one === column && other === row);
  const long = max(...names.map((name) => name.length)) > SHORT;
  const heads = names.map((name) => h("th", long ? "cmp-upright" : "", h("span", "", name)));
  const rows = names.map((name, row) => {
    const cells = names.slice(0, row).map((_, column) => cell(names, find(row, column), thing));
    const size = sizes[row] ?? null;
    const own = attrs(h("td", "cmp-size quiet", size === null ? "?" : count(size)), {
      title: size === null ? "not known" : `${name} has ${plural(size, thing)}`,
    });
    return h("tr", "", h("th", "", name), ...cells, own);
  });
  return h("table", "cmp-matrix", h("tbody", "", h("tr", "", h("th"), ...heads), ...rows));
};

/** What the features have in common, pair by pair; a cell under the pointer or the focus names it. */
export const mountOverlap = (model: Model, signal: AbortSignal): HTMLElement => {
  const host = h("div", "cmp-matrices");
  const said = attrs(h("p", "cmp-shared quiet"), { "aria-live": "polite" });
  const title = h("h3", "title", "What do they have in common?");
  const node = h("section", "cmp-panel", title, guide(GUIDE), host, said);
  const cells = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>("[data-say]")];
  const tabStop = rove(host, signal, cells);
  const idle = "point at a pair, or move to it by keys, to read what both have";
  const read = (event: Event): void => {
    const away = event.type === "pointerleave" || event.type === "focusout";
    const pair = !away && (event.target as Element).closest<HTMLElement>("[data-say]");
    said.textContent = pair ? pair.dataset["say"]! : idle;
  };
  for (const type of ["pointerover", "pointerleave", "focusin", "focusout"]) {
    listen(host, type, read, signal);
  }
  const draw = (): void => {
    const all = model.get("_overlap") ?? {};
    const names = model.get("_cards")?.cards.map(({ name }) => name) ?? [];
    const drawn = KINDS.flatMap(([kind, heading, thing]) => {
      const overlap = all[kind];
      // While features come and go, one may be older than the other.
      if (!overlap || overlap.sizes.length !== names.length) return [];
      return [h("div", "cmp-kind", h("h4", "cmp-group", heading), table(names, overlap, thing))];
    });
    node.hidden = !drawn.length;
    host.replaceChildren(...drawn);
    said.textContent = idle;
    tabStop();
  };
  watch(model, ["_overlap", "_cards"], draw, signal);
  return node;
};
