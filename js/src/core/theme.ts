import type { Theme } from "./types";

const DARK_CLASS =
  /(^|\s)(dark|dark-theme|dark-mode|theme-dark|vscode-dark|vscode-high-contrast)(\s|$)/;
const LIGHT_CLASS =
  /(^|\s)(light|light-theme|light-mode|theme-light|vscode-light|vscode-high-contrast-light)(\s|$)/;

type Tone = "light" | "dark";

function parentOf(node: Element): Element | null {
  return node.parentElement ?? (node.getRootNode() as Partial<ShadowRoot>).host ?? null;
}

/** What one element says about the theme: JupyterLab, VS Code, Colab, marimo and common page themes. */
function toneOf(node: Element): Tone | null {
  const lab = node.getAttribute("data-jp-theme-light");
  if (lab) return lab === "false" ? "dark" : "light";
  const names = `${node.getAttribute("class") ?? ""} ${node.getAttribute("data-vscode-theme-kind") ?? ""}`;
  if (LIGHT_CLASS.test(names)) return "light";
  if (DARK_CLASS.test(names)) return "dark";
  const said = node.getAttribute("data-theme") ?? node.getAttribute("theme");
  return said === "dark" || said === "light" ? said : null;
}

export function themeOf(el: Element, wish: Theme): Tone {
  if (wish === "light" || wish === "dark") return wish;
  for (let node: Element | null = el; node; node = parentOf(node)) {
    const tone = toneOf(node);
    if (tone) return tone;
  }
  const view = el.ownerDocument.defaultView;
  // Colab marks only its dark theme, so there an unmarked page is a light one.
  if (view && "google" in view) return "light";
  const scheme = view?.getComputedStyle(el).colorScheme ?? "";
  if (scheme === "dark" || scheme === "light") return scheme;
  return view?.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Keeps `data-theme` on our root in step with the host, until the view ends. */
export function followTheme(
  el: Element,
  root: HTMLElement,
  wish: () => Theme,
  signal: AbortSignal,
): () => void {
  const apply = (): void => {
    root.dataset["theme"] = themeOf(el, wish());
  };
  const watcher = new MutationObserver(apply);
  for (let node: Element | null = el; node; node = parentOf(node)) {
    const attributeFilter = ["class", "style", "theme", "data-theme", "data-jp-theme-light"];
    watcher.observe(node, { attributeFilter: [...attributeFilter, "data-vscode-theme-kind"] });
  }
  const media = el.ownerDocument.defaultView?.matchMedia?.("(prefers-color-scheme: dark)");
  media?.addEventListener("change", apply, { signal });
  signal.addEventListener("abort", () => watcher.disconnect());
  apply();
  return apply;
}
