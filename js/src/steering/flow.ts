import { attrs, h } from "../core/dom";

/** A stretch of a text: how it looks, and what is said of it under the pointer. Without a look it is plain. */
export interface Piece {
  text: string;
  look?: string | undefined;
  hint?: string | undefined;
}

/** Several spaces in a row, and tabs, belong to the text. */
const kept = (text: string): string => text.replace(/\t/g, "    ").replace(/ (?= )/g, "\u00a0");

const nodeOf = ({ text, look, hint }: Piece): Node =>
  look
    ? attrs(h(look === "steer-differs" ? "mark" : "span", look, kept(text)), { title: hint })
    : document.createTextNode(kept(text));

const isSame = (a: Piece | undefined, b: Piece): boolean =>
  a?.text === b.text && a.look === b.look && a.hint === b.hint;

/** A text that grows: what stands stays as it is, and only its end is drawn anew. */
export const createFlow = (host: HTMLElement): ((pieces: Piece[]) => void) => {
  let drawn: Piece[] = [];
  return (pieces) => {
    let same = 0;
    while (same < pieces.length && isSame(drawn[same], pieces[same]!)) same++;
    while (host.childNodes.length > same) host.lastChild!.remove();
    host.append(...pieces.slice(same).map(nodeOf));
    drawn = pieces;
  };
};
