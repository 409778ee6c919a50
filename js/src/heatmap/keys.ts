import { textOf } from "./doc";
import { type List, toggle } from "./list";
import { partsOf, showing } from "./rows";

/** Where keys enter an example. */
const anchorOf = (list: List, text: number): number => {
  const anchor = list.plan.anchors.get(text)!;
  return anchor < 0 ? partsOf(list, text)[0]![0] : anchor;
};

/** The examples in order of display. */
const orderOf = ({ plan }: List): number[] => [
  ...new Set(plan.items.flatMap((item) => ("text" in item ? item.text : []))),
];

/** Where keys enter the list; -1 when it is empty. */
export const entry = (list: List): number => {
  const [text = -1] = orderOf(list);
  return text < 0 ? text : anchorOf(list, text);
};

/** Where a key leads: arrows go token by token and example by example. */
function lead(list: List, key: string, p: number): number | undefined {
  const text = textOf(list.doc, p);
  const parts = partsOf(list, text);
  const i = parts.findIndex(([from, to]) => p >= from && p < to);
  const [from, to] = parts[i]!;
  const beside = (step: number): number => {
    const order = orderOf(list);
    return anchorOf(list, order[order.indexOf(text) + step] ?? text);
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
  const { hooks } = list;
  const now = [list.hovered, list.selected].find((p) => showing(list, p));
  const p = now ?? entry(list);
  if (p < 0) return false;
  if (key === "Enter") hooks.pick(p);
  else if (key === " ") toggle(list, textOf(list.doc, p));
  else if (key === "Escape") {
    hooks.hover(-1, true);
    hooks.pick(-1);
  } else {
    const to = lead(list, key, p);
    if (to === undefined) return false;
    const goal = now === undefined ? p : to;
    showing(list, goal)?.box.scrollIntoView({ block: "nearest" });
    hooks.hover(goal, true);
  }
  return true;
}

export function onKey(list: List, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !act(list, event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}
