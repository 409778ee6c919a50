import { attrs, button, h, onAct } from "./dom";
import { onEnd, watch } from "./life";
import type { AnyModel, Managed } from "./types";

/** Stands where a host has no way to show a widget inside another. */
const APART =
  "This notebook cannot show a widget inside another: display its .dashboard in a cell.";

/** The widget that a trait names, drawn inside this one by the host itself; it lives as long as the trait names it. */
export const mountChild = <Traits extends object>(
  model: AnyModel<Traits> & Managed,
  trait: keyof Traits & string,
  signal: AbortSignal,
  arrived: () => void = () => {},
): HTMLElement => {
  const place = h("div", "child");
  let turn = 0;
  let leave = (): void => {};
  const end = (): void => {
    leave();
    leave = () => {};
    turn++;
  };
  const draw = async (): Promise<void> => {
    end();
    const mine = turn;
    const name = model.get(trait) as string | null;
    const { widget_manager: manager } = model;
    place.replaceChildren(name && !manager ? h("p", "empty", APART) : "");
    if (!name || !manager) return;
    const view = await manager.create_view(await manager.get_model(name.replace("IPY_MODEL_", "")));
    // Another may have been chosen while this one was on its way.
    if (mine !== turn) return view.remove();
    leave = () => view.remove();
    place.replaceChildren(view.el);
    arrived();
  };
  watch(model, [trait], () => void draw(), signal);
  onEnd(signal, end);
  return place;
};

interface Opens {
  _live: boolean;
  _dashboard: string | null;
}

/** How much of something must be in sight for it to be noticed, in pixels. */
const NOTICED = 200;

/** Brings what the reader has asked for into sight; where nobody asked, in another view say, nothing moves. */
const reveal = (node: HTMLElement): void => {
  const { activeElement: held } = node.getRootNode() as Document;
  if (!node.closest(".npw-root")?.contains(held)) return;
  const { top, bottom } = node.getBoundingClientRect();
  if (top > innerHeight - NOTICED || bottom < NOTICED) node.scrollIntoView({ block: "nearest" });
};

/** Calls `run` once, as soon as there is something to see. */
const whenTall = (node: HTMLElement, signal: AbortSignal, run: () => void): void => {
  const grown = new ResizeObserver(() => {
    if (node.offsetHeight < NOTICED) return;
    grown.disconnect();
    run();
  });
  grown.observe(node);
  onEnd(signal, () => grown.disconnect());
};

/** The dashboard of the feature that the reader chose; `leave` is what closing it does. */
export const mountDashboard = (
  model: AnyModel<Opens> & Managed,
  signal: AbortSignal,
  leave: () => void,
): HTMLElement => {
  const close = attrs(button("close ×", "close"), { "aria-label": "close the dashboard" });
  const line = h("p", "beside-bar", close);
  const show = (): void => whenTall(node, signal, () => reveal(node));
  const child = mountChild(model, "_dashboard", signal, show);
  const node: HTMLElement = h("div", "beside", line, child);
  onAct(line, signal, { close: leave });
  const dress = (): void => {
    node.hidden = !model.get("_dashboard");
    line.hidden = !model.get("_live");
  };
  watch(model, ["_dashboard", "_live"], dress, signal);
  return node;
};
