import { attrs, h, onAct, refill } from "../core/dom";
import { signed } from "../core/format";
import { save, watch } from "../core/life";
import { rove } from "../core/rove";
import type { AnyModel, CommonTraits, LogitSide, Logits } from "../core/types";

export type BarsModel = AnyModel<{ chosen: string | null; top: number } & CommonTraits>;

export interface BarsPorts {
  logits(): Logits | null;
  trait: string;
  choose(token: string | null): void;
}

export const known = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** A leading or trailing space is part of the token, so it is shown, faintly. */
export function tokenName(token: string | null, shown: string): HTMLElement {
  if (token === null) return h("span", "name quiet", "(no name)");
  const [, before, middle, after] = /^( *)(.*?)( *)$/su.exec(shown)!;
  const dots = (spaces: string): HTMLElement | "" =>
    spaces && h("i", "space", "·".repeat(spaces.length));
  return attrs(h("bdi", "name token", dots(before!), middle, dots(after!)), { title: shown });
}

function bar(side: LogitSide, i: number, most: number, chosen: string | null): HTMLElement {
  const token = side.tokens[i] ?? null;
  const shown = side.shown?.[i] ?? token ?? "";
  const value = side.values[i];
  const strip = h("span", `stroke ${known(value) && value < 0 ? "down" : "up"}`);
  if (known(value)) strip.style.width = `${((Math.abs(value) / most) * 100).toFixed(1)}%`;
  const amount = known(value) ? signed(value) : "no value";
  const row = h(
    "div",
    "bar-row",
    tokenName(token, shown),
    h("span", "track", known(value) && strip),
  );
  row.append(h("span", known(value) ? "amount" : "amount quiet", amount));
  return attrs(row, {
    role: "option",
    "aria-selected": String(token !== null && token === chosen),
    "aria-label": `${token === null ? "no name" : shown}, ${amount}`,
    "data-act": token === null ? null : "token",
    "data-arg": token,
  });
}

function sideOf(
  side: LogitSide,
  label: string,
  top: number,
  most: number,
  chosen: string | null,
): HTMLElement {
  const length = Math.min(top, Math.max(side.tokens.length, side.values.length));
  const rows = Array.from({ length }, (_, i) => bar(side, i, most, chosen));
  if (!length) rows.push(h("p", "empty", `no ${label} tokens`));
  return attrs(h("div", "side", ...rows), { role: "group", "aria-label": `${label} tokens` });
}

/** Promoted and suppressed tokens on one shared scale; missing values say so and never stretch it. */
export function mountBars(model: BarsModel, signal: AbortSignal, ports: BarsPorts): HTMLElement {
  const host = attrs(h("div", "bars"), {
    role: "listbox",
    "aria-label": "promoted and suppressed tokens",
  });
  const items = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>("[role=option]")];
  const tabStop = rove(host, signal, items);
  const fill = (): void => {
    const logits = ports.logits();
    const sides = logits?.promoted ? [logits.promoted, logits.suppressed] : [];
    const top = model.get("top") ?? 10;
    const values = sides.flatMap((side) => side.values.slice(0, top)).filter(known);
    const most = Math.max(...values.map(Math.abs), 0) || 1;
    if (!sides.some((side) => side.tokens.length || side.values.length)) {
      host.replaceChildren(h("p", "empty", "no logit weights were stored for this feature"));
      return;
    }
    const chosen = model.get("chosen") ?? null;
    const labels = ["promoted", "suppressed"];
    refill(host, ...sides.map((side, i) => sideOf(side, labels[i]!, top, most, chosen)));
    tabStop();
  };
  onAct(host, signal, {
    token: (arg) => ports.choose(arg === model.get("chosen") ? null : arg),
  });
  watch(model, ["chosen", "top", ports.trait as never], fill, signal);
  return host;
}

export function chooseIn(model: BarsModel): (token: string | null) => void {
  return (chosen) => save(model, { chosen });
}
