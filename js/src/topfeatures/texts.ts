import { attrs, h, listen, refill } from "../core/dom";
import { max } from "../core/math";
import { rove } from "../core/rove";
import type { Texts } from "../core/types";
import { BREAK, type Doc, SPECIAL } from "../heatmap/doc";
import { painter, type Run, runs } from "../heatmap/paint";
import type { View } from "../heatmap/plan";
import { lettersOf, lineHead } from "./line";
import { type Hooks, place, type Scene } from "./matrix";
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

/** The other form: under each feature the whole text in its colours. */
export const createTexts = (signal: AbortSignal, hooks: Hooks): TextRows => {
  const el = attrs(h("div", "matrix-texts"), {
    role: "listbox",
    "aria-label": "features, Enter opens one",
  });
  let rows: HTMLElement[] = [];
  let lines: Line[] = [];
  const tabStop = rove(el, signal, () => rows);
  const lineOf = ({ target }: Event): number =>
    rows.indexOf((target as Element).closest<HTMLElement>("[role=option]")!);
  const over = (event: Event): void => {
    const { npwAt = -1 } = event.target as Run;
    const line = lineOf(event);
    hooks.over(line, npwAt < 0 ? -1 : npwAt % count, event.type === "focusin");
  };
  let count = 1;
  listen(el, "pointermove", over, signal);
  listen(el, "focusin", over, signal);
  listen(el, "pointerleave", () => hooks.over(-1, -1, false), signal);
  listen(
    el,
    "click",
    (event) => lineOf(event) >= 0 && hooks.choose(lines[lineOf(event)]!.ref),
    signal,
  );
  const row = (scene: Scene, doc: Doc, line: Line): HTMLElement => {
    const [from, to] = [line.row * count, (line.row + 1) * count];
    const where = { which: line.row, parts: [], first: true, kwic: false };
    const view = { threshold: 0, scale: "feature", curve: scene.curve, next_token: null };
    const text = runs(
      doc,
      [from, to],
      true,
      painter(doc, view as unknown as View, line.top, null, where),
    );
    const node = lineHead(line, scene);
    node.append(h("div", "line", ...text));
    return node;
  };
  return {
    el,
    fill(scene) {
      count = max(1, scene.table.tokens.length);
      lines = scene.lines;
      const doc = docOf(scene.table);
      place(el, "--which", lettersOf(scene));
      rows = lines.map((line) => row(scene, doc, line));
      refill(el, ...rows);
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
