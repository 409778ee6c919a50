import { listen } from "./dom";
import { onEnd } from "./life";

/**
 * Asks for more when the end of what scrolls comes near, once for each state of the list: an error is not hammered.
 * Only after the reader has scrolled, since a short list must not pull in page after page.
 */
export const endless = (
  area: HTMLElement,
  end: HTMLElement,
  signal: AbortSignal,
  more: () => void,
) => {
  let [near, state, asked] = [false, "", ""];
  const check = (): void => {
    if (!near || !area.scrollTop || asked === state || !end.querySelector("[data-act=more]"))
      return;
    asked = state;
    more();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      near = entries.at(-1)!.isIntersecting;
      check();
    },
    { root: area, rootMargin: "0px 0px 160px" },
  );
  observer.observe(end);
  onEnd(signal, () => observer.disconnect());
  listen(area, "scroll", check, signal);
  return (now: string): void => {
    state = now;
  };
};
