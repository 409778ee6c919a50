import type { AnyModel, Widget } from "./types";

/** A model with no kernel behind it: state lives in the page. */
export function memoryModel<Traits extends object>(state: Partial<Traits>): AnyModel<Traits> {
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
  };
}

/** Draws a widget from the state that the page carries as JSON. */
export function mountPage<Traits extends object>(widget: Widget<Traits>): void {
  const el = document.getElementById("npw");
  const state = document.getElementById("npw-state");
  if (el && state) widget.render({ model: memoryModel<Traits>(JSON.parse(state.textContent)), el });
}
