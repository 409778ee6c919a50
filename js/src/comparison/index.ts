import { command, failure, isLive } from "../core/ask";
import { mountDashboard } from "../core/child";
import { attrs, button, focusable, h, onAct, refill } from "../core/dom";
import { frame, guide } from "../core/frame";
import { save, watch } from "../core/life";
import { foot } from "../core/origin";
import type { RenderProps } from "../core/types";
import { mountCards } from "./cards";
import { mountOverlap } from "./overlap";
import { mountTexts } from "./texts";
import type { ComparisonTraits, Model } from "./types";

const GUIDE =
  "Read down: explanation, where each fires, what each promotes. Features with one label may differ in both. " +
  "Bars and histograms have one scale for all.";

/** The end of what the reader wrote: `model/source/index`, also inside an address, or an index alone. */
const REF = /([^/\s]+)\/([^/\s]+)\/(\d+)\/?(?:[?#]\S*)?$/;

/** A field for one feature more; what names none is marked, since Python's refusal would not be seen. */
const mountAdd = (model: Model, signal: AbortSignal): HTMLElement => {
  const field = focusable(h("input", "input cmp-add"));
  Object.assign(field, { type: "text", placeholder: "add a feature", spellcheck: false });
  attrs(field, {
    "aria-label": "add a feature",
    title: "model/source/index, or an index of the last feature's source",
  });
  const add = (): void => {
    const refs = model.get("refs");
    const said = field.value.trim();
    const found = REF.exec(said);
    const like = refs.at(-1)?.split("/").slice(0, -1).join("/");
    const ref = found ? found.slice(1, 4).join("/") : /^\d+$/.test(said) ? `${like}/${said}` : "";
    const wrong = !ref || refs.includes(ref);
    attrs(field, { "aria-invalid": wrong && "true" });
    if (wrong) return;
    field.value = "";
    save(model, { refs: [...refs, ref] });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.isComposing) add();
  };
  field.addEventListener("keydown", onKey, { signal });
  const node = h("span", "", field);
  const draw = (): void => {
    node.hidden = !isLive(model) || (model.get("refs")?.length ?? 0) >= 12;
  };
  watch(model, ["refs", "_live"], draw, signal);
  return node;
};

/** What is compared, on which scale, and one feature more. */
const mountHead = (model: Model, signal: AbortSignal): HTMLElement => {
  const [name, scales, state] = [h("h3", "title"), h("span", "segments"), h("span", "quiet")];
  const draw = (): void => {
    const common = model.get("_cards")?.common ?? "";
    const busy = model.get("busy") === "features";
    refill(
      name,
      `${model.get("refs")?.length ?? 0} features`,
      h("span", "quiet token cmp-common", common),
    );
    refill(
      scales,
      ...(["own", "shared"] as const).map((scale) =>
        attrs(button(`${scale} scale`, "scale", scale, "segment"), {
          "aria-pressed": `${model.get("scale") === scale}`,
          title:
            scale === "own"
              ? "colours end at each feature's own largest activation"
              : "colours end at the largest activation of all",
        }),
      ),
    );
    refill(state, busy ? "fetching  " : "", busy && isLive(model) ? button("stop", "stop") : "");
  };
  const node = h("div", "bar cmp-bar", name, state, scales, mountAdd(model, signal));
  onAct(node, signal, {
    scale: (scale) => save(model, { scale: scale as ComparisonTraits["scale"] }),
    stop: () => command(model, "stop"),
  });
  watch(model, ["refs", "_cards", "scale", "busy", "_live"], draw, signal);
  return node;
};

/** What must be said of all features, and what stands in their way. */
const mountStatus = (model: Model, signal: AbortSignal): HTMLElement => {
  const node = h("div", "status");
  const draw = (): void => {
    const error = model.get("error");
    const notes = (model.get("_cards")?.notes ?? []).map((note) => h("p", "cmp-note", note));
    node.replaceChildren(...notes, error && !model.get("busy") ? failure(error) : "");
  };
  onAct(node, signal, { retry: () => command(model, "retry") });
  watch(model, ["error", "busy", "_cards"], draw, signal);
  return node;
};

const render = (props: RenderProps<ComparisonTraits>): (() => void) => {
  const { model } = props;
  return frame(props, (root, signal) => {
    const out = h("span", "readout");
    const beside = mountDashboard(model, signal, () => save(model, { selected: null }));
    // What the reader opens may stand below the screen; what Python opens must not move it.
    let awaited = false;
    const choose = (selected: string | null): void => {
      awaited = !!selected;
      save(model, { selected });
    };
    const reveal = (): void => {
      if (awaited) beside.firstElementChild!.scrollIntoView({ block: "nearest" });
      awaited = false;
    };
    watch(model, ["_dashboard"], reveal, signal);
    root.append(
      h(
        "div",
        "card",
        mountHead(model, signal),
        guide(GUIDE),
        mountStatus(model, signal),
        mountCards(model, signal, choose),
        beside,
        mountTexts(model, signal, out),
        mountOverlap(model, signal),
        foot(model, signal, out),
      ),
    );
  });
};

export default { render };
