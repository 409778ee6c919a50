import { attrs, focusable, h, listen } from "../core/dom";
import { brief, number, signed } from "../core/format";
import { onEnd } from "../core/life";
import { abs, max, min } from "../core/math";
import { type Doc, textAt } from "../heatmap/doc";
import { painter } from "../heatmap/paint";
import { peakOf, type View } from "../heatmap/plan";
import { drawReadout } from "../heatmap/readout";
import { takeAway } from "./entry";

/** One text in one line of the grid. */
export interface Line {
  /** Number of the text in the document; -1 while there is none. */
  which: number;
  /** What stands beside it, and what it is called in the read-out. */
  label: string;
  title: string;
  /** Number of the line that it is a variant of; -1 for none. */
  base: number;
  /** Where its colour scale ends. */
  end: number;
  /** Whether it repeats what another line says, so that only its values matter. */
  faint: boolean;
  /** Whether it begins a group of lines. */
  apart?: boolean;
  /** Argument of the button that takes the line away; none without. */
  drop?: string | undefined;
}

export interface Scene {
  doc: Doc;
  view: View;
  lines: Line[];
  /** For each line the position that stands in each column; -1 for a gap. */
  columns: number[][];
}

export interface Grid {
  el: HTMLElement;
  draw(scene: Scene): void;
}

/** Differences of at least this share of the scale are written below their token; the read-out has all. */
const NOTABLE = 0.05;

export const legendOf = (): string =>
  `framed: changed · below a token: its difference to the text's, from ${100 * NOTABLE} % of the scale on`;

/** Flat position of the token that a line has in a column; -1 for a gap. */
const tokenIn = ({ doc, lines, columns }: Scene, line: number, column: number): number => {
  const at = columns[line]?.[column] ?? -1;
  return at < 0 ? at : doc.starts[lines[line]!.which]! + at;
};

/** What a line has in a column beside what its base has there. */
const compare = (scene: Scene, line: number, column: number) => {
  const { doc, lines } = scene;
  const [p, q] = [tokenIn(scene, line, column), tokenIn(scene, lines[line]!.base, column)];
  const both = p >= 0 && q >= 0;
  const changed = both && doc.codes[p] !== doc.codes[q] ? "replaced" : "";
  const alone = p < 0 ? "deleted" : "inserted";
  return {
    p,
    q,
    change: lines[line]!.base < 0 || both || p === q ? changed : alone,
    delta: both ? doc.values[p]! - doc.values[q]! : Number.NaN,
  };
};

const lookOf = ({ faint, apart }: Line): string =>
  `${faint ? "laid-faint" : ""} ${apart ? "laid-apart" : ""}`;

/** For each line a function that gives a coloured token its element. */
const paintersOf = ({ doc, view, lines }: Scene) =>
  lines.map(({ which, end }) =>
    which < 0
      ? () => null
      : painter(doc, view, end, null, { which, parts: [], first: true, kwic: true }),
  );

const cellOf = (
  scene: Scene,
  paint: (p: number) => ChildNode | null,
  line: number,
  column: number,
): HTMLElement => {
  const { doc, lines } = scene;
  const { p, change, delta } = compare(scene, line, column);
  const text = p < 0 ? "" : textAt(doc, p);
  const far = abs(delta) >= NOTABLE * lines[line]!.end && delta;
  return h(
    "span",
    `laid-cell ${lookOf(lines[line]!)} ${text ? "" : "laid-gap"} ${change && "laid-changed"}`,
    text && (paint(p) ?? (change ? h("span", "", text) : text)),
    far &&
      h("small", far < 0 ? "laid-delta below" : "laid-delta", (far > 0 ? "+" : "") + brief(far)),
  );
};

/** Token, text, position and value as everywhere; then what the base has there. */
const readOut = (out: HTMLElement, scene: Scene, line: number, column: number): number => {
  const { doc, lines } = scene;
  const { p, q, change, delta } = compare(scene, line, column);
  const { base, title } = lines[line]!;
  drawReadout(out, doc, p, title);
  if (p < 0) out.textContent = `${title}: nothing here`;
  if (base < 0) return p;
  const there = q < 0 ? "" : ` ${change ? `“${textAt(doc, q)}” ` : ""}${number(doc.values[q]!)}`;
  const by = Number.isNaN(delta) ? "" : ` · Δ ${signed(delta)}`;
  out.append(
    ` · ${change && `${change} · `}${lines[base]!.title}${there || ": nothing here"}${by}`,
  );
  return p;
};

const nameOf = ({ doc }: Scene, line: Line): HTMLElement => {
  const { which, label, title, drop } = line;
  const peak = which < 0 ? undefined : doc.values[peakOf(doc, which)];
  const remove = drop !== undefined && takeAway(title, drop);
  const value = peak === undefined ? "" : brief(peak);
  return attrs(
    h("span", `laid-name ${lookOf(line)}`, h("span", "", label), h("b", "", value), remove),
    {
      title: `${title}${value && `, peak ${value}`}`,
    },
  );
};

/** Texts below one another, a column for each token; wrapped like a text, with the lines' names before each turn. */
export const mountGrid = (
  signal: AbortSignal,
  out: HTMLElement,
  hover: (value: number | null) => void,
): Grid => {
  const body = h("div", "laid-columns");
  const el = attrs(focusable(h("div", "laid", body)), {
    role: "application",
    "aria-label": "texts below one another: arrow keys move over tokens and texts",
  });
  let scene: Scene | null = null;
  let at = [-1, -1];
  let lit: Element | undefined;
  const cellAt = ([line, column]: number[]): Element | undefined =>
    body.children[column!]?.children[line!];
  const go = (line: number, column: number, byKey = false): void => {
    if (`${[line, column]}` === `${at}`) return;
    at = [line, column];
    lit?.classList.remove("npw-laid-lit");
    lit = cellAt(at);
    lit?.classList.add("npw-laid-lit");
    // A pointer that wanders over text must not talk; a cursor moved by keys must.
    attrs(out, { "aria-live": byKey && "polite" });
    const p = scene && lit ? readOut(out, scene, line, column) : -1;
    hover(p < 0 ? null : scene!.doc.values[p]!);
    if (byKey) lit?.scrollIntoView({ block: "nearest" });
  };
  const onPointer = ({ target }: Event): void => {
    const cell = (target as Element).closest(".npw-laid-cell");
    const column = cell?.parentElement;
    if (column) go([...column.children].indexOf(cell!), [...body.children].indexOf(column));
  };
  const onKey = (event: KeyboardEvent): void => {
    const [lines, columns] = [scene?.lines.length ?? 0, body.childElementCount];
    const [line, column] = [max(at[0]!, 0), max(at[1]!, 0)];
    const leads: Record<string, [number, number]> = {
      ArrowLeft: [line, max(0, column - 1)],
      ArrowRight: [line, min(columns - 1, column + (at[1]! < 0 ? 0 : 1))],
      ArrowUp: [max(0, line - 1), column],
      ArrowDown: [min(lines - 1, line + 1), column],
      Home: [line, 0],
      End: [line, columns - 1],
      Escape: [-1, -1],
    };
    const to = leads[event.key];
    if (!to || event.target !== el || event.ctrlKey || event.metaKey || event.altKey) return;
    go(...to, true);
    event.preventDefault();
    event.stopPropagation();
  };
  /** The names stand before each turn of the columns, wherever the width puts it; a turn has room for its differences. */
  const place = (): void => {
    for (const old of el.querySelectorAll(".npw-laid-names")) old.remove();
    const turns = new Map<number, Element[]>();
    for (const column of body.children as HTMLCollectionOf<HTMLElement>) {
      const turn = turns.get(column.offsetTop);
      if (turn) turn.push(column);
      else turns.set(column.offsetTop, [column]);
    }
    for (const turn of turns.values()) {
      const names = scene!.lines.map((line, n) => {
        const own = [nameOf(scene!, line), ...turn.map((column) => column.children[n]!)];
        const tall = own.some((cell) => cell.querySelector("small"));
        for (const cell of own) cell.classList.toggle("npw-laid-tall", tall);
        return own[0]!;
      });
      // In its column, so that it stands where the turn stands.
      turn[0]!.append(h("div", "laid-names", ...names));
    }
  };
  const resized = new ResizeObserver(() => scene && place());
  resized.observe(body);
  onEnd(signal, () => resized.disconnect());
  listen(body, "pointerover", onPointer, signal);
  listen(el, "pointerleave", () => go(-1, -1), signal);
  listen(el, "keydown", onKey, signal);
  return {
    el,
    draw(next) {
      scene = next;
      at = [-1, -1];
      const longest = max(...next.lines.map(({ label }) => label.length), 4);
      el.style.setProperty("--names", `${longest + 5}ch`);
      const paints = paintersOf(next);
      const column = (_: unknown, c: number): HTMLElement =>
        h("span", "laid-column", ...paints.map((paint, line) => cellOf(next, paint, line, c)));
      body.replaceChildren(...(next.columns[0] ?? []).map(column));
      place();
    },
  };
};
