import { listen } from "./dom";
import { onEnd } from "./life";
import type { Theme } from "./types";

const SYSTEM = "(prefers-color-scheme: dark)";
const SIGNS = ["class", "theme", "data-theme", "data-jp-theme-light"];
const TONE = /(^|[ ,-])(dark|light|high-contrast)(-theme|-mode|-light)?(?=[ ,])|(true|false)$/;

const parentOf = (node: Element): Element | undefined =>
  node.parentElement ?? (node.getRootNode() as ShadowRoot).host;

/** What the host says about its theme: JupyterLab, VS Code, Colab, marimo, common page themes, then the system. */
export const themeOf = (el: Element, wish: Theme): string => {
  if (wish !== "auto") return wish;
  for (let node: Element | undefined = el; node; node = parentOf(node)) {
    const said = TONE.exec(`${SIGNS.map((sign) => node?.getAttribute(sign))}`);
    if (said) return /light|true/.test(said[0]) ? "light" : "dark";
  }
  const scheme = getComputedStyle(el).colorScheme;
  if (/^(dark|light)$/.test(scheme)) return scheme;
  // Colab marks only its dark theme, so there an unmarked page is a light one.
  return matchMedia(SYSTEM).matches && !("google" in window) ? "dark" : "light";
};

/** Keeps `data-theme` on our root in step with the host, until the view ends; the caller sets it first. */
export const followTheme = (
  el: Element,
  root: HTMLElement,
  wish: () => Theme,
  signal: AbortSignal,
): (() => void) => {
  const apply = (): void => {
    root.dataset["theme"] = themeOf(el, wish());
  };
  const watcher = new MutationObserver(apply);
  // Hosts may render before they attach `el` to the page; the first size that it gets tells that it is there.
  const attached = new ResizeObserver(() => {
    watcher.disconnect();
    for (let node: Element | undefined = el; node; node = parentOf(node)) {
      watcher.observe(node, { attributes: true });
    }
    apply();
  });
  attached.observe(el);
  listen(matchMedia(SYSTEM), "change", apply, signal);
  onEnd(signal, () => {
    attached.disconnect();
    watcher.disconnect();
  });
  return apply;
};
