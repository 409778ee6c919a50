import { command, failure, waiting } from "./ask";
import { mountDashboard } from "./child";
import { attrs, h, onAct } from "./dom";
import { type FieldPorts, textField } from "./field";
import { frame, guide } from "./frame";
import { save, watch } from "./life";
import { origin } from "./origin";
import type { AnyModel, AskingTraits, Provenance, RenderProps } from "./types";

type Names<Traits> = readonly (keyof Traits & string)[];

/** What a widget that asks about a text is made of. */
export interface AskedPorts<Traits extends object> {
  title: string;
  guide: string;
  /** Whose features are asked, and the traits that say so. */
  names(): string[];
  namedBy: Names<Traits>;
  field: FieldPorts<Traits>;
  /** Where the answer came from; nothing while there is none. */
  provenance(): Provenance | undefined;
  answeredBy: Names<Traits>;
  /** What stands between the title and the field. */
  above?(signal: AbortSignal): HTMLElement;
  /** The answer; `out` is where it is read out. */
  panel(root: HTMLElement, out: HTMLElement, signal: AbortSignal): HTMLElement;
}

const header = <Traits extends object>(
  model: AnyModel<Traits>,
  signal: AbortSignal,
  { title, names, namedBy }: AskedPorts<Traits>,
): HTMLElement => {
  const where = h("span", "asked-of");
  const part = (name: string, n: number): (Node | string)[] =>
    n ? [h("span", "asked-slash", "/"), name] : [h("b", "", name)];
  const draw = (): void => where.replaceChildren(...names().filter(Boolean).flatMap(part));
  watch(model, namedBy, draw, signal);
  return h("header", "asked-head", h("h3", "title", title), where);
};

/** Asks about a text: a field, its answer or an error where that would stand, and the dashboard of a feature chosen. */
export const renderAsked = <Traits extends AskingTraits>(
  props: RenderProps<Traits>,
  ports: AskedPorts<Traits>,
): (() => void) => {
  const { model } = props;
  const asking = model as unknown as AnyModel<AskingTraits>;
  const watched = ["busy", "error", ...ports.answeredBy] as Names<Traits>;
  return frame(props, (root, signal) => {
    const [out, from, status] = [h("span", "readout"), h("span"), h("div")];
    const panel = ports.panel(root, out, signal);
    const draw = (): void => {
      const [error, busy, answer] = [asking.get("error"), asking.get("busy"), ports.provenance()];
      const said = error && !busy ? [failure(error)] : busy && !answer ? waiting(9, 100) : [];
      const isBusy = busy === "features";
      status.replaceChildren(...said);
      from.replaceChildren(answer ? origin(answer) : "");
      panel.hidden = !answer;
      panel.classList.toggle("npw-dim", isBusy);
      attrs(panel, { "aria-busy": isBusy && "true" });
    };
    onAct(status, signal, { retry: () => command(asking, "retry") });
    watch(model, watched, draw, signal);
    const above = [header(model, signal, ports), ports.above?.(signal) ?? ""];
    const below = [guide(ports.guide), status, panel, h("footer", "foot", out, from)];
    const leave = (): void => save(asking, { selected: null });
    const dashboard = mountDashboard(props.model as never, signal, leave);
    root.append(
      h("div", "card", ...above, textField(model, signal, ports.field), ...below, dashboard),
    );
  });
};
