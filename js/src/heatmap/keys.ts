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
  ...new Set(plan.items.flatMap((item) => ("kind" in item ? [] : item.which))),
];

/** Where a key leads: arrows go token by token and example by example. */
const lead = (list: List, key: string, p: number): number | undefined => {
  const text = textOf(list.doc, p);
  const row: number[] = [];
  for (let [at, to] of partsOf(list, text)) while (at < to) row.push(at++);
  const i = row.indexOf(p);
  const beside = (step: number): number => {
    const order = orderOf(list);
    return anchorOf(list, order[order.indexOf(text) + step] ?? text);
  };
  const leads: Record<string, number> = {
    ArrowLeft: row[i - 1] ?? p,
    ArrowRight: row[i + 1] ?? p,
    ArrowUp: beside(-1),
    ArrowDown: beside(1),
    Home: row[0]!,
    End: row.at(-1)!,
  };
  return leads[key];
};

const act = (list: List, key: string): boolean => {
  const { hooks } = list;
  const now = [list.over, list.held].find((p) => showing(list, p));
  const [first] = orderOf(list);
  if (first === undefined) return false;
  const p = now ?? anchorOf(list, first);
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
};

export const onKey = (list: List, event: KeyboardEvent): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || !act(list, event.key)) return;
  event.preventDefault();
  event.stopPropagation();
};
