import { h } from "../core/dom";
import { lifetime, watch } from "../core/life";
import { followTheme } from "../core/theme";
import type { HeatmapTraits, RenderProps } from "../core/types";
import { mountHeatmap } from "./panel";

const GUIDE =
  "Read the marked tokens, not the gist of the text, and look at what stands just before them: " +
  "the feature has seen nothing that comes after.";

function render({ model, el, signal: outer }: RenderProps<HeatmapTraits>): () => void {
  const life = lifetime(outer);
  const { signal } = life;
  const out = h("footer", "foot");
  out.dataset["hint"] = "point at a token, or use the arrow keys";
  const root = h("div", "root");
  const panel = mountHeatmap(model, signal, {
    texts: () => model.get("_texts"),
    from: ["_texts"],
    title: "",
    none: () => "there is no text to show",
    out,
  });
  const help = h("p", "guide", GUIDE);
  root.append(h("div", "card", panel.bar, help, panel.body, out));
  el.append(root);
  const retheme = followTheme(el, root, () => model.get("theme"), signal);
  const dress = (): void => {
    retheme();
    root.dataset["scheme"] = model.get("scheme");
    help.hidden = !model.get("guide");
  };
  watch(model, ["theme", "scheme", "guide"], dress, signal);
  signal.addEventListener("abort", () => root.remove());
  return () => life.abort();
}

export default { render };
