type Child = Node | string | null | undefined | false;

/** An element with `npw-` classes. Strings become text nodes, whatever they contain. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  classes = "",
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  if (classes) node.className = classes.replace(/\S+/g, "npw-$&");
  for (const child of children) if (child) node.append(child);
  return node;
}

export function attrs<E extends Element>(
  node: E,
  values: Record<string, string | number | boolean | null | undefined>,
): E {
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  return node;
}

/** JupyterLab matches its shortcuts against `:focus`, so the mark must sit on the focusable element itself. */
export function focusable<E extends HTMLElement>(node: E, tabIndex?: number): E {
  node.dataset["lmSuppressShortcuts"] = "true";
  if (tabIndex !== undefined) node.tabIndex = tabIndex;
  return node;
}

export interface ButtonOptions {
  arg?: string;
  title?: string | undefined;
  look?: string;
  pressed?: boolean;
  /** Why it cannot be used; it stays focusable so that the reason can be read. */
  cannot?: string | null | undefined;
}

export function button(label: Child, act: string, options: ButtonOptions = {}): HTMLButtonElement {
  const node = focusable(h("button", options.look ?? "link", label));
  node.type = "button";
  return attrs(node, {
    "data-act": act,
    "data-arg": options.arg,
    title: options.cannot ?? options.title,
    "aria-pressed": options.pressed === undefined ? null : String(options.pressed),
    "aria-disabled": options.cannot ? "true" : null,
  });
}

export function link(label: string, url: string, look = "link"): HTMLElement {
  // Only web addresses: a `javascript:` URL in a reply must not become something to click on.
  if (!/^https?:\/\//i.test(url)) return h("span", "", label);
  const node = focusable(h("a", look, label));
  return attrs(node, { href: url, target: "_blank", rel: "noopener noreferrer" });
}

export type Acts = Record<string, (arg: string, node: HTMLElement) => void>;

/** One click listener for all buttons inside `host`, so that redrawing them costs no listener. */
export function onAct(host: HTMLElement, signal: AbortSignal, acts: Acts): void {
  const run = (event: Event): void => {
    const node = (event.target as Element).closest<HTMLElement>("[data-act]");
    if (!node || node.hasAttribute("aria-disabled")) return;
    acts[node.dataset["act"] ?? ""]?.(node.dataset["arg"] ?? "", node);
  };
  host.addEventListener("click", run, { signal });
}

/** Redrawing a group of buttons must not throw the keyboard user out of it. */
export function keepFocus(host: HTMLElement, draw: () => void): void {
  const root = host.getRootNode() as Document | ShadowRoot;
  const held = root.activeElement;
  const inside = held instanceof HTMLElement && host.contains(held) ? held.dataset : null;
  const before = inside && { act: inside["act"], arg: inside["arg"] };
  draw();
  if (!before || host.contains(root.activeElement)) return;
  const same = [...host.querySelectorAll<HTMLElement>("[data-act]")].filter(
    (node) => node.dataset["act"] === before.act,
  );
  (same.find((node) => node.dataset["arg"] === before.arg) ?? same[0])?.focus();
}
