import { focusable } from "./dom";

/** Many items, one tab stop: arrows, Home and End move the focus among them. */
export function rove(
  host: HTMLElement,
  signal: AbortSignal,
  items: () => HTMLElement[],
): () => void {
  const step = (key: string, at: number, last: number): number => {
    if (key === "Home") return 0;
    if (key === "End") return last;
    if (key === "ArrowRight" || key === "ArrowDown") return Math.min(last, at + 1);
    if (key === "ArrowLeft" || key === "ArrowUp") return Math.max(0, at - 1);
    return -1;
  };
  const onKey = (event: KeyboardEvent): void => {
    const all = items();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = step(event.key, at, all.length - 1);
    if (event.key === "Enter" || event.key === " ") all[at]!.click();
    else if (to < 0) return;
    else {
      all[at]!.tabIndex = -1;
      all[to]!.tabIndex = 0;
      all[to]!.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  host.addEventListener("keydown", onKey, { signal });
  return () => {
    const all = items();
    const chosen = Math.max(
      0,
      all.findIndex((item) => item.getAttribute("aria-selected") === "true"),
    );
    all.forEach((item, i) => {
      focusable(item, i === chosen ? 0 : -1);
    });
  };
}
