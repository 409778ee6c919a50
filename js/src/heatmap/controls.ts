import { attrs, button, h } from "../core/dom";
import type { Doc } from "./doc";
import { type Plan, tally, type View } from "./plan";

export const windowButtons = (view: View): HTMLElement[] =>
  ["snippet", "full", "stacked"].map((name) =>
    attrs(button(name, "window", name, "segment"), { "aria-pressed": `${view.window === name}` }),
  );

const NOTES = {
  duplicate: "repeated texts folded",
  "not-positive": "texts without a positive value left out",
  mended: "intervals mended",
};

/** What was folded, left out or mended: one quiet line, each part undone by a click. */
export const notes = ({ raw }: Doc, { show_hidden: show }: View): (Node | string)[] => {
  const kinds: string[] = Object.values(raw.hidden ?? {});
  raw.given?.forEach((given, i) => {
    if (given !== raw.group[i]) kinds.push("mended");
  });
  return Object.entries(NOTES).flatMap(([kind, what]) => {
    const n = kinds.filter((k) => k === kind).length;
    const shown = (show as string[]).includes(kind);
    const name = n > 1 ? what : what.replace("s ", " ");
    const text = shown ? name.replace(/(\w+|left out)$/, "as given") : name;
    return n ? [`${n} ${text} · `, button(shown ? "hide" : "show", "hidden", kind), "   "] : [];
  });
};

/** What most often stands around the peaks, or around what was filtered for, as three short lists. */
export const tallies = (doc: Doc, plan: Plan): HTMLElement[] => {
  const at = plan.passes ? "at the match" : "at the peak";
  return tally(doc, plan).map((some, i) => {
    const items = some.map(([id, n]) => {
      const name = h("bdi", "token", doc.shown[id]!.replace(/^ | $/g, "·"));
      return h("span", "common", name, h("b", "", `${n}`));
    });
    return h("div", "tally", h("span", "quiet", ["before", at, "after"][i]), ...items);
  });
};
