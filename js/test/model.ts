import { expect } from "vitest";
import type { AnyModel, AskingTraits, Widget } from "../src/core/types";

/** A widget that asks a source, when it has asked nothing. */
export const idle: AskingTraits = {
  theme: "light",
  guide: false,
  scheme: "emerald",
  _live: true,
  busy: "",
  error: null,
  selected: null,
  _cannot: {},
  _command: null,
  _dashboard: null,
};

/** Stricter than a real model: only known traits, only `change:<trait>` events, and every listener is counted. */
export class FakeModel<Traits extends object> implements AnyModel<Traits> {
  readonly saved: Partial<Traits>[] = [];
  private readonly values: Traits;
  private readonly listeners = new Map<string, Set<() => void>>();
  private dirty: Partial<Traits> = {};

  constructor(values: Traits) {
    this.values = { ...values };
  }

  get<Name extends keyof Traits & string>(name: Name): Traits[Name] {
    if (!(name in this.values)) throw new Error(`there is no trait ${name}`);
    return this.values[name];
  }

  set<Name extends keyof Traits & string>(name: Name, value: Traits[Name]): void {
    if (!(name in this.values)) throw new Error(`there is no trait ${name}`);
    if (JSON.stringify(this.values[name]) === JSON.stringify(value)) return;
    this.values[name] = value;
    this.dirty[name] = value;
    for (const callback of [...(this.listeners.get(`change:${name}`) ?? [])]) callback();
  }

  on(event: string, callback: () => void): void {
    const name = event.replace(/^change:/, "");
    if (name === event || !(name in this.values)) throw new Error(`there is no event ${event}`);
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)?.add(callback);
  }

  off(event: string, callback: () => void): void {
    if (!this.listeners.get(event)?.delete(callback)) throw new Error(`nobody listens to ${event}`);
  }

  save_changes(): void {
    this.saved.push(this.dirty);
    this.dirty = {};
  }

  listenerCount(): number {
    return [...this.listeners.values()].reduce((n, all) => n + all.size, 0);
  }
}

export interface View<Traits extends object> {
  model: FakeModel<Traits>;
  el: HTMLElement;
  all(selector: string): HTMLElement[];
  one(selector: string): HTMLElement;
  text(selector: string): string;
  /** Lets changes be drawn. */
  drawn(): Promise<void>;
}

/** Renders a widget, runs a test on it, ends it, and makes sure that nothing is left behind. */
export async function withView<Traits extends object>(
  widget: Widget<Traits>,
  state: Traits,
  test: (view: View<Traits>) => Promise<void> | void,
): Promise<void> {
  const model = new FakeModel(state);
  const controller = new AbortController();
  const el = document.body.appendChild(document.createElement("div"));
  const all = (selector: string): HTMLElement[] => [...el.querySelectorAll<HTMLElement>(selector)];
  const one = (selector: string): HTMLElement => {
    const found = all(selector)[0];
    if (!found) throw new Error(`nothing matches ${selector}`);
    return found;
  };
  try {
    widget.render({ model, el, signal: controller.signal });
    await test({
      model,
      el,
      all,
      one,
      text: (selector) => one(selector).textContent ?? "",
      drawn: () => new Promise((resolve) => setTimeout(resolve)),
    });
  } finally {
    controller.abort();
    el.remove();
  }
  expect(model.listenerCount()).toBe(0);
  expect(el.childElementCount).toBe(0);
}
