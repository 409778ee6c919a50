import { listen } from "../core/dom";
import { drawNear, mark, pageOf, refAt, reveal, type Table } from "./rows";

export interface Wishes {
  select(refs: string[]): void;
  open(ref: string): void;
  /** The row under the pointer or the keys. */
  read(place: number, byKey: boolean): void;
}

interface How {
  /** Add to what is selected, or take away. */
  toggle: boolean;
  /** From where the last one was picked to here. */
  extend: boolean;
}

const howOf = ({ shiftKey, ctrlKey, metaKey }: MouseEvent | KeyboardEvent): How => ({
  toggle: ctrlKey || metaKey,
  extend: shiftKey,
});

const placeOf = (event: Event): number =>
  Number((event.target as Element).closest<HTMLElement>("[data-place]")?.dataset["place"] ?? -1);

/** Selecting in a table: as in a file manager, by pointer and by keys. */
const chooser = (table: Table, wishes: Wishes) => {
  let anchor = -1;
  const range = (to: number): string[] => {
    const [low, high] = [Math.min(anchor, to), Math.max(anchor, to)];
    return Array.from({ length: high - low + 1 }, (_, i) => refAt(table, low + i));
  };
  return {
    move(at: number): void {
      table.cursor = at;
      mark(table);
      reveal(table, at);
      wishes.read(at, true);
    },
    pick(at: number, { toggle, extend }: How): void {
      const ref = refAt(table, at);
      const before = toggle ? [...table.selected] : [];
      if (extend && anchor >= 0) wishes.select([...new Set([...before, ...range(at)])]);
      else {
        anchor = at;
        const others = before.filter((one) => one !== ref);
        wishes.select(toggle && others.length < before.length ? others : [...others, ref]);
      }
    },
    /** Places mean other rows now. */
    reset(): void {
      anchor = -1;
    },
  };
};

/** Where a key leads. */
const lead = (table: Table, key: string): number | undefined => {
  const { cursor, order } = table;
  const last = order.length - 1;
  const leads: Record<string, number> = {
    ArrowUp: cursor < 0 ? 0 : cursor - 1,
    ArrowDown: cursor + 1,
    PageUp: cursor - pageOf(table),
    PageDown: cursor + pageOf(table),
    Home: 0,
    End: last,
  };
  const to = leads[key];
  return to === undefined || last < 0 ? undefined : Math.max(0, Math.min(last, to));
};

export const mountChoice = (table: Table, signal: AbortSignal, wishes: Wishes): (() => void) => {
  const { scroller, body } = table;
  const { move, pick, reset } = chooser(table, wishes);
  const act = (event: KeyboardEvent): boolean => {
    const { key } = event;
    const { cursor, order } = table;
    const how = howOf(event);
    const to = lead(table, key);
    if (to !== undefined) {
      move(to);
      // With the control key alone the cursor goes and the selection stays.
      if (!how.toggle || how.extend) pick(to, { ...how, toggle: false });
    } else if (key === " " && cursor >= 0) pick(cursor, { ...how, toggle: true });
    else if (key === "Enter" && cursor >= 0) wishes.open(refAt(table, cursor));
    else if (key === "Escape") wishes.select([]);
    else if (key === "a" && how.toggle) wishes.select(order.map((_, at) => refAt(table, at)));
    else return false;
    return true;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.target !== scroller || !act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent): void => {
    const at = placeOf(event);
    if (at < 0 || (event.target as Element).closest("button, a")) return;
    table.cursor = at;
    pick(at, howOf(event));
    drawNear(table);
    mark(table);
    wishes.read(at, false);
  };
  const onOpen = (event: MouseEvent): void => {
    const at = placeOf(event);
    if (at >= 0) wishes.open(refAt(table, at));
  };
  listen(scroller, "keydown", onKey, signal);
  listen(body, "click", onClick, signal);
  listen(body, "dblclick", onOpen, signal);
  // Not when rows pass under a pointer that rests.
  listen(body, "pointermove", (event) => wishes.read(placeOf(event), false), signal);
  return reset;
};
