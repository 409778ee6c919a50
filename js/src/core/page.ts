import type { AnyModel, Managed, Manager, Widget } from "./types";

/** A model with no kernel behind it: state lives in the page. */
export function memoryModel<Traits extends object>(
  state: Partial<Traits>,
  manager?: Manager,
): AnyModel<Traits> & Managed {
  const values = { ...state } as Traits;
  const listeners = new Map<string, Set<() => void>>();
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const callback of [...(listeners.get(`change:${name}`) ?? [])]) callback();
    },
    on(event, callback) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event)?.add(callback);
    },
    off: (event, callback) => void listeners.get(event)?.delete(callback),
    save_changes() {},
    widget_manager: manager,
  };
}

/** A widget of the page, with the widgets inside it by their id. */
interface Part {
  bundle: string;
  state: object;
  children: Record<string, Part>;
}

type Shelf = typeof globalThis & { npwWidgets?: Record<string, Widget<never>> };

/** The page's own keeper of models, for the widgets inside a widget. */
const managerOf = (part: Part): Manager => ({
  get_model: async (id) => part.children[id],
  create_view: async (child) => {
    const el = document.createElement("div");
    return { el, remove: draw(child as Part, el) };
  },
});

const draw = (part: Part, el: HTMLElement): (() => void) => {
  const widget = (globalThis as Shelf).npwWidgets![part.bundle]!;
  return widget.render({ model: memoryModel<never>(part.state as never, managerOf(part)), el });
};

/** Keeps a widget for the page; the one that the page is about is drawn from the state that it carries as JSON. */
export function mountPage(name: string, widget: Widget<never>): void {
  const shelf = globalThis as Shelf;
  shelf.npwWidgets ??= {};
  shelf.npwWidgets[name] = widget;
  const el = document.getElementById("npw");
  const state = document.getElementById("npw-state");
  if (!el || !state) return;
  const part = JSON.parse(state.textContent) as Part;
  if (part.bundle === name) draw(part, el);
}
