import { opacity } from "../core/colour";
import { h } from "../core/dom";
import { abs, max } from "../core/math";
import { BREAK, type Doc, extrasOf, flagAt, isContinued, RTL, SPECIAL, textAt } from "./doc";
import type { Filter, Part, Row, View } from "./plan";

/** A node of a row that knows the first token it shows; tokens without an element are found through it. */
export type Run = ChildNode & { npwAt?: number };
type Paint = (p: number) => Run | null;

export const breaksIn = (view: View, row: Row): boolean => view.breaks && !row.kwic;

const breakAfter = (doc: Doc, p: number, breaks: boolean): string =>
  breaks && flagAt(doc, p) & BREAK ? "\n" : "";

const topOf = (values: Float32Array | undefined): number =>
  values?.reduce((top, v) => max(top, abs(v) || 0), 0) ?? 0;

/** An element for one token; what is rare has its strength in a style of its own, which no other can share. */
const element = (doc: Doc, p: number, names: string[], rare: string | number): Run => {
  const node: HTMLElement & Run = h("span", `t ${names.join(" ")}`, textAt(doc, p));
  if (rare) node.style.cssText = `${rare}`;
  node.npwAt = p;
  return node;
};

/** A function that turns a token into its element, or null where plain text is enough. */
export const painter = (
  doc: Doc,
  view: View,
  scaleTop: number,
  hit: Filter | null,
  row: Row,
): Paint => {
  const { starts, values, raw } = doc;
  const [start, end] = [starts[row.which]!, starts[row.which + 1]];
  const shift = view.next_token === null ? 0 : 1;
  const top = view.scale === "row" ? topOf(values.subarray(start, end)) : scaleTop;
  const { dfa, mark, loss } = extrasOf(doc, row.which);
  const [dfaTop, lossTop] = [mark?.max || topOf(dfa), topOf(loss)];
  return (p) => {
    const v = values[p]!;
    const flag = flagAt(doc, p) & (SPECIAL | RTL);
    if (v === 0 && !flag && !dfa && !loss && !hit && !isContinued(doc, p)) return null;
    const at = p - start;
    const alpha = abs(v) < view.threshold ? 0 : opacity(v, top, view.curve);
    const dfaAlpha = opacity(dfa?.[at] ?? 0, dfaTop, view.curve);
    const lossNow = loss?.[at] ?? 0;
    const looks: Record<string, unknown> = {
      nan: Number.isNaN(v),
      pos: alpha && v > 0,
      neg: alpha && v < 0,
      peak: alpha && at === raw.peaks[row.which],
      special: flag & SPECIAL,
      rtl: flag & RTL,
      joined: isContinued(doc, p),
      dfa: dfaAlpha,
      target: at === mark?.target,
      source: at === mark?.source,
      worse: lossNow > 0,
      better: lossNow < 0,
      hit: hit && at >= shift && hit(p - shift),
    };
    const names = Object.keys(looks).filter((name) => looks[name]);
    // One of 41 classes and not a variable: elements that look alike share one computed style, which halves the cost.
    if (alpha) names.push(`a${~~(alpha * 40.5)}`);
    const l = lossNow && 0.2 + (0.8 * abs(lossNow)) / lossTop;
    const rare = (l || dfaAlpha) && `--d:${dfaAlpha};--l:${l}`;
    return names.length ? element(doc, p, names, rare) : null;
  };
};

/** Some tokens as text nodes and, where `paint` gives one, elements. */
export const runs = (doc: Doc, [from, to]: Part, breaks: boolean, paint: Paint): Run[] => {
  const out: Run[] = [];
  let text = "";
  let at = from;
  const flush = (): void => {
    if (!text) return;
    const node: Run = new Text(text);
    node.npwAt = at;
    out.push(node);
    text = "";
  };
  for (let p = from; p < to; p++) {
    const node = paint(p);
    if (node) {
      flush();
      out.push(node);
      at = p + 1;
    } else text += textAt(doc, p);
    text += breakAfter(doc, p, breaks);
  }
  flush();
  return out;
};

type Found = [p: number, from: number, to: number];

/** Walks the tokens of a text node. Shown text holds no newline, so one at the front is the break before it. */
const find = (
  doc: Doc,
  node: Run,
  breaks: boolean,
  is: (p: number, to: number) => boolean,
): Found => {
  let p = node.npwAt!;
  let from = node.textContent!.startsWith("\n") ? 1 : 0;
  for (; ; p++) {
    const to = from + textAt(doc, p).length;
    if (is(p, to) || p + 1 >= doc.codes.length) return [p, from, to];
    from = to + breakAfter(doc, p, breaks).length;
  }
};

/** The characters of a token inside its text node. */
export const charsOf = (doc: Doc, node: Run, p: number, breaks: boolean): Found =>
  find(doc, node, breaks, (q) => q === p);

/** The token that a character of a text node belongs to. */
export const tokenOf = (doc: Doc, node: Run, char: number, breaks: boolean): number =>
  find(doc, node, breaks, (_, to) => char < to)[0];
