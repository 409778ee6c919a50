import { h, refill } from "../core/dom";
import { number, plural, signed } from "../core/format";
import { meaning, rarity } from "../core/line";
import { quoted, type Token } from "../core/tokens";
import type { Scene } from "./matrix";
import { type Line, rowValues, type Table } from "./table";

const tokenParts = (token: Token, at: number): (Node | string)[] => {
  const name = h("bdi", "token", quoted(token));
  const spelt = h("bdi", "token", JSON.stringify(token.spelt));
  return [
    "token ",
    name,
    ...(token.spelt === token.name ? [] : [" raw ", spelt]),
    ` · position ${at}`,
  ];
};

const ofFeature = (line: Line): string =>
  ` · ${line.ref} · ${meaning(line)} · density ${rarity(line)}`;

const ofLine = (line: Line, table: Table): string => {
  const firing = rowValues(table, line.row).filter((value) => value !== 0).length;
  const token = table.tokens[line.peakAt];
  const peak = token && line.peak ? ` · peak ${number(line.peak)} at ${quoted(token)}` : "";
  return `${ofFeature(line).slice(3)}${peak} · fires at ${plural(firing, "token")}`;
};

const ofToken = ({ lines, table }: Scene, at: number): string => {
  const firing = lines.filter(({ row }) => rowValues(table, row)[at]).length;
  return ` · ${firing} of these features ${firing === 1 ? "fires" : "fire"} here`;
};

/** What stands under the pointer or the keys: a value, a feature, or a token. */
export const drawReadout = (out: HTMLElement, scene: Scene, at: number, token: number): void => {
  const line = scene.lines[at];
  const word = scene.table.tokens[token];
  if (!line && !word) refill(out, scene.lines.length ? "point at a cell, or use arrow keys" : "");
  else if (!word) refill(out, ofLine(line!, scene.table));
  else if (!line) refill(out, ...tokenParts(word, token), ofToken(scene, token));
  else {
    const value = rowValues(scene.table, line.row)[token]!;
    const said = h("b", "", value < 0 ? signed(value) : number(value));
    refill(out, ...tokenParts(word, token), " · ", said, ofFeature(line));
  }
};
