import type { Doc } from "./doc";
import type { Hooks } from "./list";
import type { Placed, Rows } from "./rows";

interface Ground {
  rows: Rows;
  marks(): [hovered: number, selected: number];
  doc(): Doc | undefined;
  toggle(p: number): void;
  hooks: Hooks;
}

const anchorOf = ({ row }: Placed): number => (row.anchor < 0 ? row.parts[0]![0] : row.anchor);

/** All tokens of an example that are on the page, as ranges in reading order. */
function ranges(rows: Rows, placed: Placed): [number, number][] {
  const out: [number, number][] = [];
  for (let at: Placed | undefined = placed; at; ) {
    for (const [from, to] of at.row.parts) if (to > from) out.push([from, to]);
    const next: Placed | undefined = rows.of(at.el.nextElementSibling);
    at = next && !next.row.first && next.row.text === placed.row.text ? next : undefined;
  }
  return out;
}

function headOf(rows: Rows, placed: Placed): Placed {
  return placed.row.first ? placed : (rows.neighbour(placed, -1) ?? placed);
}

function sideways(rows: Rows, placed: Placed, p: number, step: number): number {
  const spans = ranges(rows, headOf(rows, placed));
  const at = spans.findIndex(([from, to]) => p >= from && p < to);
  const [from, to] = spans[at] ?? [p, p + 1];
  if (p + step >= from && p + step < to) return p + step;
  const next = spans[at + step];
  if (!next) return p;
  return step > 0 ? next[0] : next[1] - 1;
}

/** Where a key leads from `p`: arrows go token by token and example by example. */
function target(key: string, ground: Ground, placed: Placed, p: number): number | null {
  const { rows } = ground;
  const spans = (): [number, number][] => ranges(rows, headOf(rows, placed));
  const rowBy = (step: number): number => {
    const next = rows.neighbour(step < 0 ? headOf(rows, placed) : placed, step);
    return next ? anchorOf(next) : p;
  };
  switch (key) {
    case "ArrowLeft":
      return sideways(rows, placed, p, -1);
    case "ArrowRight":
      return sideways(rows, placed, p, 1);
    case "ArrowUp":
      return rowBy(-1);
    case "ArrowDown":
      return rowBy(1);
    case "Home":
      return spans()[0]?.[0] ?? p;
    case "End":
      return (spans().at(-1)?.[1] ?? p + 1) - 1;
    default:
      return null;
  }
}

/** The heatmap is one tab stop; inside it keys move from token to token. */
export function onKeys(el: HTMLElement, signal: AbortSignal, ground: Ground): void {
  const { rows, hooks } = ground;
  const current = (): number => ground.marks().find((p) => rows.placed(p)) ?? -1;
  const go = (p: number): void => {
    rows.placed(p)?.el.scrollIntoView?.({ block: "nearest" });
    hooks.hover(p, true);
  };
  const act = (key: string): boolean => {
    const p = current();
    const placed = rows.placed(p) ?? rows.first();
    if (!placed) return false;
    const at = p < 0 ? anchorOf(placed) : p;
    if (key === "Enter") hooks.pick(at);
    else if (key === " ") ground.toggle(at);
    else if (key === "Escape") {
      hooks.hover(-1, true);
      hooks.pick(-1);
    } else {
      const to = target(key, ground, placed, at);
      if (to === null) return false;
      go(p < 0 ? at : to);
    }
    return true;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== el) return;
    if (!act(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onFocus = (): void => {
    const first = rows.first();
    // A click focuses too, but then the token is already marked.
    if (current() < 0 && first && el.matches(":focus-visible")) hooks.hover(anchorOf(first), true);
  };
  el.addEventListener("keydown", onKey, { signal });
  el.addEventListener("focus", onFocus, { signal });
}
