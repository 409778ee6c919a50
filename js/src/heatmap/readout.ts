import { h, refill } from "../core/dom";
import { number, signed } from "../core/format";
import { type Doc, extrasOf, isContinued, place, rawAt, textAt } from "./doc";

/** Example, position and value(s) of one token. */
const facts = (doc: Doc, p: number, where?: string): string => {
  const [text, position] = place(doc, p);
  const { dfa, mark, loss } = extrasOf(doc, text);
  const d = dfa?.[position];
  const l = loss?.[position];
  const parts = [
    where || `example ${text + 1}`,
    `position ${position}`,
    (doc.diverging ? signed : number)(doc.values[p]!),
    position === doc.raw.peaks[text] && "peak",
    d && `DFA ${signed(d)}`,
    position === mark?.source && "DFA source",
    position === mark?.target && "DFA target",
    l && `loss ${signed(l)}`,
  ];
  return parts.filter(Boolean).join(" · ");
};

export const drawReadout = (out: HTMLElement, doc: Doc | null, p: number, where?: string): void => {
  if (!doc || p < 0) {
    out.textContent = doc?.codes.length ? "point at a token or use arrow keys" : "";
    return;
  }
  const shown = isContinued(doc, p) ? "…" : textAt(doc, p);
  const raw = rawAt(doc, p);
  const name = (text: string): HTMLElement => h("bdi", "token", text);
  refill(
    out,
    "token ",
    name(`“${shown}”`),
    ...(raw === shown ? [] : [" raw ", name(JSON.stringify(raw))]),
    ` · ${facts(doc, p, where)}`,
  );
};
