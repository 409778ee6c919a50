import { max, min } from "../core/math";
import type { Matrix } from "./matrix";

const PAGE = 10;

/** Brings the cell that keys led to out from behind the heads. */
const reveal = ({ el, list, field, lines, scene }: Matrix, line: number, token: number): void => {
  lines[line]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const wide = field.offsetWidth / scene.table.tokens.length;
  const [left, right] = [token * wide, (token + 1) * wide - el.clientWidth + list.offsetWidth];
  if (token >= 0) el.scrollLeft = max(right, min(el.scrollLeft, left));
};

/** Where a key leads from a line and a token. */
const lead = ({ lines, scene }: Matrix, key: string, line: number, token: number) => {
  const [last, most] = [lines.length - 1, scene.table.tokens.length - 1];
  const leads: Record<string, [line: number, token: number]> = {
    ArrowUp: [max(0, line - 1), token],
    ArrowDown: [min(last, line + 1), token],
    PageUp: [max(0, line - PAGE), token],
    PageDown: [min(last, line + PAGE), token],
    Home: [0, token],
    End: [last, token],
    ArrowLeft: [line, max(0, token - 1)],
    ArrowRight: [line, min(most, token + 1)],
  };
  return leads[key];
};

/** Up and down go from feature to feature, left and right from token to token within its row. */
export const onKey = (matrix: Matrix, event: KeyboardEvent): void => {
  const { lines, token, hooks, scene } = matrix;
  const line = lines.indexOf(event.target as HTMLElement);
  if (line < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = lead(matrix, event.key, line, token);
  if (event.key === "Enter") hooks.choose(scene.lines[line]!.ref);
  else if (event.key === " " && token >= 0) hooks.pick(token);
  else if (to) {
    lines[line]!.tabIndex = -1;
    lines[to[0]]!.tabIndex = 0;
    hooks.over(...to, true);
    lines[to[0]]!.focus({ preventScroll: true });
    reveal(matrix, ...to);
  } else return;
  event.preventDefault();
  event.stopPropagation();
};
