import { opacity } from "../core/colour";
import {
  BREAK,
  type Doc,
  type Extras,
  extrasOf,
  flagAt,
  isContinued,
  RTL,
  SPECIAL,
  textAt,
} from "./doc";
import { hitTest, type Part, type Row, type View } from "./plan";

/** A node of a row that knows the first token it shows; tokens without an element are found through it. */
export type Run = ChildNode & { npwAt?: number };

const round = (value: number): string => value.toFixed(3);

/** Plain text of some tokens, with the line breaks between them. */
export function plain(doc: Doc, from: number, to: number, breaks: boolean): string {
  let text = "";
  for (let p = from; p < to; p++) {
    text += textAt(doc, p);
    if (breaks && flagAt(doc, p) & BREAK) text += "\n";
  }
  return text;
}

function run(text: string, at: number): Run {
  const node: Run = document.createTextNode(text);
  node.npwAt = at;
  return node;
}

export const plainRun = (doc: Doc, [from, to]: Part, breaks: boolean): Run =>
  run(plain(doc, from, to, breaks), from);

/** What has to be seen on a token beside its activation. */
type Dresser = (p: number, classes: string[], style: [string, string][]) => void;

function dressExtras(start: number, extras: Extras, view: View): Dresser {
  return (p, classes, style) => {
    const at = p - start;
    const d = extras.dfa ? opacity(extras.dfa[at] ?? 0, extras.dfaTop, view.curve) : 0;
    if (d) {
      classes.push("dfa");
      style.push(["--d", round(d)]);
    }
    if (at === extras.target) classes.push("target");
    if (at === extras.source) classes.push("source");
    const loss = extras.loss?.[at] ?? 0;
    if (loss) {
      classes.push(loss > 0 ? "worse" : "better");
      style.push(["--l", round(0.2 + (0.8 * Math.abs(loss)) / extras.lossTop)]);
    }
  };
}

function rowTop(doc: Doc, text: number): number {
  let top = 0;
  for (let p = doc.starts[text]!; p < doc.starts[text + 1]!; p++) {
    const size = Math.abs(doc.values[p]!);
    if (size > top) top = size;
  }
  return top;
}

/** A function that turns a token into its element, or null where plain text is enough. */
export function painter(
  doc: Doc,
  view: View,
  scaleTop: number,
): (row: Row) => (p: number) => Run | null {
  const hit = hitTest(doc, view);
  const shift = view.next_token === null ? 0 : 1;
  return (row) => {
    const start = doc.starts[row.text]!;
    const peak = doc.raw.peaks[row.text] ?? -1;
    const top = view.scale === "row" ? rowTop(doc, row.text) : scaleTop;
    const extras = extrasOf(doc, row.text);
    const dress = extras && dressExtras(start, extras, view);
    return (p) => {
      const v = doc.values[p]!;
      const flag = flagAt(doc, p) & (SPECIAL | RTL);
      if (v === 0 && !flag && !dress && !hit && !isContinued(doc, p)) return null;
      const classes: string[] = [];
      const style: [string, string][] = [];
      const a = Math.abs(v) >= view.threshold ? opacity(v, top, view.curve) : 0;
      if (Number.isNaN(v)) classes.push("nan");
      else if (a) {
        classes.push(v > 0 ? "pos" : "neg");
        style.push(["--a", round(a)]);
        if (p === start + peak) classes.push("peak");
      }
      if (flag & SPECIAL) classes.push("special");
      if (flag & RTL) classes.push("rtl");
      if (isContinued(doc, p)) classes.push("joined");
      dress?.(p, classes, style);
      if (hit && p - shift >= start && hit(p - shift)) classes.push("hit");
      return classes.length ? element(textAt(doc, p), p, classes, style) : null;
    };
  };
}

function element(text: string, at: number, classes: string[], style: [string, string][]): Run {
  const node = document.createElement("span") as HTMLElement & Run;
  node.className = `npw-t npw-${classes.join(" npw-")}`;
  for (const [name, value] of style) node.style.setProperty(name, value);
  node.textContent = text;
  node.npwAt = at;
  return node;
}

/** Some tokens as text nodes and, only where needed, elements. */
export function painted(
  doc: Doc,
  [from, to]: Part,
  breaks: boolean,
  paint: (p: number) => Run | null,
): Run[] {
  const out: Run[] = [];
  let text = "";
  let at = from;
  const flush = (): void => {
    if (text) out.push(run(text, at));
    text = "";
  };
  for (let p = from; p < to; p++) {
    const node = paint(p);
    if (node) {
      flush();
      out.push(node);
      at = p + 1;
    } else text += textAt(doc, p);
    if (breaks && flagAt(doc, p) & BREAK) text += "\n";
  }
  flush();
  return out;
}

/** The token under a character of a text node. Shown text holds no newline, so one at the front is the break before it. */
export function tokenInRun(doc: Doc, node: Run, offset: number, breaks: boolean): number {
  let p = node.npwAt ?? -1;
  const text = node.textContent ?? "";
  let end = text.startsWith("\n") ? 1 : 0;
  for (; p >= 0 && p < doc.ids.length; p++) {
    end += textAt(doc, p).length;
    if (breaks && flagAt(doc, p) & BREAK) end++;
    if (offset < end || end >= text.length) return p;
  }
  return -1;
}

/** Where a token's characters stand inside its text node. */
export function charsInRun(doc: Doc, node: Run, p: number, breaks: boolean): Part {
  let from = (node.textContent ?? "").startsWith("\n") ? 1 : 0;
  for (let q = node.npwAt ?? p; q < p; q++) {
    from += textAt(doc, q).length;
    if (breaks && flagAt(doc, q) & BREAK) from++;
  }
  return [from, from + textAt(doc, p).length];
}
