import { textOf } from "./doc";
import { type List, toggle } from "./list";
import { partsOf, type Rows, showing } from "./rows";

/** Where keys enter an example. */
const anchorOf = (rows: Rows, text: number): number => {
  const anchor = rows.scene!.plan.anchors.get(text)!;
  return anchor < 0 ? partsOf(rows, text)[0]![0] : anchor;
};

/** Where keys enter the list; -1 when it is empty. */
export const entry = (rows: Rows): number => {
  const [text = -1] = orderOf(rows);
  return text < 0 ? text : anchorOf(rows, text);
};

/** The examples in order of display. */
const orderOf = ({ scene }: Rows): number[] => [
  ...new Set(scene?.plan.items.flatMap((item) => ("text" in item ? item.text : []))),
];

/** Where a key leads: arrows go token by token and example by example. */
function lead(rows: Rows, key: string, p: number): number | undefined {
  const text = textOf(rows.scene!.doc, p);
  const parts = partsOf(rows, text);
  const i = parts.findIndex(([from, to]) => p >= from && p < to);
  const [from, to] = parts[i]!;
  const beside = (step: number): number => {
    const order = orderOf(rows);
    return anchorOf(rows, order[order.indexOf(text) + step] ?? text);
  };
  switch (key) {
    case "ArrowLeft":
      return p > from ? p - 1 : (parts[i - 1]?.[1] ?? p + 1) - 1;
    case "ArrowRight":
      return p + 1 < to ? p + 1 : (parts[i + 1]?.[0] ?? p);
    case "ArrowUp":
      return beside(-1);
    case "ArrowDown":
      return beside(1);
    case "Home":
      return parts[0]![0];
    case "End":
      return parts.at(-1)![1] - 1;
  }
  return undefined;
}

function act(list: List, key: string): boolean {
  const { rows, hooks } = list;
  const now = [list.hovered, list.selected].find((p) => showing(rows, p));
  const p = now ?? entry(rows);
  if (p < 0) return false;
  if (key === "Enter") hooks.pick(p);
  else if (key === " ") toggle(list, textOf(rows.scene!.doc, p));
  else if (key === "Escape") {
    hooks.hover(-1, true);
    hooks.pick(-1);
  } else {
    const to = lead(rows, key, p);
    if (to === undefined) return false;
    const goal = now === undefined ? p : to;
    showing(rows, goal)?.el.scrollIntoView({ block: "nearest" });
    hooks.hover(goal, true);
  }
  return true;
}

export function onKey(list: List, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !act(list, event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}
