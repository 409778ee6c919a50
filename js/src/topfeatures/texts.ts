import { attrs, h, listen, refill } from "../core/dom";
import { rove } from "../core/rove";
import type { Texts } from "../core/types";
import { BREAK, type Doc, SPECIAL } from "../heatmap/doc";
import { painter, type Run, runs } from "../heatmap/paint";
import type { View } from "../heatmap/plan";
import { lettersOf, lineHead } from "./line";
import { type Hooks, NOTHING, place, type Scene } from "./matrix";
import type { Line, Table } from "./table";

/** The text once for each feature, as a heatmap's texts. */
const docOf = ({ tokens, values, extents }: Table): Doc => {
  const n = tokens.length;
  const starts = extents.map((_, row) => row * n);
  return {
    raw: {
      peaks: extents.map(({ peakAt }) => peakAt),
      lengths: extents.map(() => n),
    } as unknown as Texts,
    codes: Uint32Array.from(values, (_, p) => p % n),
    starts: [...starts, values.length],
    shown: tokens.map(({ name }) => name),
    flags: Uint8Array.from(tokens, (t) => (t.endsLine ? BREAK : 0) | (t.isSpecial ? SPECIAL : 0)),
    values,
    top: 1,
    diverging: false,
  };
};

export interface TextRows {
  el: HTMLElement;
  fill(scene: Scene): void;
  mark(line: number, selected: string | null): void;
}

/** A feature, and the whole text in its colours. */
const textRow = (scene: Scene, doc: Doc, line: Line): HTMLElement => {
  const [from, to] = [doc.starts[line.row]!, doc.starts[line.row + 1]!];
  const where = { which: line.row, parts: [], first: true, kwic: false };
  const view = { threshold: 0, scale: "feature", curve: scene.curve, next_token: null };
  const paint = painter(doc, view as unknown as View, line.top, null, where);
  const node = lineHead(line, scene);
  node.append(h("div", "line", ...runs(doc, [from, to], true, paint)));
  return node;
};

/** The other form: under each feature the whole text in its colours. */
export const createTexts = (signal: AbortSignal, hooks: Hooks): TextRows => {
  const el = attrs(h("div", "matrix-texts"), {
    role: "listbox",
    "aria-label": "features, Enter opens one",
  });
  let rows: HTMLElement[] = [];
  let scene: Scene = NOTHING;
  const tabStop = rove(el, signal, () => rows);
  const lineOf = ({ target }: Event): number =>
    rows.indexOf((target as Element).closest<HTMLElement>("[role=option]")!);
  const over = (event: Event): void => {
    const { npwAt = -1 } = event.target as Run;
    const token = npwAt < 0 ? -1 : npwAt % scene.table.tokens.length;
    hooks.over(lineOf(event), token, event.type === "focusin");
  };
  const choose = (event: Event): void => {
    const line = scene.lines[lineOf(event)];
    if (line) hooks.choose(line.ref);
  };
  listen(el, "pointermove", over, signal);
  listen(el, "focusin", over, signal);
  listen(el, "pointerleave", () => hooks.over(-1, -1, false), signal);
  listen(el, "click", choose, signal);
  return {
    el,
    fill(now) {
      scene = now;
      const doc = docOf(scene.table);
      rows = scene.lines.map((line) => textRow(scene, doc, line));
      place(el, "--which", lettersOf(scene));
      refill(el, ...rows);
      el.hidden = !rows.length;
      tabStop();
    },
    mark(line, selected) {
      rows.forEach((node, n) => {
        node.classList.toggle("npw-under", n === line);
        attrs(node, { "aria-selected": `${node.dataset["arg"] === selected}` });
      });
    },
  };
};
