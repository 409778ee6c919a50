type Child = Node | string | 0 | null | undefined | false;
type Values = Record<string, string | number | boolean | null | undefined>;

/** An element with `npw-` classes. Strings become text nodes, whatever they contain. */
export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  classes = "",
  ...children: Child[]
): HTMLElementTagNameMap[Tag] => {
  const node = document.createElement(tag);
  if (classes) node.className = classes.replace(/\S+/g, "npw-$&");
  for (const child of children) if (child) node.append(child);
  return node;
};

export const attrs = <E extends Element>(node: E, values: Values): E => {
  for (const name in values) {
    const value = values[name] ?? false;
    if (value === false) node.removeAttribute(name);
    else node.setAttribute(name, `${value}`);
  }
  return node;
};

/** JupyterLab matches its shortcuts against `:focus`, so the mark must sit on the focusable element itself. */
export const focusable = <E extends HTMLElement>(node: E, tabIndex = 0): E => {
  node.tabIndex = tabIndex;
  return attrs(node, { "data-lm-suppress-shortcuts": "true" });
};

export const button = (label: Child, act: string, arg = act, look = "link"): HTMLButtonElement =>
  attrs(focusable(h("button", look, label)), { type: "button", "data-act": act, "data-arg": arg });

/** Why a button cannot be used; it stays focusable so that the reason can be read. */
export const refuse = (node: HTMLElement, why: string | null | undefined): HTMLElement =>
  why ? attrs(node, { title: why, "aria-disabled": "true" }) : node;

export const link = (label: string, url: string, look = "link"): HTMLElement => {
  // Only web addresses: a `javascript:` URL in a reply must not become something to click on.
  if (!/^https?:\/\//i.test(url)) return h("span", "", label);
  const node = focusable(h("a", look, label));
  return attrs(node, { href: url, target: "_blank", rel: "noopener noreferrer" });
};

/** A listener that ends with the view. */
export const listen = <Name extends string>(
  target: EventTarget,
  name: Name,
  run: (
    event: Name extends keyof HTMLElementEventMap ? HTMLElementEventMap[Name] : Event,
  ) => unknown,
  signal: AbortSignal,
): void => {
  target.addEventListener(name, run as (event: Event) => void, { signal });
};

export type Acts = Record<string, (arg: string) => void>;

/** One click listener for all buttons inside `host`, so that redrawing them costs no listener. */
export const onAct = (host: HTMLElement, signal: AbortSignal, acts: Acts): void => {
  const run = (event: Event): void => {
    const node = (event.target as Element).closest<HTMLElement>("[data-act]:not([aria-disabled])");
    const { act = "", arg = "" } = node?.dataset ?? {};
    acts[act]?.(arg);
  };
  listen(host, "click", run, signal);
};

/** New contents; a keyboard user who stood on a button stays on the one that replaces it. */
export const refill = (host: HTMLElement, ...nodes: (Node | string)[]): void => {
  const { activeElement: held } = host.getRootNode() as Document;
  const arg = host.contains(held) && held?.getAttribute("data-arg");
  host.replaceChildren(...nodes);
  if (arg) host.querySelector<HTMLElement>(`[data-arg="${CSS.escape(arg)}"]`)?.focus();
};
