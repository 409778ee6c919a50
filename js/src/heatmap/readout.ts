import { attrs, h } from "../core/dom";
import { number, signed } from "../core/format";
import { type Doc, extrasOf, isContinued, place, rawAt, textAt } from "./doc";

/** Raw text as a string literal: what would not print is written as an escape. */
export const printable = (raw: string): string => JSON.stringify(raw).slice(1, -1);

/** Example, position and value(s) of one token. */
const facts = (doc: Doc, p: number, where: string): string => {
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
    mark && position === mark.source && "DFA source",
    mark && position === mark.target && "DFA target",
    l && `loss ${signed(l)}`,
  ];
  return parts.filter(Boolean).join(" · ");
};

/** Spoken only when keys moved the cursor: a pointer that wanders over text must not talk. */
export const drawReadout = (
  out: HTMLElement,
  doc: Doc | null,
  p: number,
  byKey: boolean,
  where = "",
): void => {
  attrs(out, { "aria-live": byKey ? "polite" : "off" });
  if (!doc || p < 0) {
    out.textContent = doc && "point at a token, or use the arrow keys";
    return;
  }
  const shown = isContinued(doc, p) ? "…" : textAt(doc, p);
  const raw = rawAt(doc, p);
  const name = (text: string): HTMLElement => h("bdi", "token", `“${text}”`);
  out.replaceChildren(
    "token ",
    name(shown),
    ...(raw === shown ? [] : [" raw ", name(printable(raw))]),
  );
  out.append(` · ${facts(doc, p, where)}`);
};
