import { attrs, h } from "../core/dom";
import { number, signed } from "../core/format";
import { type Doc, extrasOf, isContinued, place, rawAt, textAt } from "./doc";

/** Raw text with everything that would not print written as an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu, (c) => {
    const named: Record<string, string> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };
    return named[c] ?? `\\u{${c.codePointAt(0)!.toString(16)}}`;
  });
}

function tokenName(doc: Doc, p: number): Node[] {
  const shown = isContinued(doc, p) ? "…" : textAt(doc, p);
  const raw = rawAt(doc, p);
  const out: Node[] = [h("bdi", "token", `“${shown}”`)];
  if (raw !== shown) out.push(new Text(" raw "), h("bdi", "token", `“${printable(raw)}”`));
  return out;
}

/** Token, example, position and value(s) of one token, as parts of a line. */
function facts(doc: Doc, p: number, where: string): string[] {
  const [text, position] = place(doc, p);
  const v = doc.values[p]!;
  const value = doc.diverging ? signed(v) : number(v);
  const extras = extrasOf(doc, text);
  const out = [where || `example ${text + 1}`, `position ${position}`, value];
  if (position === (doc.raw.peaks[text] ?? -1)) out.push("peak");
  const d = extras?.dfa?.[position];
  if (d) out.push(`DFA ${signed(d)}`);
  if (extras && position === extras.source) out.push("DFA source");
  if (extras && position === extras.target) out.push("DFA target");
  const loss = extras?.loss?.[position];
  if (loss) out.push(`loss ${signed(loss)}`);
  return out;
}

/** Spoken only when keys moved the cursor: a pointer that wanders over text must not talk. */
export function drawReadout(
  out: HTMLElement,
  doc: Doc | null,
  p: number,
  byKey: boolean,
  where = "",
): void {
  attrs(out, { "aria-live": byKey ? "polite" : "off" });
  if (!doc || p < 0) out.replaceChildren(h("span", "quiet", out.dataset["hint"] ?? ""));
  else {
    const rest = facts(doc, p, where)
      .map((fact) => ` · ${fact}`)
      .join("");
    out.replaceChildren("token ", ...tokenName(doc, p), rest);
  }
}
